import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample } from './harness.ts';

const node = (op: string, input: Sample['inputs'][number], attributes: Sample['attributes'] = {}): Sample => ({
  op,
  inputs: [input],
  attributes,
});
const x = data([2, 3, 4, 5]);
const unknownRank = { unknown: 'the rank of a tensor is not known' };

t.test('LpNormalization divides each row by its norm', async (t) => {
  expectShape(t, node('LpNormalization', x), [2, 3, 4, 5]);
  expectCost(t, node('LpNormalization', x), { mul: 120, add: 96, exp: 24, div: 120 });
  expectCost(t, node('LpNormalization', x, { p: 1, axis: 1 }), { cmp: 120, add: 80, div: 120 });
  expectCost(t, node('LpNormalization', data([2, 0])), {});
  expectCost(t, node('LpNormalization', data([2, null])), null);
  expectField(t, node('LpNormalization', x, { axis: 1 }), ['each', 'statistics', 'each', 'each']);
  expectField(t, node('LpNormalization', data(null)), unknownRank);
  expectMalformed(t, node('LpNormalization', x, { p: 3 }), /p is 3/);
  expectMalformed(t, node('LpNormalization', x, { axis: 4 }), /axis 4/);
  const call = infer(node('LpNormalization', x));
  t.strictSame(call.operator?.defaults?.(call), { axis: -1, p: 2 });
});

t.test('MeanVarianceNormalization takes its statistics over batch and positions', async (t) => {
  expectShape(t, node('MeanVarianceNormalization', x), [2, 3, 4, 5]);
  // Three rows of 40.
  expectCost(t, node('MeanVarianceNormalization', x), { add: 360, mul: 123, div: 126, exp: 3 });
  expectCost(t, node('MeanVarianceNormalization', data([0, 3, 4, 5])), {});
  expectCost(t, node('MeanVarianceNormalization', data(null)), null);
  expectField(t, node('MeanVarianceNormalization', x), ['statistics', 'each', 'statistics', 'statistics']);
  expectField(t, node('MeanVarianceNormalization', x, { axes: [-1] }), ['each', 'each', 'each', 'statistics']);
  expectField(t, node('MeanVarianceNormalization', data(null)), unknownRank);
  expectMalformed(t, node('MeanVarianceNormalization', data([2, 3])), /3 axes for a tensor of rank 2/);
  const call = infer(node('MeanVarianceNormalization', x));
  t.strictSame(call.operator?.defaults?.(call), { axes: [0, 2, 3] });
});
