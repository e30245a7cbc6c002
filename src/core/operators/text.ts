import type { DType, Shape } from '../graph.ts';
import { perOutput } from './amount.ts';
import { dim, ints, malformed, need, shapeOf, tensor } from './call.ts';
import { pointwiseOperator } from './elementwise.ts';
import { type Call, defineOperator, MOVEMENT, type Operator } from './operator.ts';
import { axisByAxis, EACH, RANK_UNKNOWN } from './relation.ts';

// Operations on text are none of the primitives that are counted.

/** Source: ONNX StringConcat and RegexFullMatch. */
export const textElementwise: readonly Operator[] = [
  pointwiseOperator('StringConcat', () => ({}), { dtype: 'string', arity: 2 }),
  pointwiseOperator('RegexFullMatch', () => ({}), { dtype: 'bool', arity: 1 }),
];

/** Source: ONNX StringSplit: as many parts as the text with the most of them has, which the data decides. */
export const stringSplit = defineOperator('StringSplit', {
  infer: (call) => {
    const shape = shapeOf(call, 0);
    return [
      { dtype: 'string', shape: shape && [...shape, null] },
      { dtype: 'int64', shape },
    ];
  },
  field: (call, _, k) => {
    const rank = shapeOf(call, 0)?.length;
    if (k > 0) return 'elementwise';
    return rank === undefined ? RANK_UNKNOWN : [...axisByAxis(rank, () => EACH), null];
  },
  cost: () => MOVEMENT,
});

/** Source: ONNX StringNormalizer. How many texts are no stop words depends on the data. */
export const stringNormalizer = defineOperator('StringNormalizer', {
  infer: (call) => {
    const shape = shapeOf(call, 0);
    if (shape && shape.length !== 1 && (shape.length !== 2 || shape[0] !== 1)) malformed(call, 'a list of texts is needed');
    const stops = call.node.attributes.get('stopwords');
    const keeps = !Array.isArray(stops) || stops.length === 0;
    return [{ dtype: 'string', shape: keeps ? shape : (shape?.with(-1, null) ?? null) }];
  },
  field: (call) => (Array.isArray(call.node.attributes.get('stopwords')) ? 'dataDependent' : 'elementwise'),
  cost: () => MOVEMENT,
  defaults: () => ({ case_change_action: 'NONE', is_case_sensitive: 0 }),
});

/** Source: ONNX TfIdfVectorizer: one element for each n-gram of the pool. How often they are looked up depends on the data. */
export const tfIdfVectorizer = defineOperator('TfIdfVectorizer', {
  infer: (call) => {
    const shape = shapeOf(call, 0);
    if (shape && shape.length !== 1 && shape.length !== 2) malformed(call, `a tensor of rank ${shape.length}, 1 or 2 is needed`);
    const indexes = ints(call, 'ngram_indexes') ?? malformed(call, 'ngram_indexes is required');
    const length = dim(call, indexes.reduce((most, index) => Math.max(most, index), -1) + 1);
    return [{ dtype: 'float32', shape: shape && ([...shape.slice(0, -1), length] as Shape) }];
  },
  field: (call) => {
    const rank = shapeOf(call, 0)?.length;
    return rank === undefined ? RANK_UNKNOWN : axisByAxis(rank, (axis) => (axis === rank - 1 ? null : EACH));
  },
  cost: () => null,
});

const LABELS: readonly (readonly [string, DType])[] = [
  ['values_int64s', 'int64'],
  ['values_strings', 'string'],
  ['values_floats', 'float32'],
];

/** Source: ai.onnx.ml LabelEncoder: each element is looked up in a table; the attribute that holds it says the type. */
export const labelEncoder = defineOperator('ai.onnx.ml.LabelEncoder', {
  infer: (call) => [{ dtype: labelType(call), shape: shapeOf(call, 0) }],
  field: () => 'elementwise',
  cost: (call) => perOutput(call, { load: 1 }),
});

function labelType(call: Call): DType | null {
  need(call, 0);
  return tensor(call, 'values_tensor')?.dtype ?? LABELS.find(([name]) => call.node.attributes.has(name))?.[1] ?? null;
}
