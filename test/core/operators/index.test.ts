import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { Fault } from '../../../src/core/fault.ts';
import type { Attribute, Dim, Shape } from '../../../src/core/graph.ts';
import { operatorOf, operators } from '../../../src/core/operators/index.ts';
import type { Relation, Tensor } from '../../../src/core/operators/operator.ts';
import { savesOf } from '../../../src/core/operators/saves.ts';
import { constant, infer } from './harness.ts';

t.test('every operator is named in a test, and found by its name', async (t) => {
  const folder = new URL('.', import.meta.url);
  const text = readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts') && name !== 'index.test.ts')
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  for (const { op } of operators()) {
    t.ok(new RegExp(`['\\s{]${op.replace('.', '\\.')}['\\s:]`).test(text), op);
    t.equal(operatorOf(op)?.op, op);
  }
  t.equal(operatorOf('constructor'), undefined);
  const names = operators().map(({ op }) => op);
  t.strictSame(names, [...names].sort());
});

t.test('what training keeps is known of every operator that has a gradient', async (t) => {
  // What these put out is no floating-point number, or does not depend on data.
  const others = [
    'BlackmanWindow',
    'DequantizeLinear',
    'HammingWindow',
    'HannWindow',
    'ImageDecoder',
    'MelWeightMatrix',
    'NonMaxSuppression',
  ].concat([
    'NonZero',
    'OptionalHasElement',
    'SequenceLength',
    'StringNormalizer',
    'StringSplit',
    'TfIdfVectorizer',
    'ai.onnx.ml.LabelEncoder',
  ]);
  const silent = operators().filter(({ saves, noGradient }) => !saves && !noGradient);
  t.same(
    silent.map(({ op }) => op),
    others,
  );
});

/** Attributes of all operators, so that the values below reach their readers. */
const ATTRIBUTES = (
  'kernel_shape strides dilations pads group auto_pad ceil_mode output_padding output_shape output_size axis axes perm equation mode to dtype ' +
  'value value_ints start end num_outputs num_groups size blocksize batch_dims keepdims coordinate_transformation_mode training_mode p ' +
  'direction hidden_size layout activations clip linear_before_reset q_num_heads kv_num_heads num_heads is_causal left_window_size ' +
  'right_window_size softcap update_rule activation rotary_embedding_dim qkv_hidden_sizes block_size output_dtype offset_group border scale ' +
  'shape sample_size sampling_ratio output_height pooled_shape reduction onesided inverse ngram_indexes time_axis batch_axis pixel_format ' +
  'channels_last transA transB transBatchA alpha N K output_datatype fovea.perGroup fovea.coerce2d'
).split(' ');

const sizes = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom<Dim>(null, 'N', 2 ** 31, 2 ** 53 - 1));
const anyNumber = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(Number.NaN, 1e300, -(2 ** 63), 2 ** 53, 0.5));
const anyTensor = fc.oneof(
  fc.record({
    dtype: fc.constantFrom('float32' as const, 'int64' as const, null),
    shape: fc.oneof(fc.array(sizes, { maxLength: 5 }), fc.constant(null)),
    value: fc.constant(null),
    constant: fc.boolean(),
  }),
  fc.array(anyNumber, { maxLength: 6 }).map((value): Tensor => ({ dtype: 'int64', shape: [value.length], value, constant: true })),
  fc.integer({ min: -3, max: 9 }).map((value): Tensor => ({ dtype: 'int64', shape: [], value: [value], constant: true })),
  fc
    .array(sizes, { maxLength: 6 })
    .map((found): Tensor => ({ dtype: 'int64', shape: [found.length], value: null, sizes: found, constant: false })),
);
const anyAttribute: fc.Arbitrary<Attribute> = fc.oneof(
  anyNumber,
  fc.constantFrom<Attribute>(
    10n ** 400n,
    '',
    'SAME_UPPER',
    'ij,jk->ik',
    '...',
    'linear',
    'reflect',
    'bidirectional',
    'LEFT',
    'none',
    'Relu',
    ['a'],
    ['Tanh'],
    constant([1], [1]),
  ),
  fc.array(anyNumber, { maxLength: 5 }),
);
const anyNode = fc.record({
  op: fc.constantFrom(...operators().map(({ op }) => op)),
  inputs: fc.array(fc.option(anyTensor, { nil: undefined }), { maxLength: 9 }),
  attributes: fc.dictionary(fc.constantFrom(...ATTRIBUTES), anyAttribute, { maxKeys: 5 }),
  outputs: fc.integer({ min: 1, max: 3 }),
});

/** A relation has an entry for every output axis, each to an axis that the (first) input has. */
function checkLinks(op: string, relation: Relation, output: Tensor, input: Shape | null): void {
  const links = Array.isArray(relation) ? relation : typeof relation === 'object' && 'picks' in relation ? relation.links : null;
  if (!links) return;
  if (output.shape && links.length !== output.shape.length)
    throw new Error(`${op}: a relation of ${links.length} axes for an output of ${output.shape.length}`);
  const beyond = links.find((entry) => entry && input && entry.input >= input.length);
  if (beyond) throw new Error(`${op}: a link to axis ${beyond.input} of an input of rank ${input?.length}`);
}

/** Everything that is asked of an operator. */
function ask(sample: Parameters<typeof infer>[0]): void {
  const call = infer(sample);
  call.operator?.cost(call);
  call.operator?.defaults?.(call);
  call.operator?.axes?.(call);
  const saves = savesOf(call);
  for (const count of [saves?.beside?.(call), saves?.within?.(call), saves?.backward?.(call, () => true)]) {
    if (typeof count === 'number' && !(Number.isSafeInteger(count) && count >= 0)) throw new Error(`${sample.op} keeps ${count}`);
  }
  for (const [k, output] of call.outputs.entries()) {
    for (const [i, input] of call.inputs.entries()) {
      const relation = input && call.operator?.field(call, i, k);
      if (relation) checkLinks(sample.op, relation, output, i === 0 ? input.shape : null);
    }
  }
}

t.test('whatever a node says, it is answered or it is a fault', async (t) => {
  fc.assert(
    fc.property(anyNode, (sample) => {
      try {
        ask(sample);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
      }
    }),
    { numRuns: 20000 },
  );
  t.pass();
});
