import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample, weight } from './harness.ts';

const [x, y] = [data([3, 5, 6]), data([3, 6], 'int64')];
const nll = (attributes: Sample['attributes'] = {}, inputs: Sample['inputs'] = [x, y]): Sample => ({
  op: 'NegativeLogLikelihoodLoss',
  inputs,
  attributes,
});
const sce = (attributes: Sample['attributes'] = {}, inputs: Sample['inputs'] = [x, y]): Sample => ({
  op: 'SoftmaxCrossEntropyLoss',
  inputs,
  attributes,
});
const unknownRank = { unknown: 'the rank of a tensor is not known' };

t.test('a loss for each target, or one for all', async (t) => {
  expectShape(t, nll(), []);
  expectShape(t, nll({ reduction: 'none' }), [3, 6]);
  expectShape(t, nll({ reduction: 'none' }, [data(null), y]), [3, 6]);
  expectShape(t, nll({ reduction: 'none' }, [x, data(null)]), [3, 6]);
  expectCost(t, nll({ reduction: 'none' }), { load: 18, add: 18 });
  expectCost(t, nll({ reduction: 'sum' }), { load: 18, add: 35 });
  expectCost(t, nll(), { load: 18, add: 35, div: 1 });
  expectCost(t, nll({}, [x, y, weight(5)]), { load: 36, mul: 18, add: 52, div: 1 });
  expectCost(t, nll({}, [data(null), data(null)]), null);
  expectField(t, nll(), []);
  expectField(t, nll({ reduction: 'none' }), ['each', '2 each']);
  expectField(t, nll({ reduction: 'none' }), ['each', 'each'], 1);
  expectField(t, nll({ reduction: 'none' }, [x, y, weight(5)]), 'dataDependent', 2);
  expectField(t, nll({ reduction: 'none' }, [data(null), data(null)]), unknownRank);
});

t.test('SoftmaxCrossEntropyLoss takes LogSoftmax before', async (t) => {
  expectShape(t, sce(), [], [3, 5, 6]);
  // 18 rows of 5: cmp 4, add 14, exp 6.
  expectCost(t, sce({ reduction: 'none' }), { cmp: 72, add: 252 + 18, exp: 108, load: 18 });
  expectField(t, sce({ reduction: 'none' }), ['each', '2 each']);
  expectField(t, sce(), ['each', null, 'each'], 0, 1);
  expectField(t, sce(), 'none', 1, 1);
  expectField(t, sce({}, [data(null), y]), unknownRank, 0, 1);
});

t.test('defaults, and targets that do not fit', async (t) => {
  const call = infer(nll());
  t.strictSame(call.operator?.defaults?.(call), { reduction: 'mean' });
  expectMalformed(t, nll({ reduction: 'max' }), /none of mean, sum, none/);
  expectMalformed(t, nll({}, [data([3]), y]), /no class axis/);
  expectMalformed(t, nll({}, [x, data([3])]), /targets of rank 1/);
  expectMalformed(t, nll({}, [x, data([3, 7])]), /axis 1 of scores and targets/);
  expectMalformed(t, nll({}, [x, y, weight(4)]), /classes and their weights/);
});
