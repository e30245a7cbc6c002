import t from 'tap';
import { described } from '../graphs.ts';
import { edited, example, fieldAt, layer, refusal, report, shapeAt, zoo } from './edited.ts';

const net = (...layers: object[]) => described({ inputs: { x: [1, 8, 40, 40] }, layers });
const conv = (more: object = {}) => ({ name: 'c', type: 'Conv2d', out_channels: 8, kernel_size: 3, padding: 1, ...more });

t.test('kernel, stride, dilation: padding that there is follows, so that maps keep their sizes', async (t) => {
  const after = (edit: object, more = {}) => report(edited(net(conv(more)), { kind: 'set', layer: 'c', ...edit }).graph);
  t.same([shapeAt(after({ kernel: 5 }), 'c'), fieldAt(after({ kernel: 5 }), 'c').size], [[1, 8, 40, 40], 5]);
  t.same([shapeAt(after({ dilation: 4 }), 'c'), fieldAt(after({ dilation: 4 }), 'c').size], [[1, 8, 40, 40], 9]);
  t.same(shapeAt(after({ kernel: 5 }, { padding: 0 }), 'c'), [1, 8, 36, 36], 'a window without padding stays one');
  t.same(shapeAt(after({ kernel: [3, 5], stride: [2, 1] }), 'c'), [1, 8, 20, 40]);
  t.same(shapeAt(after({ padding: [[0, 2], 5] }), 'c'), [1, 8, 40, 48]);
  t.equal(after({ groups: 4 }).totals.params.trainable, 8 * 2 * 9 + 8);
});

t.test('channels go on to the layers behind, and the number of parameters with them', async (t) => {
  // conv 8 -> 8, norm, depthwise, 1x1 to 4, flatten, dense to 10
  const graph = net(
    conv({ bias: false }),
    { name: 'n', type: 'BatchNorm2d' },
    { name: 'd', type: 'Conv2d', out_channels: 8, kernel_size: 3, groups: 8 },
    { name: 'p', type: 'AdaptiveAvgPool2d', output_size: 2 },
    { name: 'f', type: 'Flatten' },
    { name: 'l', type: 'Linear', out_features: 10 },
  );
  const { graph: wider, edits } = edited(graph, { kind: 'set', layer: 'c', channels: 12 });
  t.same(edits[0], { kind: 'set', touched: 1, layers: ['c'], refitted: 3, refittedLayers: ['n', 'd', 'l'] });
  t.same(
    ['c', 'n', 'd', 'l'].map((id) => layer(report(wider), id).params.trainable),
    [8 * 12 * 9, 24, 12 * 9 + 12, 12 * 4 * 10 + 10],
  );
  t.equal(report(wider).totals.params.buffers, 24);
});

t.test('the width of one block of MobileNetV2', async (t) => {
  const after = report(edited(zoo('mobilenet_v2'), { kind: 'set', layer: 'features/2/conv/0/0', channels: 48 }).graph);
  // 16 -> 48 -> 48 -> 24 in place of 16 -> 96 -> 96 -> 24, with the norms of 96 channels at 48
  t.equal(Number(after.totals.params.trainable), 3504872 - 48 * (16 + 9 + 24) - 2 * 2 * 48);
});

t.test('a dense layer, a transposed convolution, a pool', async (t) => {
  const dense = report(edited(zoo('vgg16'), { kind: 'set', layer: 'classifier/0', channels: 1024 }).graph);
  t.equal(Number(dense.totals.params.trainable), 138357544 - (4096 - 1024) * (25088 + 1 + 4096));
  const up = report(edited(example('unet'), { kind: 'set', layer: 'up1/up', channels: 32 }).graph);
  t.equal(layer(up, 'up1/convs/conv1').params.trainable, 64 * (64 + 32) * 9 + 64);
  const pooled = report(
    edited(net(conv(), { name: 'm', type: 'MaxPool2d', kernel_size: 2 }), { kind: 'set', layer: 'm', stride: 1 }).graph,
  );
  t.same(shapeAt(pooled, 'm'), [1, 8, 39, 39]);
});

t.test('weights that layers share stay shared', async (t) => {
  const shared = net({ name: 'first', type: 'Conv2d', out_channels: 8, kernel_size: 1, bias: false }, conv({ bias: false }), {
    name: 'again',
    type: 'Conv2d',
    out_channels: 8,
    kernel_size: 3,
    padding: 1,
    bias: false,
    weights: 'c',
    from: 'first',
  });
  const after = report(edited(shared, { kind: 'set', layer: 'first', channels: 16 }).graph);
  t.equal(after.totals.params.trainable, 8 * 16 + 8 * 16 * 9);
});

t.test('what cannot be set', async (t) => {
  const code = 'edit-not-applicable';
  t.match(refusal(net(conv()), { kind: 'set', layer: 'c' }), { code, message: /nothing is set/ });
  t.match(refusal(net(conv()), { kind: 'set', layer: 'c', groups: 3 }), { code, message: /3 groups do not divide 8 channels/, node: 'c' });
  t.match(refusal(net(conv()), { kind: 'set', layer: 'c', kernel: [3, 3, 3] }), {
    code,
    message: /3 entries, and the layer 2 spatial axes/,
  });
  t.match(refusal(net(conv()), { kind: 'set', layer: 'c', kernel: 99, padding: 0 }), {
    code,
    message: /edit 0 \(set\): .*window of 99 does not fit/,
    node: 'c',
  });
  t.match(refusal(net(conv(), { name: 'm', type: 'MaxPool2d', kernel_size: 2 }), { kind: 'set', layer: 'm', channels: 3 }), {
    code,
    message: /a pool has the channels of its input/,
  });
  t.match(refusal(net(conv(), { type: 'ReLU', name: 'r' }), { kind: 'set', layer: 'r', kernel: 3 }), { code, message: /no window/ });
  // Both branches of a residual block have to have the same width.
  t.match(refusal(zoo('resnet50'), { kind: 'set', layer: 'layer1/0/conv3', channels: 128 }), {
    code,
    message: /layer1\/0\/add/,
    node: 'layer1/0/add',
  });
  t.equal(edited(zoo('resnet50'), { kind: 'set', layer: 'layer1/0/conv1', channels: 128 }).edits[0]?.refitted, 2);
});
