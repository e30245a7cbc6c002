import t from 'tap';
import { described } from '../graphs.ts';
import { edited, fieldAt, refusal, report, shapeAt } from './edited.ts';

const conv = { name: 'c', type: 'Conv2d', out_channels: 32, kernel_size: 5, padding: 2, bias: false };
const graph = described({ inputs: { x: [1, 192, 28, 28] }, layers: [conv] });

t.test('the 5 x 5 branch of the first inception module: 192 to 32 directly, and through 16', async (t) => {
  // GoogLeNet (Szegedy et al. 2015), inception (3a): #5x5 reduce 16, #5x5 32
  const [before, after] = [report(graph), report(edited(graph, { kind: 'reduce', layer: 'c', channels: 16 }).graph)];
  t.equal(before.totals.macs, 28 * 28 * 25 * 192 * 32);
  t.equal(after.totals.macs, 28 * 28 * (192 * 16 + 25 * 16 * 32));
  t.same(fieldAt(after, 'c'), fieldAt(before, 'c'));
  t.same(shapeAt(after, 'c.reduce'), [1, 16, 28, 28]);
  t.equal(after.totals.nonlinearities, 1);
});

t.test('a quarter by default, and what is no reduction', async (t) => {
  t.same(shapeAt(report(edited(graph, { kind: 'reduce', layer: 'c' }).graph), 'c.reduce'), [1, 48, 28, 28]);
  t.match(refusal(graph, { kind: 'reduce', layer: 'c', channels: 192 }), { message: /192 channels are no reduction of 192/ });
});
