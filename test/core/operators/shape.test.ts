import t from 'tap';
import { int, need, sameDim, size } from '../../../src/core/operators/call.ts';
import type { Call } from '../../../src/core/operators/operator.ts';
import { lengthOf, productDim, sumDim } from '../../../src/core/operators/shape.ts';
import { offsets } from '../../../src/core/operators/value.ts';
import { data, values } from './harness.ts';

const call: Call = {
  node: { id: 'n', name: '', scope: '', op: 'Test', attributes: new Map<string, bigint>([['huge', 10n ** 400n]]), inputs: [], outputs: [] },
  inputs: [],
  outputs: [],
};

t.test('products and sums keep a name that nothing changes', async (t) => {
  t.equal(productDim(call, [1, 'N', 1]), 'N');
  t.equal(productDim(call, []), 1);
  t.equal(productDim(call, ['N', 0, 2]), 0);
  t.equal(productDim(call, ['N', 2]), null);
  t.equal(sumDim(call, ['N']), 'N');
  t.equal(sumDim(call, ['N', 1]), null);
});

t.test('two names of one size', async (t) => {
  t.equal(sameDim(call, 'a', 'b', ''), 'a');
  t.equal(sameDim(call, null, 'b', ''), 'b');
  t.equal(sameDim(call, 'a', 3, ''), 3);
  t.throws(() => sameDim(call, 2, 3, 'sizes'), { code: 'malformed-node', message: /sizes: 2 against 3/ });
});

t.test('readers', async (t) => {
  t.equal(size('N'), null);
  t.equal(size(undefined), null);
  t.equal(lengthOf(call, data([])), 1);
  t.equal(lengthOf(call, data([5])), 5);
  t.equal(lengthOf(call, values([1, 2])), 2);
  t.throws(() => int(call, 'huge', 0), /must be an integer/);
  t.throws(() => need(call, 0), /input 0 is required/);
  t.strictSame(offsets([], []), [0]);
  t.strictSame(offsets([2, 0], [2, 3]), []);
});
