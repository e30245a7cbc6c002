import t from 'tap';
import { described } from '../graphs.ts';
import { edited, fieldAt, layer, refusal, report, shapeAt, zoo } from './edited.ts';

t.test('all pools of VGG-16: the same fields and maps, and the weights of five convolutions more', async (t) => {
  const { graph } = edited(zoo('vgg16'), { kind: 'pool-to-conv', layer: 'op:MaxPool' });
  const [before, after] = [report(zoo('vgg16')), report(graph)];
  const widths = [64, 128, 256, 512, 512];
  t.equal(Number(after.totals.params.trainable), 138357544 + widths.reduce((sum, c) => sum + 4 * c * c + c, 0));
  for (const id of ['features/4', 'features/16', 'features/30']) {
    t.same(fieldAt(after, id), fieldAt(before, id), id);
    t.same(shapeAt(after, id), shapeAt(before, id), id);
  }
});

t.test('depthwise, and a pool that rounds up', async (t) => {
  const pool = { name: 'p', type: 'MaxPool2d', kernel_size: 3, stride: 2, ceil_mode: true };
  const graph = described({ inputs: { x: [1, 8, 14, 14] }, layers: [pool] });
  const after = report(edited(graph, { kind: 'pool-to-conv', layer: 'p', depthwise: true }).graph);
  t.same(shapeAt(report(graph), 'p'), [1, 8, 7, 7]);
  t.same(shapeAt(after, 'p'), [1, 8, 7, 7]);
  t.same(layer(after, 'p').attributes.pads, [0, 0, 1, 1]);
  t.equal(after.totals.params.trainable, 9 * 8 + 8);
});

t.test('what is no pool over windows', async (t) => {
  t.match(refusal(zoo('resnet18'), { kind: 'pool-to-conv', layer: 'avgpool' }), { message: /no pool over windows/, node: 'avgpool' });
});
