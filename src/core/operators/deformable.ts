import { times } from '../count.ts';
import { each, together } from './amount.ts';
import { has, int, known, malformed, need, sameDim, shapeOf } from './call.ts';
import { conv } from './convolution.ts';
import { seenAs } from './delegate.ts';
import { type Call, defineOperator, type Relation } from './operator.ts';
import { channelsFirst, DATA_DEPENDENT, EACH, RANK_UNKNOWN } from './relation.ts';
import { productDim, volume } from './shape.ts';
import { spatialLinks } from './window.ts';

/** The convolution that it is without its offsets: input, weight and bias. */
const plain = (call: Call) => seenAs(call, [0, 1, 3]);

/** Source: ONNX DeformConv (Dai et al. 2017; with a mask, Zhu et al. 2019). */
export const deformConv = defineOperator('DeformConv', {
  // Offsets and a mask are data too.
  saves: { inputs: [0, 1, 2, 4] },
  infer: (call) => {
    const inferred = conv.infer(plain(call));
    const kernel = shapeOf(call, 1)?.slice(2);
    const groups = int(call, 'offset_group', 1);
    if (groups < 1 || groups > 2 ** 31) malformed(call, `offset_group is ${groups}`);
    if (kernel) {
      const taps = productDim(call, [groups, ...kernel]);
      sameDim(call, need(call, 2).shape?.[1] ?? null, productDim(call, [taps, kernel.length]), 'channels of the offsets');
      if (has(call, 4)) sameDim(call, shapeOf(call, 4)?.[1] ?? null, taps, 'channels of the mask');
    }
    return inferred;
  },
  field: (call, i): Relation => {
    const rank = call.outputs[0]?.shape?.length;
    if (rank === undefined) return RANK_UNKNOWN;
    if (i === 0) return spatialLinks(rank - 2, null, () => DATA_DEPENDENT);
    if (i === 2 || i === 4) return spatialLinks(rank - 2, null, () => EACH);
    return conv.field(plain(call), i === 3 ? 2 : i, 0);
  },
  // As Conv; before it each tap of each input channel is sampled between 2^D positions, and weighed by the mask.
  cost: (call) => {
    const [input, output] = [known(shapeOf(call, 0)), known(call.outputs[0]?.shape ?? null)];
    const kernel = volume(shapeOf(call, 1)?.slice(2) ?? [null]);
    if (!input || !output || kernel === null || input.length > 28) return null;
    const taps = times(kernel, input[1] as number, output[0] as number, ...output.slice(2));
    const corners = 2 ** (input.length - 2);
    const product = conv.cost(plain(call));
    // Which taps lie in padding the offsets decide.
    return together(
      call,
      product && { ...product, padding: 0 },
      each(call, taps, { mul: corners + (has(call, 4) ? 1 : 0), add: corners - 1 }),
    );
  },
  defaults: (call) => ({ offset_group: 1, ...conv.defaults?.(plain(call)) }),
  axes: channelsFirst,
});
