import t from 'tap';
import { described, fixtureGraph, graphOf } from '../graphs.ts';
import { edited, fieldAt, layer, refusal, report, shapeAt, zoo } from './edited.ts';

const larger = { kind: 'input', size: 384 } as const;

t.test('AlexNet and VGG-16: the same parameters and MACs at 224, a map of outputs at 384', async (t) => {
  for (const [name, last, field] of [
    ['alexnet', 'classifier/6', 355],
    ['vgg16', 'classifier/6', 404],
  ] as const) {
    const before = report(zoo(name));
    const same = report(edited(zoo(name), { kind: 'fc-to-conv' }).graph);
    t.same(same.totals.params, before.totals.params, name);
    t.equal(same.totals.macs, before.totals.macs, name);
    t.same(same.outputs[0]?.shape, [1, 1000, 1, 1]);
    const map = report(edited(zoo(name), { kind: 'fc-to-conv' }, larger).graph);
    t.same(map.totals.params, before.totals.params, name);
    t.same(shapeAt(map, last), [1, 1000, 6, 6], name);
    t.equal(fieldAt(map, last).size, field, name);
    t.equal(fieldAt(map, last).stride, 32, name);
  }
});

t.test('behind a global pool: its window slides', async (t) => {
  const { graph, edits } = edited(zoo('resnet18'), { kind: 'fc-to-conv' }, larger);
  t.same(edits[0]?.layers, ['fc', 'flatten', 'avgpool']);
  t.same(shapeAt(report(graph), 'avgpool'), [1, 512, 6, 6]);
  t.same(report(graph).outputs[0]?.shape, [1, 1000, 6, 6]);
  t.equal(report(graph).totals.params.trainable, report(zoo('resnet18')).totals.params.trainable);
});

t.test('as PyTorch exports them, and a mean over both axes', async (t) => {
  for (const name of ['vgg16', 'resnet18', 'mobilenet_v2']) {
    const graph = fixtureGraph(name);
    const [before, after] = [report(graph), report(edited(graph, { kind: 'fc-to-conv' }).graph)];
    t.equal(after.totals.macs, before.totals.macs, name);
    t.same(after.outputs[0]?.shape?.slice(1), [1000, 1, 1], name);
  }
  const mean = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 8, 14, 14] }],
    constants: [
      { name: 'axes', dtype: 'int64', shape: [2], data: [2, 3] },
      { name: 'w', dtype: 'float32', shape: [8, 5], data: null },
    ],
    nodes: [
      ['ReduceMean', ['x', 'axes'], 'm', { keepdims: 0 }],
      ['MatMul', ['m', 'w'], 'l'],
      ['Softmax', ['l'], 's', { axis: -1 }],
    ],
  });
  const after = report(edited(mean, { kind: 'fc-to-conv' }, { kind: 'input', size: 18 }).graph);
  t.same(after.outputs[0]?.shape, [1, 5, 5, 5]);
  t.equal(after.totals.params.trainable, 40);
  t.equal(layer(after, 's').attributes.axis, 1);
});

t.test('a bias that is added apart, and a gate beside the head, which stays', async (t) => {
  const vector = (name: string, size: number) => ({ name, dtype: 'float32', shape: [size], data: null }) as const;
  const matrix = (name: string, rows: number, columns: number) => ({ name, dtype: 'float32', shape: [rows, columns], data: null }) as const;
  const graph = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 8, 4, 4] }],
    constants: [matrix('g', 8, 8), { name: 'map', dtype: 'int64', shape: [4], data: [0, 8, 1, 1] }, matrix('w', 128, 5), vector('b', 5)],
    nodes: [
      ['GlobalAveragePool', ['x'], 'squeezed'],
      ['Flatten', ['squeezed'], 'flat'],
      ['MatMul', ['flat', 'g'], 'excited'],
      ['Reshape', ['excited', 'map'], 'gate'],
      ['Mul', ['x', 'gate'], 'gated'],
      ['Flatten', ['gated'], 'vector'],
      ['MatMul', ['vector', 'w'], 'product'],
      ['Add', ['product', 'b'], 'sum'],
    ],
  });
  const { graph: after, edits } = edited(graph, { kind: 'fc-to-conv' }, { kind: 'input', size: 6 });
  t.same(edits[0]?.layers, ['product', 'vector']);
  t.same(report(after).outputs[0]?.shape, [1, 5, 3, 3]);
  t.equal(report(after).totals.params.trainable, 64 + 128 * 5 + 5);
  t.match(refusal(graph, { kind: 'fc-to-conv', layer: 'excited' }), { message: /it reads the flattened map/, node: 'gate' });
});

t.test('what stays dense', async (t) => {
  const dense = described({ inputs: { x: [1, 8] }, layers: [{ name: 'l', type: 'Linear', out_features: 5 }] });
  t.match(refusal(dense, { kind: 'fc-to-conv' }), {
    code: 'edit-not-applicable',
    message: /none of these is a dense layer behind a flattened map/,
  });
  const mixed = described({
    inputs: { x: [1, 3, 8, 8] },
    layers: [{ type: 'Flatten' }, { name: 'n', type: 'LayerNorm' }, { name: 'l', type: 'Linear', out_features: 5, from: 'n' }],
  });
  t.match(refusal(mixed, { kind: 'fc-to-conv' }), { code: 'edit-not-applicable' });
});
