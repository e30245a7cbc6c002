import t from 'tap';
import { described } from '../graphs.ts';
import { edited, fieldAt, refusal, report, shapeAt, zoo } from './edited.ts';

t.test('k * k * cin + cin * cout weights in place of k * k * cin * cout', async (t) => {
  const conv = { name: 'c', type: 'Conv2d', out_channels: 32, kernel_size: 3, stride: 2, padding: 1, bias: false };
  const graph = described({ inputs: { x: [1, 16, 20, 20] }, layers: [conv] });
  const after = report(edited(graph, { kind: 'separable', layer: 'c' }).graph);
  t.equal(after.totals.params.trainable, 9 * 16 + 16 * 32);
  t.equal(after.totals.macs, 100 * (9 * 16 + 16 * 32));
  t.same(fieldAt(after, 'c'), fieldAt(report(graph), 'c'));
  t.same(shapeAt(after, 'c'), [1, 32, 10, 10]);
  t.equal(report(edited(graph, { kind: 'separable', layer: 'c', activations: false }).graph).totals.nonlinearities, 0);
});

t.test('all of VGG-16', async (t) => {
  const { graph, edits } = edited(zoo('vgg16'), { kind: 'separable', layer: 'op:Conv' });
  t.equal(edits[0]?.touched, 13);
  t.equal(fieldAt(report(graph), 'features/30').size, 212);
  t.match(refusal(graph, { kind: 'separable', layer: 'features/2' }), { message: /one tap has nothing to separate/ });
  t.match(refusal(graph, { kind: 'separable', layer: 'features/2.depthwise' }), { message: /64 groups already/ });
});
