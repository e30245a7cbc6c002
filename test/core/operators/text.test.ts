import t from 'tap';
import { constant, data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample } from './harness.ts';

const node = (op: string, inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({ op, inputs, attributes });
const text = data([2, 3], 'string');
const typeOf = (sample: Sample) => infer(sample).outputs[0]?.dtype;

t.test('texts are joined, matched, split and normalised at no cost that is counted', async (t) => {
  expectShape(t, node('StringConcat', [text, data([3], 'string')]), [2, 3]);
  expectCost(t, node('StringConcat', [text, text]), {});
  expectShape(t, node('RegexFullMatch', [text], { pattern: '.*' }), [2, 3]);
  t.equal(typeOf(node('RegexFullMatch', [text])), 'bool');
  expectShape(t, node('StringSplit', [text]), [2, 3, null], [2, 3]);
  expectShape(t, node('StringSplit', [data(null, 'string')]), null, null);
  expectCost(t, node('StringSplit', [text]), {});
  expectField(t, node('StringSplit', [text]), ['each', 'each', null]);
  expectField(t, node('StringSplit', [text]), 'elementwise', 0, 1);
  expectField(t, node('StringSplit', [data(null, 'string')]), { unknown: 'the rank of a tensor is not known' });
  const list = data([4], 'string');
  expectShape(t, node('StringNormalizer', [list]), [4]);
  expectShape(t, node('StringNormalizer', [list], { stopwords: ['monday'] }), [null]);
  expectShape(t, node('StringNormalizer', [data([1, 4], 'string')], { stopwords: ['monday'] }), [1, null]);
  expectShape(t, node('StringNormalizer', [data(null, 'string')], { stopwords: ['monday'] }), null);
  expectCost(t, node('StringNormalizer', [list]), {});
  expectField(t, node('StringNormalizer', [list]), 'elementwise');
  expectField(t, node('StringNormalizer', [list], { stopwords: ['monday'] }), 'dataDependent');
  expectMalformed(t, node('StringNormalizer', [text]), /a list of texts/);
  const call = infer(node('StringNormalizer', [list]));
  t.strictSame(call.operator?.defaults?.(call), { case_change_action: 'NONE', is_case_sensitive: 0 });
});

t.test('n-grams and labels', async (t) => {
  const grams = (x: Sample['inputs'][number]) => node('TfIdfVectorizer', [x], { ngram_indexes: [0, 2, 1, 6] });
  expectShape(t, grams(data([12], 'int32')), [7]);
  expectShape(t, grams(data([2, 6], 'int32')), [2, 7]);
  expectShape(t, grams(data(null, 'int32')), null);
  expectCost(t, grams(data([12], 'int32')), null);
  expectField(t, grams(data([2, 6], 'int32')), ['each', null]);
  expectField(t, grams(data(null)), { unknown: 'the rank of a tensor is not known' });
  expectMalformed(t, grams(data([1, 2, 3])), /rank 3/);
  expectMalformed(t, node('TfIdfVectorizer', [data([2])]), /ngram_indexes is required/);
  const encode = (attributes: Sample['attributes']) => node('ai.onnx.ml.LabelEncoder', [text], attributes);
  expectShape(t, encode({ values_int64s: [1, 2] }), [2, 3]);
  expectCost(t, encode({ values_floats: [1, 2] }), { load: 6 });
  expectField(t, encode({ values_strings: ['a'] }), 'elementwise');
  t.equal(typeOf(encode({ values_int64s: [1, 2] })), 'int64');
  t.equal(typeOf(encode({ values_tensor: constant([1], [1], 'int16') })), 'int16');
  t.equal(typeOf(encode({})), null);
});
