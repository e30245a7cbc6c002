import { dataOf, int, ints } from '../../../../core/operators/call.ts';
import { fromFront, type Guesser, oneOrAll } from './guess.ts';

/** A list with one entry, or all of them. */
const few = (values: readonly number[]) => (values.length === 1 ? (values[0] as number) : values);

const reshape: Guesser = (call) => {
  const shape = dataOf(call, 1);
  return shape ? [{ type: 'Reshape', args: { shape } }] : [];
};

const transpose: Guesser = (call) => {
  const dims = ints(call, 'perm');
  return dims ? [{ type: 'Permute', args: { dims } }] : [];
};

const squeeze: Guesser = (call) => {
  const axes = dataOf(call, 1);
  return axes ? [{ type: 'Squeeze', args: { dim: few(axes.map((axis) => fromFront(call, axis))) } }] : [];
};

const unsqueeze: Guesser = (call) => {
  const axes = dataOf(call, 1);
  return axes?.length === 1
    ? [{ type: 'Unsqueeze', args: { dim: fromFront(call, axes[0] as number, (call.inputs[0]?.shape?.length ?? 0) + 1) } }]
    : [];
};

/** Ends that mean the end of the axis. */
const FAR = 2 ** 31 - 1;

const slice: Guesser = (call) => {
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => dataOf(call, i));
  if (!starts || !ends || !axes || !steps) return [];
  const open = ends.every((end) => end >= FAR);
  return [
    {
      type: 'Slice',
      args: {
        dim: few(axes.map((axis) => fromFront(call, axis))),
        start: oneOrAll(starts),
        end: open ? undefined : oneOrAll(ends),
        step: oneOrAll(steps),
      },
    },
  ];
};

const select: Guesser = (call) => {
  const index = dataOf(call, 1);
  return index?.length === 1 ? [{ type: 'Select', args: { dim: fromFront(call, int(call, 'axis', 0)), index: index[0] } }] : [];
};

function reduction(type: string): Guesser {
  return (call) => {
    const axes = dataOf(call, 1);
    const keepdim = int(call, 'keepdims', 1) === 1;
    return [{ type, args: { dim: axes ? few(axes.map((axis) => fromFront(call, axis))) : undefined, keepdim } }];
  };
}

const concat: Guesser = (call) => [{ type: 'Concat', args: { dim: fromFront(call, int(call, 'axis', 1)) }, reads: call.node.inputs }];

const split: Guesser = (call) => {
  const dim = fromFront(call, int(call, 'axis', 0));
  const sizes = dataOf(call, 1);
  if (sizes) return [{ type: 'Split', args: { split_size_or_sections: sizes, dim } }];
  return [{ type: 'Chunk', args: { chunks: int(call, 'num_outputs', 0), dim } }];
};

/** Softmax and its logarithm. */
const alongAxis =
  (type: string): Guesser =>
  (call) => [{ type, args: { dim: fromFront(call, int(call, 'axis', -1)) } }];

const depthToSpace: Guesser = (call) => [{ type: 'PixelShuffle', args: { upscale_factor: int(call, 'blocksize', 1) } }];
const spaceToDepth: Guesser = (call) => [{ type: 'PixelUnshuffle', args: { downscale_factor: int(call, 'blocksize', 1) } }];

export const shapes: Readonly<Record<string, Guesser>> = {
  Flatten: () => [{ type: 'Flatten', args: {} }],
  Reshape: reshape,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Slice: slice,
  Gather: select,
  ReduceMean: reduction('Mean'),
  ReduceSum: reduction('Sum'),
  ReduceMax: reduction('Max'),
  ReduceMin: reduction('Min'),
  Concat: concat,
  Split: split,
  Softmax: alongAxis('Softmax'),
  LogSoftmax: alongAxis('LogSoftmax'),
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
