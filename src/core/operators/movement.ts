import type { Dim, Shape } from '../graph.ts';
import { dataOf, dim, ints, known, malformed, need, shapeOf, sizesAt } from './call.ts';
import { type Call, defineOperator, MOVEMENT, type Operator, type Relation } from './operator.ts';
import { axisByAxis, BROADCAST, EACH, link, RANK_UNKNOWN, table } from './relation.ts';
import { NOTHING } from './saves.ts';
import { axesIn, broadcast, lengthOf, productDim, unknownDims } from './shape.ts';
import { broadcastOffsets, offsets, stridesOf } from './value.ts';

/** An operator that copies elements of its first input to other places, at no arithmetic. */
export function movement(
  op: string,
  record: {
    readonly shape: (call: Call) => Shape | null;
    readonly field: (call: Call, i: number) => Relation;
    /** Offset into the first input of each output element. */
    readonly source?: (call: Call, input: readonly number[], output: readonly number[]) => readonly number[] | null;
    /** Whether elements of its own stand beside those of the input. */
    readonly inserts?: true;
    readonly defaults?: Operator['defaults'];
    readonly axes?: Operator['axes'];
  },
): Operator {
  const { source, defaults, axes } = record;
  return defineOperator(op, {
    moves: !record.inserts,
    arguments: [1, 2, 3],
    saves: NOTHING,
    infer: (call) => [{ dtype: need(call, 0).dtype, shape: record.shape(call) }],
    ...(source && { value: (call) => copied(call, source) }),
    field: (call, i) => (i === 0 ? record.field(call, i) : 'dataDependent'),
    cost: () => MOVEMENT,
    ...(defaults && { defaults }),
    ...(axes && { axes }),
  });
}

type Source = (call: Call, input: readonly number[], output: readonly number[]) => readonly number[] | null;

function copied(call: Call, source: Source): readonly number[] | null {
  const value = dataOf(call, 0);
  const [input, output] = [known(shapeOf(call, 0)), known(call.outputs[0]?.shape ?? null)];
  if (!value || !input || !output) return null;
  return source(call, input, output)?.map((at) => value[at] as number) ?? null;
}

function permutation(call: Call, rank: number): readonly number[] {
  const perm = ints(call, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (perm.length !== rank) malformed(call, `perm has ${perm.length} entries for a tensor of rank ${rank}`);
  return axesIn(call, perm, rank);
}

/** Source: ONNX Transpose. */
export const transpose = movement('Transpose', {
  shape: (call) => {
    const shape = shapeOf(call, 0);
    if (shape) return permutation(call, shape.length).map((axis) => shape[axis] ?? null);
    const perm = ints(call, 'perm');
    return perm ? unknownDims(call, perm.length) : null;
  },
  field: (call) => {
    const rank = shapeOf(call, 0)?.length;
    return rank === undefined ? RANK_UNKNOWN : permutation(call, rank).map((axis) => link(axis, EACH));
  },
  source: (call, input, output) => {
    const strides = stridesOf(input);
    return offsets(
      output,
      output,
      permutation(call, input.length).map((axis) => strides[axis] as number),
    );
  },
  defaults: (call) => {
    const rank = shapeOf(call, 0)?.length;
    return rank === undefined ? {} : { perm: permutation(call, rank) };
  },
});

/** Source: ONNX Expand. Both shapes broadcast against each other. */
export const expand = movement('Expand', {
  shape: (call) => {
    const target = sizesAt(call, 1);
    const length = target?.length ?? lengthOf(call, need(call, 1));
    if (length === null) return null;
    if (target?.some((size) => typeof size === 'number' && (!Number.isSafeInteger(size) || size < 0)))
      malformed(call, `[${target.join(', ')}] is no shape`);
    const wide = unknownDims(call, length);
    return broadcast(call, [shapeOf(call, 0), target ?? wide]);
  },
  field: () => 'elementwise',
  source: (_, input, output) => broadcastOffsets(input, output),
});

const timesOf = (call: Call, repeats: Dim) => (typeof repeats === 'number' ? dim(call, repeats) : repeats);

/** Source: ONNX Tile. */
export const tile = movement('Tile', {
  shape: (call) => {
    const shape = shapeOf(call, 0);
    const repeats = sizesAt(call, 1);
    if (!shape) return null;
    if (!repeats) return unknownDims(call, shape.length);
    if (repeats.length !== shape.length) malformed(call, `${repeats.length} repeats for a tensor of rank ${shape.length}`);
    return shape.map((size, axis) => productDim(call, [size, timesOf(call, repeats[axis] ?? null)]));
  },
  field: (call) => {
    const shape = shapeOf(call, 0);
    const output = call.outputs[0]?.shape;
    if (!shape || !output) return RANK_UNKNOWN;
    return axisByAxis(shape.length, (axis) => tileMap(shape[axis] ?? null, output[axis] ?? null, dataOf(call, 1)?.[axis]));
  },
  source: (_, input, output) => {
    const strides = stridesOf(input);
    const wrapped = output.map((size, axis) =>
      Array.from({ length: size }, (_, o) => (o % (input[axis] as number)) * (strides[axis] as number)),
    );
    return wrapped.reduce<number[]>((found, steps) => found.flatMap((base) => steps.map((step) => base + step)), [0]);
  },
});

function tileMap(n: Shape[number], m: Shape[number], repeats: number | undefined) {
  if (repeats === 1) return EACH;
  if (n === 1) return BROADCAST;
  const out = typeof n === 'number' && typeof m === 'number' ? m : null;
  return table(out, (o) => [o % (n as number), o % (n as number)], 'Tile has no meaning past its border');
}
