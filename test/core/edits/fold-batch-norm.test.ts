import t from 'tap';
import { described, fixtureGraph, graphOf } from '../graphs.ts';
import { edited, layer, refusal, report, zoo } from './edited.ts';

const FOLD = { kind: 'fold-batch-norm' } as const;

// As torch.nn.utils.fusion does it: each norm of C channels takes its 2C parameters and 2C statistics along, and leaves a
// bias of C where there was none. Channels of the norms by name are those of the torchvision models.
for (const [name, norms, channels] of [
  ['resnet50', 53, 26_560],
  ['resnet18', 20, 4_800],
  ['mobilenet_v2', 52, 17_056],
] as const) {
  t.test(`${name}: the same multiply-accumulates and fields, without the norms`, async (t) => {
    const before = report(zoo(name));
    const { graph, edits } = edited(zoo(name), FOLD);
    const after = report(graph);
    t.equal(after.totals.macs, before.totals.macs);
    t.equal(after.totals.params.trainable, Number(before.totals.params.trainable) - channels);
    t.equal(after.totals.params.buffers, 0);
    t.equal(before.totals.params.buffers, 2 * channels);
    t.equal(edits[0]?.touched, 2 * norms, 'norms and convolutions');
    const rest = (before.layers ?? []).filter(({ op }) => op !== 'BatchNormalization');
    t.strictSame(
      (after.layers ?? []).map(({ id, op, outputs }) => [id, op, outputs[0]?.shape, outputs[0]?.receptiveFields]),
      rest.map(({ id, op, outputs }) => [id, op, outputs[0]?.shape, outputs[0]?.receptiveFields]),
    );
    // A norm is a product and a sum for each element; the bias is the sum.
    const outputs = (before.layers ?? [])
      .filter(({ op }) => op === 'BatchNormalization')
      .reduce((sum, { operations }) => sum + Number(operations?.mul), 0);
    t.equal(before.totals.operations.mul, Number(after.totals.operations.mul) + outputs);
    t.equal(before.totals.operations.add, after.totals.operations.add);
    t.ok(Number(after.totals.activations.bytes) < Number(before.totals.activations.bytes));
  });
}

t.test('a file: its norms fold as those of the built-in network', async (t) => {
  // Its exporter merged equal vectors, so that what is counted is fewer elements than torch has.
  for (const name of ['resnet18', 'resnet50']) {
    const [file, own] = [fixtureGraph(name), zoo(name)].map((graph) => report(edited(graph, FOLD).graph).totals);
    t.equal(file?.params.trainable, own?.params.trainable, name);
    t.strictSame([file?.macs, file?.flops, file?.params.buffers], [own?.macs, own?.flops, 0]);
  }
});

t.test('a bias that there is stays; transposed convolutions and dense layers take norms too', async (t) => {
  const graph = described({
    inputs: { x: [2, 4, 9, 9] },
    layers: [
      { name: 'c', type: 'Conv2d', out_channels: 6, kernel_size: 3, groups: 2 },
      { type: 'BatchNorm2d' },
      { name: 'u', type: 'ConvTranspose2d', out_channels: 8, kernel_size: 2, stride: 2, groups: 2, bias: false },
      { type: 'BatchNorm2d', affine: false },
      { type: 'Flatten' },
      { name: 'd', type: 'Linear', out_features: 5, bias: false },
      { type: 'BatchNorm1d' },
    ],
  });
  const after = report(edited(graph, FOLD).graph);
  t.strictSame(
    ['c', 'u', 'd'].map((id) => layer(after, id).params.trainable),
    [6 * 2 * 9 + 6, 6 * 4 * 4 + 8, 8 * 14 * 14 * 5 + 5],
  );
  t.equal(after.layers?.length, 4);
  t.strictSame(after.outputs[0]?.shape, report(graph).outputs[0]?.shape);
});

t.test('weights that others read too are copied, and vectors that nobody reads go', async (t) => {
  const vector = (name: string) => ({ name, dtype: 'float32', shape: [4], data: null }) as const;
  const graph = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 4, 8, 8] }],
    constants: [{ name: 'w', dtype: 'float32', shape: [4, 4, 1, 1], data: null }, vector('v')],
    nodes: [
      ['Identity', ['v'], 'alias'],
      ['Conv', ['x', 'w'], 'a'],
      ['BatchNormalization', ['a', 'alias', 'v', 'v', 'v'], 'an'],
      ['Conv', ['an', 'w'], 'b'],
      ['BatchNormalization', ['b', 'alias', 'v', 'v', 'v'], 'y'],
    ],
  });
  const after = edited(graph, FOLD).graph;
  t.strictSame(
    after.nodes.map(({ op }) => op),
    ['Conv', 'Conv'],
  );
  t.equal(report(after).totals.params.stored, 2 * (16 + 4));
  t.strictSame(after.outputs[0]?.name, 'y');
  const one = edited(graph, { ...FOLD, layer: 'an' }).graph;
  t.equal(report(one).totals.params.stored, 2 * 16 + 4 + 4, 'what the other norm reads stays');
});

t.test('where it cannot be', async (t) => {
  const conv = { name: 'c', type: 'Conv2d', out_channels: 4, kernel_size: 3 };
  const why = (...layers: object[]) => refusal(described({ inputs: { x: [1, 3, 8, 8] }, layers }), { ...FOLD, layer: 'n' }).message;
  t.match(why(conv, { type: 'ReLU' }, { name: 'n', type: 'BatchNorm2d' }), /no convolution or dense layer stands before it/);
  const twice = [conv, { name: 'n', type: 'BatchNorm2d' }, { type: 'Add', from: ['c', 'n'] }];
  t.match(why(...twice), /something else reads what Conv 'c' gives out/);
  t.match(why(conv, { name: 'n', type: 'ReLU' }), /no batch norm/);
  t.match(refusal(zoo('vgg16'), FOLD).message, /no layer matches 'op:BatchNormalization'/);
  const densenet = edited(zoo('densenet121'), FOLD).graph;
  const left = densenet.nodes.filter(({ op }) => op === 'BatchNormalization').length;
  t.equal(left, 62, 'the norms behind a concatenation or a pool stay');
});
