import t from 'tap';
import { described } from '../graphs.ts';
import { edited, fieldAt, layer, refusal, report, shapeAt, zoo } from './edited.ts';

const conv = (kernel_size: number | number[], more: object = {}) => ({ name: 'c', type: 'Conv2d', out_channels: 8, kernel_size, ...more });
const net = (...layers: object[]) => described({ inputs: { x: [1, 8, 40, 40] }, layers });

t.test('one 5 x 5 as two 3 x 3: 18 weights for each pair of channels against 25, the same field, one more activation', async (t) => {
  const graph = net(conv(5, { padding: 2, bias: false }), { name: 'r', type: 'ReLU' });
  const [before, after] = [report(graph), report(edited(graph, { kind: 'stack', layer: 'c' }).graph)];
  t.equal(before.totals.params.trainable, 25 * 64);
  t.equal(after.totals.params.trainable, 18 * 64);
  t.same(
    [before, after].map(({ totals }) => totals.nonlinearities),
    [1, 2],
  );
  t.same(fieldAt(after, 'c'), fieldAt(before, 'c'));
  t.same(shapeAt(after, 'c'), [1, 8, 40, 40]);
  t.same(
    after.layers?.map(({ id, op }) => [id, op]),
    [
      ['c.1', 'Conv'],
      ['c.1.activation', 'Relu'],
      ['c', 'Conv'],
      ['r', 'Relu'],
    ],
  );
});

t.test('one 7 x 7 as three 3 x 3, and the same without activations between', async (t) => {
  const graph = net(conv(7, { bias: false }));
  const linear = report(edited(graph, { kind: 'stack', layer: 'c', activations: false }).graph);
  t.equal(linear.totals.params.trainable, 27 * 64);
  t.equal(linear.totals.nonlinearities, 0);
  t.equal(fieldAt(linear, 'c').size, 7);
  t.same(shapeAt(linear, 'c'), [1, 8, 34, 34], 'a window without padding stays one');
});

t.test('the first layer of AlexNet: 11 x 11 at stride 4 with padding 2', async (t) => {
  const graph = zoo('alexnet');
  const [before, after] = [report(graph), report(edited(graph, { kind: 'stack', layer: 'features/0' }).graph)];
  t.same(shapeAt(after, 'features/0'), [1, 64, 55, 55]);
  for (const id of ['features/0', 'features/12', 'avgpool']) t.same(fieldAt(after, id), fieldAt(before, id), id);
  t.equal(after.totals.depth, before.totals.depth + 4);
});

t.test('windows that are not square, dilation, groups, and normalization behind', async (t) => {
  const wide = report(edited(net(conv([1, 7])), { kind: 'stack', layer: 'c' }).graph);
  t.same(
    wide.layers?.filter(({ op }) => op === 'Conv').map(({ attributes }) => attributes.kernel_shape),
    [
      [1, 3],
      [1, 3],
      [1, 3],
    ],
  );
  const dilated = report(edited(net(conv(5, { dilation: 3, padding: 6 })), { kind: 'stack', layer: 'c' }).graph);
  t.equal(fieldAt(dilated, 'c').size, 13);
  t.same(shapeAt(dilated, 'c'), [1, 8, 40, 40]);
  const grouped = report(edited(net(conv(5, { groups: 4, bias: false })), { kind: 'stack', layer: 'c' }).graph);
  t.equal(grouped.totals.params.trainable, 2 * 9 * 8 * 2);
  const normed = report(
    edited(net(conv(5, { bias: false }), { type: 'BatchNorm2d' }, { type: 'Hardswish' }), { kind: 'stack', layer: 'c' }).graph,
  );
  t.same(
    normed.layers?.map(({ op }) => op),
    ['Conv', 'BatchNormalization', 'HardSwish', 'Conv', 'BatchNormalization', 'HardSwish'],
  );
  t.equal(layer(normed, 'c.1.norm').params.trainable, 16);
});

t.test('what cannot be a stack', async (t) => {
  t.match(refusal(net(conv(3)), { kind: 'stack', layer: 'c' }), {
    code: 'edit-not-applicable',
    message: "edit 0 (stack): Conv 'c': its window of 3 x 3 is no larger than 3",
    node: 'c',
  });
  t.match(refusal(net(conv(4)), { kind: 'stack', layer: 'c' }), {
    message: /no stack of windows of 3 sees just what a window of 4 x 4 sees/,
  });
  t.match(refusal(net(conv(37)), { kind: 'stack', layer: 'c' }), { message: /more than 16 layers/ });
  t.match(refusal(net({ name: 'r', type: 'ReLU' }), { kind: 'stack', layer: 'r' }), { message: /it is no convolution/, node: 'r' });
});
