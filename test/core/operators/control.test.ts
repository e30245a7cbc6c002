import t from 'tap';
import { data, expectCost, expectField, expectShape, infer, type Sample } from './harness.ts';

const node = (op: string, inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({ op, inputs, attributes });
const iterated = { unknown: 'each iteration of the loop sees what the one before it saw' };

t.test('what two branches, or the iterations of a loop, agree in', async (t) => {
  for (const op of ['fovea.Join', 'fovea.Carry', 'fovea.Last']) {
    expectShape(t, node(op, [data([1, 'H', 3]), data([1, 'H', 4])]), [1, 'H', null]);
    expectShape(t, node(op, [data([1, 3]), data([1])]), null);
    expectShape(t, node(op, [data(null), data([1])]), null);
    expectCost(t, node(op, [data([1]), data([1])]), {});
    t.equal(infer(node(op, [data([1]), data([1], 'int64')])).outputs[0]?.dtype, null);
  }
  expectField(t, node('fovea.Join', [data([1]), data([2])]), 'elementwise');
  expectField(t, node('fovea.Join', [data([1]), data(null)]), { unknown: 'the two branches give different ranks' });
  for (const op of ['fovea.Carry', 'fovea.Last']) expectField(t, node(op, [data([1]), data([1])]), iterated);
});

t.test('iterations are collected along a new axis', async (t) => {
  expectShape(t, node('fovea.Stack', [data([2, 3])], { trips: 5 }), [5, 2, 3]);
  expectShape(t, node('fovea.Stack', [data([2, 3])], { axis: -1 }), [2, 3, null]);
  expectShape(t, node('fovea.Stack', [data(null)]), null);
  expectCost(t, node('fovea.Stack', [data([2])]), {});
  expectField(t, node('fovea.Stack', [data([2])]), iterated);
});
