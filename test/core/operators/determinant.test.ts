import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape } from './harness.ts';

const det = (...inputs: Parameters<typeof data>) => ({ op: 'Det', inputs: [data(...inputs)] });

t.test('Det by LU decomposition', async (t) => {
  expectShape(t, det([2, 5, 3, 3]), [2, 5]);
  expectShape(t, det(null), null);
  // For 3 x 3: 3 quotients, 4 + 1 updates, 2 products of pivots.
  expectCost(t, det([2, 5, 3, 3]), { div: 30, mul: 70, add: 50 });
  expectCost(t, det([1, 1]), {});
  expectCost(t, det([0, 0]), {});
  expectCost(t, det(['N', 2, 2]), null);
  expectCost(t, det([null, null]), null);
  expectField(t, det([2, 5, 3, 3]), ['each', 'each']);
  expectField(t, det(null), { unknown: 'the rank of a tensor is not known' });
  expectMalformed(t, det([3]), /matrices are needed/);
  expectMalformed(t, det([3, 4]), /not square/);
});
