import t from 'tap';
import { countToJson, plus, times } from '../../src/core/count.ts';

t.test('products and sums are exact beyond 2^53', async (t) => {
  t.equal(times(2 ** 53 - 1, 1), 2 ** 53 - 1);
  t.equal(times(2 ** 31, 2 ** 31, 3), 3n * 2n ** 62n);
  t.equal(times(2 ** 62, 0), 0);
  t.equal(plus(2 ** 53 - 1, 1), 2n ** 53n);
  t.equal(plus(2n ** 53n, -1n), 2 ** 53 - 1);
  t.equal(countToJson(2n ** 64n), '18446744073709551616');
});
