import type { DType } from '../graph.ts';
import { type Amounts, isInteger, perOutput } from './amount.ts';
import { dataOf, int, malformed, need, shapeOf } from './call.ts';
import { type Call, defineOperator, type Operator } from './operator.ts';
import { INPUT, NOTHING, OPERANDS, OUTPUT, type Saves } from './saves.ts';
import { broadcast, elementsOf } from './shape.ts';
import { pointwise } from './value.ts';

type Scalar = (...x: number[]) => number;

interface Pointwise {
  /** Type of the output, where it is not that of the first input. */
  readonly dtype?: DType;
  /** Number of inputs; absent where one or more may be given. */
  readonly arity?: number;
  readonly defaults?: Readonly<Record<string, number>>;
  readonly saves?: Operator['saves'];
  /** The function of one element; absent where Fovea does not evaluate it. */
  readonly value?: (call: Call) => Scalar;
}

/** An operator that takes its inputs element by element, broadcast against each other. */
export function pointwiseOperator(
  op: string,
  primitives: (call: Call) => Amounts,
  { dtype, arity, defaults, saves, value }: Pointwise,
): Operator {
  return defineOperator(op, {
    infer: (call) => {
      const inputs = arity === undefined ? call.inputs.length : arity;
      if (inputs === 0) malformed(call, 'it has no input');
      const shapes = Array.from({ length: inputs }, (_, i) => shapeOf(call, i));
      return [{ dtype: dtype ?? need(call, 0).dtype, shape: broadcast(call, shapes) }];
    },
    ...(value && { value: (call) => pointwise(call, value(call)) }),
    field: () => 'elementwise',
    cost: (call) => perOutput(call, primitives(call)),
    ...(defaults && { defaults: () => defaults }),
    // A sum keeps nothing, nor does what has no gradient.
    saves: saves ?? NOTHING,
  });
}

const unary = (op: string, primitives: Amounts, saves: Saves, f?: (x: number) => number): Operator =>
  pointwiseOperator(op, () => primitives, { arity: 1, saves, ...(f && { value: () => f as Scalar }) });

/** Round half to even, as ONNX Round says. */
function roundEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

/** One tensor, element by element: the elementary functions. */
export const unaries: readonly Operator[] = [
  unary('Abs', { cmp: 1 }, INPUT, Math.abs),
  unary('Neg', { add: 1 }, NOTHING, (x) => 0 - x),
  unary('Sign', { cmp: 1 }, NOTHING, Math.sign),
  unary('Floor', { cmp: 1 }, NOTHING, Math.floor),
  unary('Ceil', { cmp: 1 }, NOTHING, Math.ceil),
  unary('Round', { cmp: 1 }, NOTHING, roundEven),
  unary('Reciprocal', { div: 1 }, OUTPUT, (x) => 1 / x),
  unary('Sqrt', { exp: 1 }, OUTPUT, Math.sqrt),
  unary('Exp', { exp: 1 }, OUTPUT, Math.exp),
  unary('Log', { exp: 1 }, INPUT, Math.log),
  unary('Tan', { exp: 1 }, OUTPUT),
  ...['Sin', 'Cos', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Acosh', 'Atanh'].map((op) => unary(op, { exp: 1 }, INPUT)),
];

/** Yes or no for each element of one tensor. */
export const tests: readonly Operator[] = [
  pointwiseOperator('Not', () => ({ cmp: 1 }), { dtype: 'bool', arity: 1, value: () => (x) => (x === 0 ? 1 : 0) }),
  pointwiseOperator('IsNaN', () => ({ cmp: 1 }), { dtype: 'bool', arity: 1 }),
  pointwiseOperator('IsInf', () => ({ cmp: 1 }), { dtype: 'bool', arity: 1, defaults: { detect_negative: 1, detect_positive: 1 } }),
];

/** A yes-or-no function of two tensors. */
const compare = (op: string, f: (a: number, b: number) => boolean): Operator =>
  pointwiseOperator(op, () => ({ cmp: 1 }), {
    dtype: 'bool',
    arity: 2,
    value:
      () =>
      (a = 0, b = 0) =>
        f(a, b) ? 1 : 0,
  });

export const comparisons: readonly Operator[] = [
  compare('Equal', (a, b) => a === b),
  compare('Greater', (a, b) => a > b),
  compare('Less', (a, b) => a < b),
  compare('GreaterOrEqual', (a, b) => a >= b),
  compare('LessOrEqual', (a, b) => a <= b),
  compare('And', (a, b) => a !== 0 && b !== 0),
  compare('Or', (a, b) => a !== 0 || b !== 0),
  compare('Xor', (a, b) => (a !== 0) !== (b !== 0)),
];

const binary = (op: string, primitives: Amounts, value: (call: Call) => Scalar, more: Partial<Pointwise> = {}): Operator =>
  pointwiseOperator(op, () => primitives, { arity: 2, value, ...more });

/** Integer division truncates towards zero, and by zero has no result. */
const divide = (call: Call): Scalar =>
  isInteger(call.inputs[0]?.dtype ?? null) ? (a = 0, b = 0) => Math.trunc(a / b) : (a = 0, b = 0) => a / b;

/** The remainder has the sign of the divisor, as in Python; with `fmod` that of the dividend, as in C. */
function remainder(call: Call): Scalar {
  if (int(call, 'fmod', 0)) return (a = 0, b = 0) => a % b;
  return (a = 0, b = 0) => {
    const rest = a % b;
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
  };
}

/** Two tensors, element by element. */
export const binaries: readonly Operator[] = [
  binary(
    'Add',
    { add: 1 },
    () =>
      (a = 0, b = 0) =>
        a + b,
  ),
  binary(
    'Sub',
    { add: 1 },
    () =>
      (a = 0, b = 0) =>
        a - b,
  ),
  binary(
    'Mul',
    { mul: 1 },
    () =>
      (a = 0, b = 0) =>
        a * b,
    { saves: OPERANDS },
  ),
  // The gradient of the divisor needs it itself.
  binary('Div', { div: 1 }, divide, { saves: { operands: [0], inputs: [1] } }),
  binary('Mod', { div: 1 }, remainder, { defaults: { fmod: 0 } }),
];

const squares = (call: Call) => dataOf(call, 1)?.every((x) => x === 2) ?? false;

/** A power is a transcendental, but a square is a product. */
export const pow = pointwiseOperator('Pow', (call) => (squares(call) ? { mul: 1 } : { exp: 1 }), {
  arity: 2,
  saves: (call) => (elementsOf(call.inputs[1]) === 1 && call.inputs[1]?.constant ? INPUT : { inputs: [0, 1], outputs: [0] }),
  value:
    () =>
    (a = 0, b = 0) =>
      a ** b,
});

const variadic = (op: string, primitives: (more: number) => Amounts, f: Scalar, saves: Saves = NOTHING): Operator =>
  pointwiseOperator(op, (call) => primitives(call.inputs.length - 1), { saves, value: () => f });

const total: Scalar = (...x) => x.reduce((a, b) => a + b, 0);

/** One or more tensors, element by element. */
export const variadics: readonly Operator[] = [
  variadic('Sum', (more) => ({ add: more }), total),
  variadic(
    'Mean',
    (more) => ({ add: more, div: 1 }),
    (...x) => total(...x) / x.length,
  ),
  variadic(
    'Max',
    (more) => ({ cmp: more }),
    (...x) => x.reduce((a, b) => Math.max(a, b)),
    { inputs: [0, 1] },
  ),
  variadic(
    'Min',
    (more) => ({ cmp: more }),
    (...x) => x.reduce((a, b) => Math.min(a, b)),
    { inputs: [0, 1] },
  ),
];

/** Source: ONNX Where: one of two tensors, as a third one says. */
export const where = defineOperator('Where', {
  saves: INPUT,
  infer: (call) => [{ dtype: need(call, 1).dtype, shape: broadcast(call, [shapeOf(call, 0), shapeOf(call, 1), shapeOf(call, 2)]) }],
  value: (call) => pointwise(call, (condition, a = 0, b = 0) => (condition ? a : b)),
  field: () => 'elementwise',
  cost: (call) => perOutput(call, { cmp: 1 }),
});
