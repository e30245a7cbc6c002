import t from 'tap';
import type { Shape } from '../../../src/core/graph.ts';
import { data, expectCost, expectField, expectMalformed, expectShape, type Sample } from './harness.ts';

const einsum = (equation: string, ...shapes: readonly (Shape | null)[]): Sample => ({
  op: 'Einsum',
  inputs: shapes.map((shape) => data(shape)),
  attributes: { equation },
});

t.test('shapes', async (t) => {
  expectShape(t, einsum('bhid,bhjd->bhij', [1, 4, 32, 16], [1, 4, 8, 16]), [1, 4, 32, 8]);
  expectShape(t, einsum('b h i d , b h j d -> b h i j', [1, 4, 32, 16], [1, 4, 8, 16]), [1, 4, 32, 8]);
  expectShape(t, einsum('ij,jk', [2, 3], [3, 4]), [2, 4]);
  expectShape(t, einsum('ba', [2, 3]), [3, 2]);
  expectShape(t, einsum('ii->i', [3, 3]), [3]);
  expectShape(t, einsum('ij->', [3, 4]), []);
  expectShape(t, einsum('...ij,...jk->...ik', [5, 1, 2, 3], [7, 3, 4]), [5, 7, 2, 4]);
  expectShape(t, einsum('...ij,jk', [5, 2, 3], [3, 4]), [5, 2, 4]);
  expectShape(t, einsum('ij,jk->ik', ['N', null], [3, null]), ['N', null]);
  expectShape(t, einsum('ij,jk->jk', ['N', 'J'], [null, null]), ['J', null]);
  expectShape(t, einsum('ij,jk->ik', null, [3, 4]), [null, 4]);
  expectShape(t, einsum('...j,jk->...k', null, [3, 4]), null);
});

t.test('two operands cost the product of all labels if one is contracted, else a product per element', async (t) => {
  expectCost(t, einsum('bhid,bhjd->bhij', [1, 4, 2, 16], [1, 4, 60, 16]), { mac: 7680 });
  expectCost(t, einsum('bhid,bhjd->bhij', [1, 4, 32, 16], [1, 4, 32, 16]), { mac: 65536 });
  expectCost(t, einsum('i,j->ij', [3], [4]), { mul: 12 });
  expectCost(t, einsum('ij,ij->ij', [3, 4], [3, 4]), { mul: 12 });
  expectCost(t, einsum('ij->i', [3, 4]), { add: 9 });
  expectCost(t, einsum('ij->ji', [3, 4]), {});
  // From left to right: ij,jk is 24, ik,kl is 2 * 4 * 5.
  expectCost(t, einsum('ij,jk,kl->il', [2, 3], [3, 4], [4, 5]), { mac: 64 });
  expectCost(t, einsum('ij,jk->ik', [2, null], [null, 4]), null);
  expectCost(t, einsum('ij->i', [2, null]), null);
  expectCost(t, einsum('...j,jk->...k', null, [3, 4]), null);
});

t.test('relations by labels', async (t) => {
  expectField(t, einsum('bhid,bhjd->bhij', [1, 4, 32, 16], [1, 4, 8, 16]), ['each', 'each', 'each', null]);
  expectField(t, einsum('bhid,bhjd->bhij', [1, 4, 32, 16], [1, 4, 8, 16]), ['each', 'each', null, '2 each'], 1);
  expectField(t, einsum('ij->ji', [3, 4]), ['1 each', '0 each']);
  expectField(t, einsum('...i,...i->...', [5, 1, 3], [7, 3]), ['each', 'broadcast']);
  expectField(t, einsum('ii->i', [3, 3]), { unknown: 'the equation takes a diagonal' });
  expectField(t, einsum('...i->...', null), { unknown: 'the rank under an ellipsis is not known' });
});

t.test('equations that contradict themselves', async (t) => {
  expectMalformed(t, einsum('ij,jk->ik', [2, 3], [4, 5]), /label j is 3 and 4/);
  expectMalformed(t, einsum('ij->ik', [2, 3]), /names a label twice, or one that no input has/);
  expectMalformed(t, einsum('ij->ii', [2, 3]), /names a label twice/);
  expectMalformed(t, einsum('ij', [2, 3], [3, 4]), /1 terms for 2 inputs/);
  expectMalformed(t, einsum('ij', [2, 3, 4]), /does not fit a tensor of rank 3/);
  expectMalformed(t, einsum('...ijk', [2, 3]), /does not fit/);
  expectMalformed(t, einsum('i->j->k', [2]), /not valid/);
  expectMalformed(t, einsum('i;j', [2]), /not valid/);
  expectMalformed(t, einsum('i'.repeat(5000), [2]), /too long/);
});
