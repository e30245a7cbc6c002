import t from 'tap';
import { type Change, explain } from '../../../src/core/cost/explain.ts';
import { stridesFirst } from '../../../src/core/cost/stride-placement.ts';
import { applyEdits } from '../../../src/core/edits/apply.ts';
import type { Graph } from '../../../src/core/graph.ts';
import { type Trace, traceGraph } from '../../../src/core/trace.ts';
import { described, fixtureGraph } from '../graphs.ts';

/** Looks at an image network again, as it is changed. */
const again =
  (graph: Graph) =>
  (change: Change): Trace | null =>
    'graph' in change
      ? traceGraph(change.graph, {})
      : 'edits' in change
        ? applyEdits(graph, change.edits).trace
        : traceGraph(graph, { inputs: new Map([[graph.inputs[0]?.name ?? '', [1, 3, change.size, change.size]]]) });

const resnet50 = fixtureGraph('resnet50');
const best = (value: number, unit: 'MAC' | 'FLOP' | null, graph = resnet50) => {
  const [first] = explain(traceGraph(graph, {}), { value, unit }, again(graph));
  return (
    first && {
      convention: first.convention,
      unit: first.unit,
      factor: first.factor,
      assuming: first.assuming,
      reproduces: first.reproduces,
    }
  );
};

t.test('published figures of ResNet-50', async (t) => {
  const plain = { factor: 1, assuming: [], reproduces: true };
  t.strictSame(best(4.089e9, 'MAC'), { convention: 'torchvision', unit: 'MAC', ...plain });
  t.strictSame(best(4.1e9, 'FLOP'), { convention: 'torchvision', unit: 'MAC', ...plain }, 'called FLOP, but MAC');
  t.strictSame(best(4.112e9, null), { convention: 'fvcore', unit: 'MAC', ...plain });
  t.strictSame(best(4.134e9, null), { convention: 'thop', unit: 'MAC', ...plain });
  t.strictSame(best(8.178e9, 'FLOP'), { convention: 'torchvision', unit: 'FLOP', factor: 2, assuming: [], reproduces: true });
});

t.test('other sizes, and strides in the other convolution', async (t) => {
  // 3,857,973,248: Keras's ResNet50, the network of the paper.
  const paper = best(3.858e9, 'MAC');
  t.strictSame(paper?.assuming, ['strides in the first convolution of each bottleneck']);
  t.equal(paper?.reproduces, true);
  t.strictSame(best(5.34e9, 'MAC')?.assuming, ['input of 256']);
});

t.test('a network that takes one size only', async (t) => {
  t.strictSame(best(15.47e9, 'MAC', fixtureGraph('vgg16'))?.assuming, []);
});

t.test('what reproduces nothing comes with its distance, the nearest first', async (t) => {
  const found = explain(traceGraph(resnet50, {}), { value: 3.8e9, unit: 'FLOP' }, () => null);
  t.notOk(found.some(({ reproduces }) => reproduces));
  const distances = found.map(({ relative }) => Math.abs(relative));
  t.strictSame(
    distances,
    distances.toSorted((a, b) => a - b),
  );
  for (const { value, difference, relative } of found) {
    t.equal(difference, value - 3.8e9);
    t.equal(relative, difference / 3.8e9);
  }
});

t.test('biases and batch norms are taken out where they were counted', async (t) => {
  const graph = described({
    inputs: { x: [1, 3, 10, 10] },
    layers: [{ type: 'Conv2d', out_channels: 4, kernel_size: 3 }, { type: 'BatchNorm2d' }, { type: 'ReLU' }],
  });
  const [macs, outputs] = [64 * 4 * 27, 256];
  const ways = explain(traceGraph(graph, {}), { value: 2 * macs + outputs, unit: 'FLOP' }, () => null);
  const own = ways.filter(({ convention }) => convention === 'fovea').map(({ assuming, value }) => [assuming.join(), value]);
  t.ok(own.some(([assuming, value]) => assuming === 'batch norms not counted,no bias' && value === 2 * macs + outputs));
  for (const { convention, value, factor, assuming } of ways) {
    if (convention !== 'ptflops' || factor !== 1) continue;
    const norms = assuming.includes('batch norms not counted') ? 0 : 2 * outputs;
    t.equal(value, macs + norms + outputs + (assuming.includes('no bias') ? 0 : outputs));
  }
});

t.test('folded batch norms leave a bias, which is counted where the convention counts biases', async (t) => {
  const graph = described({
    inputs: { x: [1, 3, 10, 10] },
    layers: [
      { name: 'c', type: 'Conv2d', out_channels: 4, kernel_size: 3, bias: false },
      { name: 'b', type: 'BatchNorm2d' },
      { type: 'ReLU' },
      { type: 'ReLU' },
    ],
  });
  const [macs, outputs] = [64 * 4 * 27, 256];
  const folded = (id: string, value: number, unit: 'MAC' | 'FLOP') =>
    explain(traceGraph(graph, {}), { value, unit }, again(graph)).find(
      ({ convention, factor, assuming }) => convention === id && factor === 1 && assuming.join() === 'batch norms folded',
    );
  for (const [id, value, unit] of [
    ['fovea', 2 * macs + 3 * outputs, 'FLOP'],
    ['ptflops', macs + 3 * outputs, 'MAC'],
  ] as const) {
    t.match(folded(id, value, unit), { value, reproduces: true }, id);
  }
});

t.test('of a partial network nothing reproduces a figure, and what is above it comes last', async (t) => {
  const graph = described({
    inputs: { x: [1, 3, 8, 8], y: [1, 3, 'H', 8] },
    layers: [
      { name: 'known', type: 'Conv2d', out_channels: 4, kernel_size: 3, from: 'x' },
      { name: 'open', type: 'Conv2d', out_channels: 4, kernel_size: 3, from: 'y' },
    ],
    outputs: ['known', 'open'],
  });
  const [macs, outputs] = [36 * 4 * 27, 36 * 4];
  const at = (value: number, bind = {}) =>
    explain(traceGraph(graph, { bind: new Map(Object.entries(bind)) }), { value, unit: 'MAC' }, () => null);
  const equal = at(macs);
  t.equal(equal[0]?.value, macs);
  t.ok(equal.every(({ reproduces, lowerBound }) => !reproduces && lowerBound));
  const between = at(macs + outputs / 3);
  const signs = between.map(({ difference }) => Math.sign(difference));
  t.ok(signs.includes(1) && signs.includes(-1));
  t.strictSame(
    signs,
    signs.toSorted((a, b) => a - b),
    'what is below the figure may still come to it',
  );
  const whole = at(2 * macs, { H: 8 });
  t.match(whole[0], { convention: 'torchvision', value: 2 * macs, reproduces: true, lowerBound: false });
});

t.test('a figure that is none', async (t) => {
  for (const value of [0, -1, 5e-324, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(() => explain(traceGraph(resnet50, {}), { value, unit: null }, () => null), { code: 'invalid-option' });
  }
});

t.test('strides move only where one convolution reads the other alone', async (t) => {
  const bottleneck = (stride: number, more: object[] = []) =>
    described({
      inputs: { x: [1, 8, 16, 16] },
      layers: [
        { name: 'one', type: 'Conv2d', out_channels: 4, kernel_size: 1 },
        { type: 'BatchNorm2d' },
        { type: 'ReLU' },
        { name: 'three', type: 'Conv2d', out_channels: 4, kernel_size: 3, stride, padding: 1 },
        ...more,
      ],
    });
  const moved = stridesFirst(bottleneck(2));
  const strides = (id: string) => moved?.nodes.find((node) => node.id === id)?.attributes.get('strides');
  t.strictSame(strides('one'), [2, 2]);
  t.strictSame(strides('three'), [1, 1]);
  t.strictSame(moved && traceGraph(moved, {}).tensors.get('three')?.shape, [1, 4, 8, 8]);
  t.equal(stridesFirst(bottleneck(1)), null);
  t.equal(stridesFirst(bottleneck(2, [{ type: 'Conv2d', out_channels: 4, kernel_size: 1, from: 'one' }])), null, 'read twice');
  t.equal(stridesFirst(fixtureGraph('resnet18')), null, 'no bottlenecks');
});
