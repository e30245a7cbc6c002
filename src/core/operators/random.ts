import type { DType, Shape } from '../graph.ts';
import { type Amounts, perOutput } from './amount.ts';
import { dim, int, ints, malformed, need, rank, shapeOf } from './call.ts';
import { dtypeOf } from './cast.ts';
import { type Call, defineOperator, type Operator, type Relation } from './operator.ts';
import { EACH, link } from './relation.ts';
import { NOTHING } from './saves.ts';

interface Drawn {
  readonly dtype: (call: Call) => DType | null;
  readonly shape: (call: Call) => Shape | null;
  readonly field?: Relation;
  /** Primitives of one element; the draw of a random number itself is none of them. */
  readonly cost: Amounts | null;
  readonly defaults: NonNullable<Operator['defaults']>;
}

function drawn(op: string, { dtype, shape, field = 'none', cost, defaults }: Drawn): Operator {
  return defineOperator(op, {
    saves: NOTHING,
    infer: (call) => [{ dtype: dtype(call), shape: shape(call) }],
    field: () => field,
    cost: (call) => cost && perOutput(call, cost),
    defaults,
  });
}

const stated = (fallback: DType | null) => (call: Call) => dtypeOf(call, 'dtype', fallback);
const asInput = (call: Call) => dtypeOf(call, 'dtype', need(call, 0).dtype);

function listedShape(call: Call): Shape {
  const shape = ints(call, 'shape') ?? malformed(call, 'shape is required');
  rank(call, shape.length);
  return shape.map((n) => dim(call, n));
}

const NORMAL = () => ({ mean: 0, scale: 1 });
const UNIFORM = () => ({ high: 1, low: 0 });
/** Brought to the mean and the deviation, or to the range. */
const SCALED: Amounts = { mul: 1, add: 1 };

/** Source of the family: ONNX RandomNormal and its siblings. */
export const randoms: readonly Operator[] = [
  drawn('RandomNormal', { dtype: stated('float32'), shape: listedShape, cost: SCALED, defaults: NORMAL }),
  drawn('RandomUniform', { dtype: stated('float32'), shape: listedShape, cost: SCALED, defaults: UNIFORM }),
  drawn('RandomNormalLike', { dtype: asInput, shape: (call) => shapeOf(call, 0), cost: SCALED, defaults: NORMAL }),
  drawn('RandomUniformLike', { dtype: asInput, shape: (call) => shapeOf(call, 0), cost: SCALED, defaults: UNIFORM }),
  // One number of a uniform distribution is compared with each probability.
  drawn('Bernoulli', {
    dtype: asInput,
    shape: (call) => shapeOf(call, 0),
    field: 'elementwise',
    cost: { ...SCALED, cmp: 1 },
    defaults: () => ({}),
  }),
  // How a runtime draws from many outcomes is its own affair.
  drawn('Multinomial', {
    dtype: stated('int32'),
    shape: sampled,
    field: [link(0, EACH), null],
    cost: null,
    defaults: () => ({ sample_size: 1 }),
  }),
];

function sampled(call: Call): Shape {
  const shape = shapeOf(call, 0) ?? [null, null];
  if (shape.length !== 2) malformed(call, `a tensor of rank ${shape.length}, a matrix is needed`);
  return [shape[0] ?? null, dim(call, int(call, 'sample_size', 1))];
}
