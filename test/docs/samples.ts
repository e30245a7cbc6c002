import { Fault } from '../../src/core/fault.ts';
import type { Attribute, DType, Shape } from '../../src/core/graph.ts';
import { inferNode } from '../../src/core/inference/infer.ts';
import type { Call, Operator, Tensor } from '../../src/core/operators/operator.ts';

// Calls of an operator that it accepts, found by trying: tensors of plain sizes in its slots, and a few attributes.

const data = (...shape: number[]): Tensor => ({ dtype: 'float32', shape, value: null, constant: false });
const whole = (dtype: DType, shape: Shape, value: readonly number[] | null): Tensor => ({ dtype, shape, value, constant: value !== null });

const IMAGE = data(1, 4, 4, 4);
const WORDS = data(1, 4, 4);
const MATRIX = data(4, 4);
const VECTOR = data(4);
const BYTES = whole('uint8', [1, 4, 4, 4], null);
const ZERO = whole('uint8', [], [0]);
const FIRST = [IMAGE, WORDS, MATRIX, VECTOR, BYTES, whole('bool', [4], null), whole('int64', [4], null), whole('int64', [], [2])];
const LATER = [
  IMAGE,
  MATRIX,
  VECTOR,
  data(),
  WORDS,
  ZERO,
  whole('bool', [4], null),
  whole('int64', [], [1]),
  whole('int64', [1], [1]),
  whole('int64', [2], [2, 2]),
  whole('int64', [4], [1, 2, 2, 4]),
  whole('int64', [8], [0, 0, 1, 1, 0, 0, 1, 1]),
  whole('float32', [4], [1, 1, 2, 2]),
  // Elements that only a run would know.
  whole('int64', [], null),
  whole('int64', [1], null),
  whole('int64', [4], null),
  whole('int64', [4, 2], null),
];

/** Calls of operators whose inputs fit each other in a way that trying does not find. */
const FURTHER: Readonly<Record<string, readonly (readonly (Tensor | undefined)[])[]>> = {
  BatchNormalization: [[IMAGE, VECTOR, VECTOR, VECTOR, VECTOR]],
  ConvTranspose: [[IMAGE, data(4, 4, 3, 3)]],
  GRU: [[data(5, 1, 4), data(1, 12, 4), data(1, 12, 4)]],
  LSTM: [[data(5, 1, 4), data(1, 16, 4), data(1, 16, 4)]],
  RNN: [[data(5, 1, 4), data(1, 4, 4), data(1, 4, 4)]],
  NonMaxSuppression: [[data(1, 6, 4), data(1, 2, 6), whole('int64', [], [3])]],
  OneHot: [[whole('int64', [4], null), whole('int64', [], [3]), data(2)]],
  QLinearConv: [[BYTES, data(), ZERO, whole('uint8', [4, 4, 3, 3], null), data(), ZERO, data(), ZERO]],
  QLinearMatMul: [[whole('uint8', [4, 4], null), data(), ZERO, whole('uint8', [4, 4], null), data(), ZERO, data(), ZERO]],
  Range: [[whole('int64', [], [0]), whole('int64', [], [5]), whole('int64', [], [1])]],
  Resize: [[IMAGE, undefined, whole('float32', [4], [1, 1, 2, 2])]],
  RoiAlign: [[IMAGE, data(3, 4), whole('int64', [3], null)]],
  Slice: [[IMAGE, whole('int64', [1], [1]), whole('int64', [1], [3]), whole('int64', [1], [2])]],
  Where: [[whole('bool', [1, 4, 4, 4], null), IMAGE, IMAGE]],
};

const ATTRIBUTES: readonly Readonly<Record<string, Attribute>>[] = [
  {},
  { kernel_shape: [3, 3], hidden_size: 4, direction: 'LEFT' },
  { kernel_shape: [2, 2], axis: 1, to: 7, perm: [0, 2, 3, 1], equation: 'bchw->bc', num_groups: 2, blocksize: 2, size: 3 },
  { output_size: [2, 2], equation: 'ij,jk->ik', num_outputs: 2, value_int: 3, num_heads: 2, q_num_heads: 2, kv_num_heads: 2 },
];

function* slots(): Generator<(Tensor | undefined)[]> {
  yield [];
  for (const a of FIRST) {
    yield [a];
    for (const b of LATER) yield [a, b];
  }
  for (const a of [IMAGE, MATRIX]) for (const b of LATER) for (const c of LATER) yield [a, b, c];
}

/** Calls that the operator takes, with what it infers of them. */
export function samplesOf(operator: Operator): Call[] {
  const calls: Call[] = [];
  for (const inputs of [...(FURTHER[operator.op] ?? []), ...slots()]) {
    for (const attributes of ATTRIBUTES) {
      const call = tryCall(operator, inputs, attributes);
      if (call) calls.push(call);
    }
  }
  return calls;
}

/** A call that every question about it can be asked of; null where the operator refuses it. */
function tryCall(
  operator: Operator,
  inputs: readonly (Tensor | undefined)[],
  attributes: Readonly<Record<string, Attribute>>,
): Call | null {
  const { op } = operator;
  const names = inputs.map((input, i) => (input ? `in${i}` : ''));
  const node = { id: op, name: '', scope: '', op, attributes: new Map(Object.entries(attributes)), inputs: names, outputs: ['out'] };
  const tensors = new Map(inputs.flatMap((input, i): [string, Tensor][] => (input ? [[`in${i}`, input]] : [])));
  try {
    const call = inferNode(node, tensors);
    operator.cost(call);
    if (inputs[0]) operator.field(call, 0, 0);
    return call;
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}
