import { readFileSync } from 'node:fs';
import t from 'tap';
import { readConfig } from '../../../src/config.ts';
import type { Graph, Node } from '../../../src/core/graph.ts';
import { type LayerKind, type Productivity, productivity } from '../../../src/core/receptive-field/productivity.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { readDescription } from '../../../src/formats/description/index.ts';

type Json = Record<string, unknown>;

const { reader } = readConfig({}).limits;
const conv = (kernel: unknown, stride: unknown = 1, padding: unknown = 0, more: Json = {}): Json => {
  return { type: 'Conv2d', out_channels: 4, kernel_size: kernel, stride, padding, bias: false, ...more };
};

function of(layers: readonly Json[], shape: readonly unknown[] = [1, 4, 32, 32]): Productivity {
  return productivity(traceGraph(readDescription({ version: 1, inputs: { x: shape }, layers }, reader), {}), 'x');
}

/** An example network at another input size. */
function example(name: string, size: unknown): Productivity {
  const document = JSON.parse(readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8')) as { inputs: Json };
  const [input, shape] = Object.entries(document.inputs)[0] as [string, unknown[]];
  const inputs = { [input]: [1, shape[1], size, size] };
  return productivity(traceGraph(readDescription({ ...document, inputs }, reader), {}), input);
}

const count = ({ layers }: Productivity, ...kinds: LayerKind[]) => layers.filter(({ kind }) => kinds.includes(kind)).length;
const kinds = ({ layers }: Productivity) => layers.map(({ id, kind }) => [id, kind]);

t.test('VGG-16 at 32 pixels: 13 layers see more than the input, 10 without the dense ones, 10 are unproductive', async (t) => {
  const vgg = example('vgg16', 32);
  t.equal(vgg.candidates, 13 + 5 + 3);
  t.equal(count(vgg, 'critical', 'unproductive', 'global'), 13);
  t.equal(count(vgg, 'critical', 'unproductive'), 10);
  t.equal(count(vgg, 'unproductive'), 10);
  t.match(vgg.layers[0], {
    id: 'stage3/convs/2/conv',
    axes: [{ axis: 'H', extent: 32, minSizeBefore: 32, minSize: 40, resolution: 8, kernel: 3 }, {}],
  });
  // The seven convolutions from conv3_3 on; MACs = positions * Cout * Cin * 9.
  const macs = [64 * 256 * 256, 16 * 512 * 256, 16 * 512 * 512, 16 * 512 * 512, 4 * 512 * 512, 4 * 512 * 512, 4 * 512 * 512].map(
    (n) => n * 9,
  );
  const params = [256 * 256, 512 * 256, 512 * 512, 512 * 512, 512 * 512, 512 * 512, 512 * 512].map((n) => n * 9);
  const sum = (of: number[]) => of.reduce((a, b) => a + b);
  t.match(vgg.shares.unproductive, { layers: 10, macs: sum(macs), params: sum(params) + 256 + 6 * 512 });
  t.equal(vgg.shares.unproductive.paramsPercent, (100 * (sum(params) + 256 + 6 * 512)) / 138_357_544);
  t.match(vgg.shares.global, { layers: 3, macs: 25088 * 4096 + 4096 * 4096 + 4096 * 1000 });
});

t.test('ResNet-50: 75 to 427, ResNet-18 at 32 pixels', async (t) => {
  const resnet = example('resnet50', 224);
  t.match(resnet.inputRange, [
    { axis: 'H', min: 75, minKernel: 96, max: 427 },
    { axis: 'W', min: 75, minKernel: 96, max: 427 },
  ]);
  t.same(kinds(resnet), [['fc', 'global']]);
  t.equal(resnet.productive, resnet.candidates - 1);
  t.match(example('resnet50', 'S').inputRange[0], { min: 75, minKernel: 96, max: 427 }, 'also where the size is unknown');
  t.match(example('vgg16', 32).inputRange[0], { min: 164, max: 212 });
  t.equal(count(example('resnet18', 32), 'critical', 'unproductive'), 9, 'critical layers of the toolbox');
});

t.test('a chain: what the size before and behind a layer decides', async (t) => {
  const chain = Array.from({ length: 6 }, (_, i) => conv(3, 1, 1, { name: `c${i}` }));
  t.same(kinds(of(chain, [1, 4, 9, 9])), [
    ['c4', 'unproductive'],
    ['c5', 'unproductive'],
  ]);
  t.same(kinds(of(chain, [1, 4, 10, 10])), [
    ['c4', 'critical'],
    ['c5', 'unproductive'],
  ]);
  t.same(kinds(of(chain, [1, 4, 13, 13])), []);
  t.match(of(chain).inputRange, [{ axis: 'H', min: 11, minKernel: 3, max: 13 }, { axis: 'W' }]);
  t.same(kinds(of(chain, [1, 4, 10, 100])), [
    ['c4', 'partial'],
    ['c5', 'partial'],
  ]);
});

t.test('below the range a layer is unproductive for its field, above it none is', async (t) => {
  const nets = [
    [conv(3, 2, 1), conv(3, 2, 1), conv(3, 2, 1), conv(1), conv(3, 1, 1)],
    [
      { ...conv(5, 2, 2), name: 'a' },
      { ...conv(3, 1, 1), name: 'b' },
      { ...conv(3, 1, 1), name: 'c' },
      { type: 'Add', from: ['a', 'c'] },
      conv(3, 1, 1),
    ],
  ];
  for (const net of nets) {
    const min = Number(of(net).inputRange[0]?.min);
    for (let size = 8; size < min + 20; size++) {
      const { layers } = of(net, [1, 4, size, size]);
      const byField = layers.filter(({ axes }) =>
        axes.some(({ minSize, minSizeBefore }) => Number(minSizeBefore) >= size && Number(minSize) > size),
      );
      if (size !== min && byField.length > 0 !== size < min) t.fail(`at ${size}, range from ${min}: ${byField.length} layers`);
    }
    t.ok(min > 8, `range from ${min}`);
  }
});

t.test('a window that covers its map', async (t) => {
  const wide = of([conv(2, 8, 0, { name: 'down' }), conv(5, 1, 2, { name: 'wide' })], [1, 4, 32, 32]);
  t.match(wide.layers, [{ id: 'wide', kind: 'unproductive', axes: [{ resolution: 4, kernel: 5 }, {}] }]);
  const whole = of([conv(2, 8, 0, { name: 'down' }), conv(4, 1, 0, { name: 'dense' })], [1, 4, 32, 32]);
  t.same(kinds(whole), [['dense', 'global']], 'a dense layer in the form of a convolution');
  t.same(kinds(of([conv(1, 8, 0, { name: 'point' })], [1, 4, 1, 1])), [], 'a window of one tap covers nothing');
});

t.test('gates do not make a network look global', async (t) => {
  const gated = of([
    conv(3, 1, 1, { name: 'c' }),
    { type: 'AdaptiveAvgPool2d', output_size: 1 },
    conv(1, 1, 0, { name: 'excite' }),
    { type: 'Sigmoid', name: 'gate' },
    { type: 'Multiply', from: ['c', 'gate'] },
    conv(3, 1, 1, { name: 'last' }),
  ]);
  t.same(kinds(gated), [['excite', 'global']]);
  t.match(gated.inputRange[0], { min: 3, max: 5 });
});

t.test('behind attention the residual path is the smallest, and the range is that of the layers before it', async (t) => {
  const vit = of(
    [
      conv(8, 8, 0, { name: 'patches' }),
      { type: 'Flatten', start_dim: 2 },
      { type: 'Permute', dims: [0, 2, 1], name: 'tokens' },
      { type: 'MultiheadAttention', num_heads: 2, name: 'attention' },
      { type: 'Add', from: ['attention', 'tokens'] },
      { type: 'Linear', out_features: 4, name: 'mlp' },
    ],
    [1, 4, 64, 64],
  );
  t.match(vit.inputRange[0], { min: 8, max: 8 });
  t.notOk(vit.layers.some(({ id }) => id === 'mlp' || id === 'patches'));
});

t.test('axes on their own; pools, not movement', async (t) => {
  const line = of(
    [
      { type: 'Conv1d', out_channels: 4, kernel_size: 9, padding: 4, name: 'a' },
      { type: 'MaxPool1d', kernel_size: 2, name: 'b' },
    ],
    [1, 4, 8],
  );
  t.match(line.layers, [
    { id: 'a', kind: 'unproductive', axes: [{ axis: 'T', minSizeBefore: 1, minSize: 9, resolution: 8, kernel: 9 }] },
    { id: 'b', kind: 'unproductive', macs: 0, params: 0 },
  ]);
  t.match(of([{ type: 'PixelUnshuffle', downscale_factor: 2 }, { type: 'ReLU' }]), {
    candidates: 0,
    layers: [],
    inputRange: [{ min: null, minKernel: null, max: null }, {}],
  });
});

t.test('unknown sizes and operators leave layers undetermined, and shares null', async (t) => {
  const unknown = of([conv(3, 1, 1), conv(3, 1, 1)], [1, 4, 'H', 'W']);
  t.match(unknown, { candidates: 2, undetermined: 2, layers: [], inputRange: [{ min: 3, max: 5 }, {}] });
  const node = (id: string, op: string, inputs: string[]): Node => ({
    id,
    name: id,
    scope: '',
    op,
    attributes: new Map(),
    inputs,
    outputs: [id],
  });
  const weight = { name: 'w', dtype: 'float32', shape: [4, 4, 3], data: null } as const;
  const graph: Graph = {
    name: '',
    nodes: [node('a', 'Conv', ['x', 'w']), node('b', 'my.Operator', ['a']), node('c', 'Conv', ['b', 'w'])],
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 4, 20] }],
    outputs: [{ name: 'c', dtype: null, shape: null }],
    constants: new Map([['w', weight]]),
    diagnostics: [],
  };
  const lost = productivity(traceGraph(graph, {}), 'x');
  t.match(lost, { productive: 1, undetermined: 1, inputRange: [{ axis: 'T', min: null, max: null }] });
  t.equal(lost.shares.unproductive.macsPercent, null);
  t.equal(lost.shares.unproductive.paramsPercent, 0);
  t.throws(() => productivity(traceGraph(graph, {}), 'w'), { code: 'unknown-tensor' }, 'weights are no source');
});

t.test('2^40 paths, and a chain of 20,000 layers', async (t) => {
  const node = (id: string, op: string, inputs: string[], output: string): Node => {
    return { id, name: id, scope: '', op, attributes: op === 'Conv' ? new Map([['pads', [1, 1]]]) : new Map(), inputs, outputs: [output] };
  };
  const range = (nodes: Node[]) => {
    const graph: Graph = {
      name: '',
      nodes,
      inputs: [{ name: 't0', dtype: 'float32', shape: [1, 1, 50] }],
      outputs: [{ name: nodes.at(-1)?.outputs[0] as string, dtype: null, shape: null }],
      constants: new Map([['w', { name: 'w', dtype: 'float32', shape: [1, 1, 3], data: null }]]),
      diagnostics: [],
    };
    return productivity(traceGraph(graph, {}), 't0');
  };
  const blocks = Array.from({ length: 40 }, (_, i) => [
    node(`c${i}`, 'Conv', [`t${i}`, 'w'], `b${i}`),
    node(`a${i}`, 'Add', [`t${i}`, `b${i}`], `t${i + 1}`),
  ]);
  t.match(range(blocks.flat()), { candidates: 40, productive: 40, inputRange: [{ min: 1, max: 81 }] });
  const chain = Array.from({ length: 20_000 }, (_, i) => node(`c${i}`, 'Conv', [`t${i}`, 'w'], `t${i + 1}`));
  t.match(range(chain), {
    candidates: 20_000,
    productive: 24,
    shares: { critical: { layers: 1 } },
    inputRange: [{ min: 39_999, max: 40_001 }],
  });
});
