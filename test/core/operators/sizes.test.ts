import t from 'tap';
import type { Shape } from '../../../src/core/graph.ts';
import type { Tensor } from '../../../src/core/operators/operator.ts';
import { data, expectShape, expectSizes, expectValue, floats, infer, type Sample, scalar, values } from './harness.ts';

/** A list of sizes of which not all are known. */
const list = (...sizes: Shape): Tensor => ({ ...data([sizes.length], 'int64'), sizes });
const node = (op: string, inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({ op, inputs, attributes });
const image = list('N', 3, null, 'W');

t.test('Shape knows what it can', async (t) => {
  expectSizes(t, node('Shape', [data(['N', 3, null, 'W'])]), ['N', 3, null, 'W']);
  expectSizes(t, node('Shape', [data(['N', 3, 8])], { end: 1 }), ['N']);
  expectValue(t, node('Shape', [data(['N', 3, 8])], { start: 1 }), [3, 8]);
  expectSizes(t, node('Shape', [data(null)]), null);
});

t.test('sizes are moved as elements are', async (t) => {
  expectValue(t, node('Gather', [image, scalar(1)]), [3]);
  t.equal(infer(node('Gather', [image, scalar(1)])).outputs[0]?.constant, true);
  expectSizes(t, node('Gather', [image, values([3, 1])]), ['W', 3]);
  expectSizes(t, node('Gather', [image, data([2], 'int64')]), null);
  expectSizes(t, node('Slice', [image, values([2]), values([4])]), [null, 'W']);
  expectValue(t, node('Slice', [image, values([1]), values([2])]), [3]);
  expectSizes(t, node('Cast', [image], { to: 1 }), ['N', 3, null, 'W']);
  expectSizes(t, node('Cast', [image], { to: 9 }), null);
  expectSizes(t, node('Unsqueeze', [list('N', 3), values([0])]), ['N', 3]);
  expectSizes(t, node('Identity', [image]), ['N', 3, null, 'W']);
  expectSizes(t, node('Reshape', [image, values([2, 2])]), ['N', 3, null, 'W']);
  expectSizes(t, node('Split', [image, values([1, 3])]), ['N']);
});

t.test('Concat joins them with what is not known at all', async (t) => {
  expectSizes(t, node('Concat', [list('N'), values([3]), data([1], 'int64')], { axis: 0 }), ['N', 3, null]);
  expectSizes(t, node('Concat', [data([1], 'int64'), data([1], 'int64')], { axis: 0 }), null);
  expectSizes(t, node('Concat', [list('N'), data([100], 'int64')], { axis: 0 }), null);
  expectSizes(t, node('Concat', [list('N'), data([null], 'int64')], { axis: 0 }), null);
});

t.test('shapes that are made of them keep what is known', async (t) => {
  expectShape(t, node('Reshape', [data(['N', 3, 8, 8]), list('N', -1)]), ['N', 192]);
  expectShape(t, node('Reshape', [data(['N', 3, 8, 'W']), list('N', 3, 8, -1)]), ['N', 3, 8, 'W']);
  expectShape(t, node('Reshape', [data(['N', 3, 8, 8]), list(null, -1)]), [null, null]);
  expectShape(t, node('Expand', [data([1, 3]), list('N', 3)]), ['N', 3]);
  expectShape(t, node('ConstantOfShape', [list('N', 3)]), ['N', 3]);
  expectShape(t, node('Tile', [data([2, 3]), list(2, null)]), [4, null]);
  const sizes = [undefined, undefined, list(1, 3, 'H', 20)];
  expectShape(t, node('Resize', [data([1, 3, 8, 10]), ...sizes]), [1, 3, 'H', 20]);
  expectShape(t, node('Resize', [data([1, 3, 8, 10]), ...sizes], { keep_aspect_ratio_policy: 'not_larger' }), [null, null, null, null]);
  expectShape(t, node('Resize', [data([1, 3, 8, 10]), undefined, floats([1, 1, 2, 2])]), [1, 3, 16, 20]);
});
