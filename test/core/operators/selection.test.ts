import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, floats, infer, type Sample, values, weight } from './harness.ts';

const node = (op: string, inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({ op, inputs, attributes });
const unknownRank = { unknown: 'the rank of a tensor is not known' };
const x = data([3, 2]);
const chosen = values([0, 1, 1], [3], 'bool');

t.test('Compress keeps what the condition says', async (t) => {
  expectShape(t, node('Compress', [x, chosen], { axis: 0 }), [2, 2]);
  expectShape(t, node('Compress', [x, chosen]), [2]);
  expectShape(t, node('Compress', [x, data([3], 'bool')], { axis: 0 }), [null, 2]);
  expectShape(t, node('Compress', [x, data([3], 'bool')]), [null]);
  expectShape(t, node('Compress', [data(null), chosen], { axis: 0 }), null);
  expectCost(t, node('Compress', [x, chosen]), {});
  expectField(t, node('Compress', [x, chosen], { axis: 0 }), [{ kind: 'table', lo: [1, 2], hi: [1, 2] }, 'each']);
  expectField(t, node('Compress', [x, data([3], 'bool')], { axis: 0 }), ['dataDependent', 'each']);
  expectField(t, node('Compress', [x, weight(3)], { axis: 0 }), ['unknown', 'each']);
  expectField(t, node('Compress', [x, chosen]), { unknown: 'a choice of single elements is not followed' });
  expectField(t, node('Compress', [x, data([3], 'bool')]), 'dataDependent');
  expectField(t, node('Compress', [x, data([3], 'bool')]), 'dataDependent', 1);
  expectField(t, node('Compress', [data(null), chosen], { axis: 0 }), unknownRank);
  expectMalformed(t, node('Compress', [x, chosen], { axis: 1 }), /position 2 is outside an axis of 2/);
  expectMalformed(t, node('Compress', [x, data([3, 1], 'bool')]), /expected a list/);
});

t.test('Unique counts what it knows', async (t) => {
  expectShape(t, node('Unique', [x]), [null], [null], [6], [null]);
  expectShape(t, node('Unique', [floats([2, 1, 1, 3, 4, 3])]), [4], [4], [6], [4]);
  expectShape(t, node('Unique', [floats([1, 0, 1, 0, 2, 3], [3, 2])], { axis: 0 }), [2, 2], [2], [3], [2]);
  expectShape(t, node('Unique', [x], { axis: -1 }), [3, null], [null], [2], [null]);
  expectShape(t, node('Unique', [data(null)], { axis: 1 }), null, [null], [null], [null]);
  expectShape(t, node('Unique', [data(null)]), [null], [null], [null], [null]);
  expectCost(t, node('Unique', [x]), { cmp: 18 });
  expectCost(t, node('Unique', [data([1])]), {});
  expectCost(t, node('Unique', [data([null])]), null);
  expectField(t, node('Unique', [x]), 'dataDependent');
  const call = infer(node('Unique', [x]));
  t.strictSame(call.operator?.defaults?.(call), { sorted: 1 });
});

t.test('ReverseSequence turns the first positions of each sequence', async (t) => {
  const lens = data([2], 'int64');
  expectShape(t, node('ReverseSequence', [data([5, 2, 7]), lens]), [5, 2, 7]);
  expectCost(t, node('ReverseSequence', [x, lens]), {});
  expectField(t, node('ReverseSequence', [data([5, 2, 7]), lens]), ['dataDependent', 'each', 'each']);
  expectField(t, node('ReverseSequence', [data([5, 2, 7]), values([5, 3])]), ['unknown', 'each', 'each']);
  expectField(t, node('ReverseSequence', [data([5, 2, 7]), lens]), [null, '0 each', null], 1);
  expectField(t, node('ReverseSequence', [data(null), lens]), unknownRank);
  const call = infer(node('ReverseSequence', [x, lens]));
  t.strictSame(call.operator?.defaults?.(call), { batch_axis: 1, time_axis: 0 });
  expectMalformed(t, node('ReverseSequence', [x, lens], { time_axis: 1 }), /one axis/);
  expectMalformed(t, node('ReverseSequence', [x, lens], { time_axis: 2 }), /time_axis is 2/);
  expectMalformed(t, node('ReverseSequence', [data([2]), lens]), /2 or more/);
  expectMalformed(t, node('ReverseSequence', [data([5, 3]), lens]), /batch and sequence_lens/);
});
