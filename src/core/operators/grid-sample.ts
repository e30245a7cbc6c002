import { times } from '../count.ts';
import type { Dim, Shape } from '../graph.ts';
import { type Amounts, perOutput } from './amount.ts';
import { choice, dataOf, dim, malformed, need, sameDim, shapeOf } from './call.ts';
import { type Call, defineOperator, type Relation } from './operator.ts';
import { channelsFirst, DATA_DEPENDENT, EACH, link, RANK_UNKNOWN, unknownMap } from './relation.ts';
import { lengthOf, volume } from './shape.ts';
import { spatialLinks } from './window.ts';

const MODES = ['linear', 'nearest', 'cubic'] as const;

/** Spatial axes that are sampled; null where neither rank is known. */
function sampledAxes(call: Call): number | null {
  const [x, grid] = [shapeOf(call, 0), shapeOf(call, 1)];
  if (x && grid && x.length !== grid.length) malformed(call, `a grid of rank ${grid.length} for a tensor of rank ${x.length}`);
  const rank = x?.length ?? grid?.length;
  if (rank === undefined) return null;
  return rank >= 3 ? rank - 2 : malformed(call, `a tensor of rank ${rank} has no spatial axis`);
}

/** Taps and their weighted sum; beside them a product and a sum for each coordinate, which `nearest` rounds. */
function perElement(call: Call, axes: number): Amounts {
  const mode = choice(call, 'mode', MODES);
  if (mode === 'nearest') return { mul: axes, add: axes, cmp: axes };
  const taps = (mode === 'cubic' ? 4 : 2) ** axes;
  return { mul: taps + axes, add: taps - 1 + axes };
}

/** Source: ONNX GridSample (Jaderberg et al. 2015): a tensor is read where a second one says. */
export const gridSample = defineOperator('GridSample', {
  saves: { inputs: [0, 1] },
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    choice(call, 'mode', MODES);
    choice(call, 'padding_mode', ['zeros', 'border', 'reflection']);
    const axes = sampledAxes(call);
    if (axes === null) return [{ dtype, shape: null }];
    const grid = shapeOf(call, 1) ?? Array<Dim>(axes + 2).fill(null);
    sameDim(call, grid.at(-1) as Dim, axes, 'coordinates of the grid and spatial axes differ');
    const batch = sameDim(call, shape?.[0] ?? null, grid[0] as Dim, 'batches of the tensor and the grid differ');
    return [{ dtype, shape: [batch, shape?.[1] ?? null, ...grid.slice(1, -1)] }];
  },
  field: (call, i): Relation => {
    const axes = sampledAxes(call);
    if (axes === null) return RANK_UNKNOWN;
    if (i === 1) return [link(0, EACH), null, ...Array.from({ length: axes }, (_, axis) => link(axis + 1, EACH))];
    const map = need(call, 1).constant ? unknownMap('which positions a constant grid names is not followed') : DATA_DEPENDENT;
    return spatialLinks(axes, link(1, EACH), () => map);
  },
  cost: (call) => {
    const axes = sampledAxes(call);
    // Past 26 axes the taps are no exact number.
    return axes === null || axes > 26 ? null : perOutput(call, perElement(call, axes));
  },
  defaults: () => ({ align_corners: 0, mode: MODES[0], padding_mode: 'zeros' }),
  axes: channelsFirst,
});

/** Sizes of the grid: N and the spatial sizes of the image that `size` states. */
function gridShape(call: Call): Shape | null {
  const theta = shapeOf(call, 0);
  const target = dataOf(call, 1);
  const length = target?.length ?? lengthOf(call, need(call, 1)) ?? (typeof theta?.[1] === 'number' ? theta[1] + 2 : null);
  if (length === null) return null;
  if (length !== 4 && length !== 5) malformed(call, `a size of ${length} entries, 4 or 5 are needed`);
  const axes = length - 2;
  const sizes = target ? target.map((n) => dim(call, n)) : Array<Dim>(length).fill(null);
  if (theta && theta.length !== 3) malformed(call, `theta has rank ${theta.length}, 3 is needed`);
  for (const [axis, n] of [axes, axes + 1].entries()) sameDim(call, theta?.[axis + 1] ?? null, n, `axis ${axis + 1} of theta`);
  return [sameDim(call, theta?.[0] ?? null, sizes[0] as Dim, 'batches of theta and size differ'), ...sizes.slice(2), axes];
}

/** Source: ONNX AffineGrid: every position of the image times an affine matrix. */
export const affineGrid = defineOperator('AffineGrid', {
  // The positions that it multiplies are made anew.
  saves: { operands: [0] },
  infer: (call) => [{ dtype: need(call, 0).dtype, shape: gridShape(call) }],
  field: (call, i): Relation => {
    const rank = call.outputs[0]?.shape?.length;
    if (rank === undefined) return RANK_UNKNOWN;
    if (i > 0) return 'none';
    return Array.from({ length: rank }, (_, axis) => (axis === 0 ? link(0, EACH) : axis === rank - 1 ? link(1, EACH) : null));
  },
  cost: (call) => {
    const shape = call.outputs[0]?.shape;
    const outputs = volume(shape ?? [null]);
    return outputs === null || !shape ? null : { mac: times(outputs, shape.length - 1) };
  },
  defaults: () => ({ align_corners: 0 }),
});
