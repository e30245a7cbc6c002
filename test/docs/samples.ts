import { Fault } from '../../src/core/fault.ts';
import type { Attribute } from '../../src/core/graph.ts';
import { inferNode } from '../../src/core/inference/infer.ts';
import type { Call, Operator, Tensor } from '../../src/core/operators/operator.ts';
import { data, FURTHER, typed } from './further-samples.ts';

// Calls of an operator that it accepts, found by trying: tensors of plain sizes in its slots, and a few attributes.

const IMAGE = data(1, 4, 4, 4);
const WORDS = data(1, 4, 4);
const MATRIX = data(4, 4);
const VECTOR = data(4);
const BYTES = typed('uint8', [1, 4, 4, 4]);
const ZERO = typed('uint8', [], [0]);
const FIRST = [IMAGE, WORDS, MATRIX, VECTOR, BYTES, typed('bool', [4]), typed('int64', [4]), typed('int64', [], [2])];
const LATER = [
  IMAGE,
  MATRIX,
  VECTOR,
  data(),
  WORDS,
  ZERO,
  typed('bool', [4]),
  typed('int64', [], [1]),
  typed('int64', [1], [1]),
  typed('int64', [2], [2, 2]),
  typed('int64', [4], [1, 2, 2, 4]),
  typed('int64', [8], [0, 0, 1, 1, 0, 0, 1, 1]),
  typed('float32', [4], [1, 1, 2, 2]),
  // Elements that only a run would know.
  typed('int64', []),
  typed('int64', [1]),
  typed('int64', [4]),
  typed('int64', [4, 2]),
];

const THIRD = [IMAGE, VECTOR, data(), typed('int64', [1], [1]), typed('int64', [8], [0, 0, 1, 1, 0, 0, 1, 1])];

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
  for (const a of [IMAGE, MATRIX]) for (const b of LATER) for (const c of THIRD) yield [a, b, c];
}

/** Calls that the operator takes, with what it infers of them. */
export function samplesOf(operator: Operator): Call[] {
  const { stackTraceLimit } = Error;
  // Most are refused, and where is of no interest: traces take most of the time.
  Error.stackTraceLimit = 0;
  const further = (FURTHER[operator.op] ?? []).map(([inputs, attributes = {}]) => tryCall(operator, inputs, attributes));
  const tried = [...slots()].flatMap((inputs) => ATTRIBUTES.map((attributes) => tryCall(operator, inputs, attributes)));
  Error.stackTraceLimit = stackTraceLimit;
  return [...further, ...tried].filter((call) => call !== null);
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
