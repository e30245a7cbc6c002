import type { Dim, Shape } from '../graph.ts';
import { dim, int, malformed, shapeOf } from './call.ts';
import { movement } from './movement.ts';
import type { AxisMap, Call, Operator } from './operator.ts';
import { channelsFirst, RANK_UNKNOWN, repeated, windows } from './relation.ts';
import { spatialLinks } from './window.ts';

function blockOf(call: Call): number {
  const block = int(call, 'blocksize', 0);
  return block >= 1 && block < 2 ** 26 ? block : malformed(call, `blocksize is ${block}`);
}

function divided(call: Call, size: Dim, by: number): Dim {
  if (typeof size !== 'number') return null;
  return size % by === 0 ? size / by : malformed(call, `${by} does not divide ${size}`);
}

const grown = (call: Call, size: Dim, by: number): Dim => (typeof size === 'number' ? dim(call, size * by) : null);

/** Channels and positions traded against each other, in square blocks. */
function rearrangement(
  op: string,
  sizes: (call: Call, shape: Shape, block: number) => Shape,
  map: (block: number) => AxisMap,
  defaults?: NonNullable<Operator['defaults']>,
): Operator {
  return movement(op, {
    shape: (call) => {
      const shape = shapeOf(call, 0);
      if (shape && shape.length !== 4) malformed(call, `a tensor of rank ${shape.length}, N x C x H x W is needed`);
      return sizes(call, shape ?? [null, null, null, null], blockOf(call));
    },
    field: (call) => {
      const both = map(blockOf(call));
      return shapeOf(call, 0) ? spatialLinks(2, null, () => both) : RANK_UNKNOWN;
    },
    ...(defaults && { defaults }),
    axes: channelsFirst,
  });
}

/** Source: ONNX DepthToSpace (Shi et al. 2016, pixel shuffle). */
export const depthToSpace = rearrangement(
  'DepthToSpace',
  (call, [n = null, c = null, h = null, w = null], b) => [n, divided(call, c, b * b), grown(call, h, b), grown(call, w, b)],
  repeated,
  () => ({ mode: 'DCR' }),
);

/** Source: ONNX SpaceToDepth. */
export const spaceToDepth = rearrangement(
  'SpaceToDepth',
  (call, [n = null, c = null, h = null, w = null], b) => [n, grown(call, c, b * b), divided(call, h, b), divided(call, w, b)],
  (block) => windows(block, 0, block, 1),
);
