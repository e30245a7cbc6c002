import type { Dim } from '../graph.ts';
import { dataOf, dim, ints, malformed, need, shapeOf } from './call.ts';
import { type Call, defineOperator, type Relation } from './operator.ts';
import { EACH, link, RANK_UNKNOWN, unknownMap } from './relation.ts';
import { NOTHING } from './saves.ts';
import { elementsOf, lengthOf, unknownDims, volume } from './shape.ts';

/** A list of sizes that an input states; null where they are not known. */
function sizesAt(call: Call, i: number): readonly Dim[] | null {
  const stated = dataOf(call, i);
  if (stated) return stated.map((n) => dim(call, n));
  const length = lengthOf(call, need(call, i));
  return length === null ? null : unknownDims(call, length);
}

/** Source: ONNX Col2Im: columns of blocks are added up to the image that they were taken from. */
export const col2Im = defineOperator('Col2Im', {
  saves: NOTHING,
  infer: (call) => {
    const { dtype } = need(call, 0);
    const columns = shapeOf(call, 0) ?? [null, null, null];
    if (columns.length !== 3) malformed(call, `columns of rank ${columns.length}, 3 is needed`);
    const [image, block] = [sizesAt(call, 1), sizesAt(call, 2)];
    if (image && block && image.length !== block.length)
      malformed(call, `a block of ${block.length} sizes for an image of ${image.length}`);
    for (const name of ['dilations', 'strides']) if (ints(call, name)?.some((n) => n < 1)) malformed(call, `${name} must be at least 1`);
    const taps = block && volume(block);
    const all = columns[1] as Dim;
    if (typeof all === 'number' && taps && BigInt(all) % BigInt(taps) !== 0n) malformed(call, `a block of ${taps} does not divide ${all}`);
    const channels = typeof all === 'number' && taps ? Number(BigInt(all) / BigInt(taps)) : null;
    return [{ dtype, shape: image && [columns[0] as Dim, channels, ...image] }];
  },
  field: (call, i): Relation => {
    const rank = call.outputs[0]?.shape?.length;
    if (rank === undefined) return RANK_UNKNOWN;
    if (i > 0) return 'none';
    const map = unknownMap('which blocks cover a position of the image is not followed');
    return Array.from({ length: rank }, (_, axis) => (axis === 1 ? null : link(axis === 0 ? 0 : 2, axis === 0 ? EACH : map)));
  },
  // Every element of the columns is added to the image.
  cost: (call) => {
    const added = elementsOf(call.inputs[0]);
    return added === null ? null : { add: added };
  },
});
