import type { Shape, TensorType } from '../graph.ts';
import { axisIn, dataOf, dim, has, int, malformed, need, size } from './call.ts';
import { type Call, defineOperator, MOVEMENT, type Operator } from './operator.ts';
import { NOTHING } from './saves.ts';
import { agreedType, sumDim } from './shape.ts';

/** The types of a sequence's tensors; null where their number is not known. */
type Elements = readonly TensorType[] | null;

const NOT_FOLLOWED = { unknown: 'positions of tensors in a sequence are not followed' } as const;

/** A value that is a sequence: of no one shape. */
const sequence = (elements: Elements) => [{ dtype: elements?.[0]?.dtype ?? null, shape: null, elements }];

const elementsOf = (call: Call, i: number): Elements => need(call, i).elements ?? null;

/** A position in a sequence, which counts from the end where it is negative; null where it is not known. */
function positionOf(call: Call, i: number, length: number, fallback: number): number | null {
  if (!has(call, i)) return fallback;
  const given = dataOf(call, i)?.[0];
  if (given === undefined) return null;
  const position = given < 0 ? given + length : given;
  if (!(position >= 0 && position <= fallback)) malformed(call, `position ${given} in a sequence of ${length}`);
  return position;
}

/** What all tensors of a sequence agree in. */
function agreed(elements: Elements): TensorType {
  const [first, ...more] = elements ?? [];
  if (!first) return { dtype: null, shape: null };
  return more.reduce(agreedType, first);
}

const onSequences = (op: string, infer: Operator['infer']): Operator =>
  defineOperator(op, { saves: NOTHING, infer, field: () => NOT_FOLLOWED, cost: () => MOVEMENT });

const typeOf = ({ dtype, shape }: TensorType): TensorType => ({ dtype, shape });

/** Sizes of the parts of SplitToSequence: as stated, or of one position each. */
function partsOf(call: Call, n: number | null): readonly number[] | null {
  const stated = dataOf(call, 1);
  if (!has(call, 1)) return n === null || n > MOST ? null : Array.from({ length: n }, () => 1);
  if (!stated) return null;
  if (stated.length !== 1 || need(call, 1).shape?.length === 1) return stated.map((part) => dim(call, part) as number);
  const chunk = stated[0] as number;
  if (!(chunk > 0)) return malformed(call, `parts of ${chunk}`);
  if (n === null || n / chunk > MOST) return null;
  return Array.from({ length: Math.ceil(n / chunk) }, (_, k) => Math.min(chunk, n - k * chunk));
}

/** Longest sequence whose tensors are told apart. */
const MOST = 10_000;

function split(call: Call): Elements {
  const { dtype, shape } = need(call, 0);
  if (!shape) return null;
  const axis = axisIn(call, int(call, 'axis', 0), shape.length);
  const parts = partsOf(call, size(shape[axis]));
  const drop = !has(call, 1) && int(call, 'keepdims', 1) === 0;
  return parts?.map((part) => ({ dtype, shape: drop ? shape.toSpliced(axis, 1) : shape.with(axis, part) })) ?? null;
}

function concatenated(call: Call): TensorType {
  const elements = elementsOf(call, 0);
  const { dtype, shape } = agreed(elements);
  if (!elements || !shape) return { dtype, shape: null };
  const fresh = int(call, 'new_axis', 0) === 1;
  const axis = axisIn(call, int(call, 'axis', 0), shape.length + (fresh ? 1 : 0));
  if (fresh) return { dtype, shape: shape.toSpliced(axis, 0, elements.length) };
  const along: Shape = elements.map((element) => element.shape?.[axis] ?? null);
  return { dtype, shape: shape.with(axis, along.length === 1 ? (along[0] ?? null) : sumDim(call, along)) };
}

/** Operators on sequences of tensors, and on optional ones. Source: ONNX, the sections of their names. */
export const sequences: readonly Operator[] = [
  onSequences('SequenceEmpty', () => sequence([])),
  onSequences('SequenceConstruct', (call) => sequence(call.inputs.map((_, i) => typeOf(need(call, i))))),
  onSequences('SequenceInsert', (call) => {
    const elements = elementsOf(call, 0);
    const at = elements && positionOf(call, 2, elements.length, elements.length);
    return sequence(elements && at !== null && elements.length < MOST ? elements.toSpliced(at, 0, typeOf(need(call, 1))) : null);
  }),
  onSequences('SequenceErase', (call) => {
    const elements = elementsOf(call, 0);
    const at = elements && positionOf(call, 1, elements.length, elements.length - 1);
    return sequence(elements && at !== null ? elements.toSpliced(at, 1) : null);
  }),
  onSequences('SequenceAt', (call) => {
    const elements = elementsOf(call, 0);
    const at = elements && positionOf(call, 1, elements.length, elements.length - 1);
    return [elements && at !== null ? (elements[at] ?? malformed(call, 'an empty sequence')) : agreed(elements)];
  }),
  onSequences('SplitToSequence', (call) => sequence(split(call))),
  onSequences('ConcatFromSequence', (call) => [concatenated(call)]),
  defineOperator('SequenceLength', {
    infer: () => [{ dtype: 'int64', shape: [] }],
    value: (call) => {
      const elements = elementsOf(call, 0);
      return elements && [elements.length];
    },
    field: () => 'none',
    cost: () => MOVEMENT,
  }),
  defineOperator('OptionalHasElement', {
    infer: () => [{ dtype: 'bool', shape: [] }],
    field: () => 'none',
    cost: () => MOVEMENT,
  }),
  // Of a tensor or a sequence, which have always an element: themselves.
  defineOperator('OptionalGetElement', {
    view: true,
    saves: NOTHING,
    infer: (call) => [need(call, 0)],
    field: () => 'elementwise',
    cost: () => MOVEMENT,
  }),
];
