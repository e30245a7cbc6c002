import { readFileSync } from 'node:fs';
import t from 'tap';
import { readConfig } from '../../../src/config.ts';
import { analyze } from '../../../src/core/analyze.ts';
import type { Graph, Node } from '../../../src/core/graph.ts';
import { type AxisExplanation, explainField, type ViewExplanation } from '../../../src/core/receptive-field/witness.ts';
import { type Trace, traceGraph } from '../../../src/core/trace.ts';
import { readDescription } from '../../../src/formats/description/index.ts';
import { fieldsOf, type Tensor1d } from './oracle.ts';
import { randomFrom, randomNetwork, toGraph } from './random-network.ts';

type Json = Record<string, unknown>;

const { reader } = readConfig({}).limits;
const conv = (kernel: unknown, stride: unknown = 1, padding: unknown = 0, more: Json = {}): Json => {
  return { type: 'Conv2d', out_channels: 4, kernel_size: kernel, stride, padding, ...more };
};

function trace(layers: readonly Json[], shape: readonly unknown[] = [1, 4, 64, 64]): Trace {
  return traceGraph(readDescription({ version: 1, inputs: { x: shape }, layers }, reader), {});
}

function example(name: string): Trace {
  const document: unknown = JSON.parse(readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8'));
  return traceGraph(readDescription(document, reader), {});
}

/** The explanation of the named layer's first output (default: the last layer's) along the first axis of the first input. */
function explain(of: Trace, layer?: string): AxisExplanation {
  const call = layer === undefined ? of.calls.length - 1 : of.calls.findIndex(({ node }) => node.id === layer);
  const output = of.calls[call]?.node.outputs[0] as string;
  return explainField(of, { call, output, source: of.inputs[0]?.name as string }).axes[0] as AxisExplanation;
}

/** `[layer, contribution]` of every step. */
const steps = ({ waterfall }: ViewExplanation) => waterfall.map(({ layer, contribution }) => [layer, contribution]);
const total = ({ waterfall }: ViewExplanation) => waterfall.reduce((sum, { contribution }) => sum + Number(contribution), 0);

t.test('a chain: its one path, and what each window adds', async (t) => {
  const { axis, extent, strict } = explain(
    trace([conv(3), { type: 'ReLU' }, conv(3, 2), conv(1), conv(2, 2), conv(3, 1, 0, { dilation: 2 })]),
  );
  t.same([axis, extent], ['H', 64]);
  t.same(steps(strict), [
    [null, 1],
    ['conv2d_0', 2],
    ['conv2d_2', 2],
    ['conv2d_4', 2],
    ['conv2d_5', 16],
  ]);
  t.match(strict.largest, { status: 'exact', size: 23, cause: null });
  t.equal(strict.largest.layers.length, 6, 'layers that add nothing are on the path');
  t.same(strict.largest, strict.smallest);
  t.equal(strict.globalBy, null);
});

t.test('chains and branches as other tools have them', async (t) => {
  const sizes = (layers: Json[]) => layers.map((_, i) => explain(trace(layers.slice(0, i + 1))).strict.largest.size);
  t.same(sizes([conv(3), conv(3), conv(3), conv(3), conv(3)]), [3, 5, 7, 9, 11]);
  t.same(sizes([conv(3), conv(3, 2), conv(3), conv(3, 2), conv(3)]), [3, 5, 9, 13, 21]);
  const branches = trace([
    { ...conv(3), name: 'one' },
    { ...conv(3, 2, 1), name: 'two', from: 'one' },
    { ...conv(5, 2, 2), name: 'three', from: 'one' },
    { type: 'Concat', name: 'join', from: ['two', 'three'] },
    { ...conv(3), name: 'four' },
    { ...conv(3), name: 'five' },
  ]);
  const ends = (layer: string) => [explain(branches, layer).strict.smallest.size, explain(branches, layer).strict.largest.size];
  t.same(
    [ends('four'), ends('five')],
    [
      [9, 11],
      [13, 15],
    ],
  );
  t.same(explain(branches).strict.smallest.layers, ['one', 'two', 'join', 'four', 'five']);
});

t.test('ResNet-50: 427 through every block, 11 around all of them', async (t) => {
  const resnet = example('resnet50');
  const { strict, local } = explain(resnet, 'layer4/more/1/relu3');
  t.match(strict, { status: 'exact', size: 427, largest: { size: 427 }, smallest: { size: 11 } });
  t.equal(total(strict), 427);
  t.notOk(
    strict.smallest.layers.some((id) => /conv[23]$/.test(id)),
    'the shortcuts',
  );
  t.same(strict, local);
});

t.test('the original U-Net: 204 through the bottom', async (t) => {
  const { strict } = explain(example('unet'));
  t.match(strict, { size: 204, largest: { size: 204 } });
  t.ok(strict.largest.layers.includes('bottom/conv2'));
  t.notOk(strict.smallest.layers.includes('pool1'), 'the outermost skip');
  t.equal(strict.smallest.size, 1 + 2 * 2 + 2 * 2);
  t.equal(total(strict), 204);
});

t.test('a merge carries what its other branches see beside the path', async (t) => {
  const { strict } = explain(
    trace([
      {
        ...conv(5, 1, [
          [4, 0],
          [4, 0],
        ]),
        name: 'left',
        from: 'x',
      },
      {
        ...conv(3, 1, [
          [0, 2],
          [0, 2],
        ]),
        name: 'right',
        from: 'x',
      },
      { type: 'Add', name: 'merge', from: ['left', 'right'] },
    ]),
  );
  t.same(steps(strict), [
    [null, 1],
    ['left', 4],
    ['merge', 2],
  ]);
  t.match(strict, { size: 7, largest: { size: 5, layers: ['left', 'merge'] }, smallest: { size: 3, layers: ['right', 'merge'] } });
});

const GATED = [
  { ...conv(3, 1, 1), name: 'c' },
  { type: 'AdaptiveAvgPool2d', output_size: 1, name: 'squeeze' },
  { ...conv(1), name: 'excite' },
  { type: 'Sigmoid', name: 'gate' },
  { type: 'Multiply', name: 'scale', from: ['c', 'gate'] },
  { ...conv(3, 1, 1), name: 'last' },
];

t.test('a gate makes the strict field global, and is no path of the local one', async (t) => {
  const { strict, local } = explain(trace(GATED));
  t.match(strict, { status: 'global', size: 64, largest: { status: 'global', size: 64 }, smallest: { status: 'exact', size: 5 } });
  t.match(strict.globalBy, { layer: 'squeeze', op: 'GlobalAveragePool', path: ['c', 'squeeze'] });
  t.same(strict.largest.layers, ['c', 'squeeze', 'excite', 'gate', 'scale', 'last']);
  t.equal(total(strict), 64);
  t.match(local, { status: 'exact', size: 5, largest: { size: 5, layers: ['c', 'scale', 'last'] }, globalBy: null });
  const twice = explain(trace([...GATED, { type: 'AdaptiveAvgPool2d', output_size: 1, name: 'pool' }]));
  t.equal(twice.strict.globalBy?.layer, 'squeeze', 'the first that does');
  t.match(twice.local.globalBy, { layer: 'pool', path: ['c', 'scale', 'last', 'pool'] });
  t.match(explain(trace(GATED, [1, 4, 'H', 'W'])), {
    extent: null,
    strict: { status: 'global', size: null, largest: { status: 'global', size: null } },
    local: { status: 'exact', size: 5 },
  });
});

t.test('statistics are global and not local', async (t) => {
  const { strict, local } = explain(trace([conv(3, 1, 1), { type: 'InstanceNorm2d', name: 'norm' }, conv(3, 1, 1)]));
  t.match(strict, { status: 'global', globalBy: { layer: 'norm', op: 'InstanceNormalization' } });
  t.match(local, { status: 'exact', size: 5, largest: { size: 5 } });
});

t.test('transposed convolutions: by phase', async (t) => {
  const layers = [conv(3, 2, 1), conv(3, 2, 1), conv(3, 2, 1)];
  const up = { type: 'ConvTranspose2d', out_channels: 4, kernel_size: 3, stride: 2, padding: 1, output_padding: 1 };
  const { strict } = explain(trace([...layers, up, up, up]));
  t.match(strict, { size: 23, largest: { size: 23 }, smallest: { size: 23 } });
  t.equal(total(strict), 23);
});

t.test('any tensor can be the source, also the tensor itself', async (t) => {
  const of = trace([
    { ...conv(3, 2, 1), name: 'a' },
    { ...conv(3, 2, 1), name: 'b' },
    { ...conv(5), name: 'c' },
  ]);
  const name = (id: string) => of.calls.find(({ node }) => node.id === id)?.node.outputs[0] as string;
  const from = explainField(of, { call: of.calls.length - 1, output: name('c'), source: name('a') });
  t.match(from, { layer: 'c', op: 'Conv', output: name('c'), source: name('a'), axes: [{ axis: 'H', extent: 32 }, { axis: 'W' }] });
  t.match(from.axes[0]?.strict, { size: 11, largest: { size: 11, layers: ['b', 'c'] } });
  const itself = explainField(of, {
    call: of.calls.findIndex(({ node }) => node.id === 'b'),
    output: name('b'),
    source: name('b'),
    axis: 'W',
  });
  t.match(itself.axes, [{ axis: 'W', strict: { size: 1, largest: { status: 'exact', size: 1, layers: [] } } }]);
  t.equal(itself.axes.length, 1);
  const back = explainField(of, { call: of.calls.findIndex(({ node }) => node.id === 'a'), output: name('a'), source: name('c') });
  t.match(back.axes[0]?.strict, {
    status: 'none',
    size: 0,
    largest: { status: 'none', size: 0, layers: [] },
    waterfall: [],
    globalBy: null,
  });
});

t.test('what cannot be followed says so, and hides nothing larger', async (t) => {
  const unknown = (op: string, inputs: string[], outputs: string[]): Node => ({
    id: op,
    name: op,
    scope: '',
    op,
    attributes: new Map(),
    inputs,
    outputs,
  });
  const graph: Graph = {
    name: 'unknown',
    nodes: [
      unknown('Relu', ['x'], ['a']),
      unknown('my.Operator', ['a'], ['b']),
      { ...unknown('Sum', ['a', 'b'], ['c']), id: 'sum' },
      unknown('GlobalMaxPool', ['a'], ['d']),
      { ...unknown('Sum', ['c', 'd'], ['e']), id: 'all' },
    ],
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 3, 8, 8] }],
    outputs: [{ name: 'e', dtype: null, shape: null }],
    constants: new Map(),
    diagnostics: [],
  };
  const of = traceGraph(graph, {});
  const { strict } = explain(of, 'sum');
  const lost = { status: 'unknown', size: null, layers: ['Relu', 'my.Operator', 'sum'], cause: /my\.Operator.*not known/ };
  t.match(strict, { status: 'unknown', size: null, largest: lost, smallest: lost });
  t.same(steps(strict), [
    [null, 1],
    ['my.Operator', null],
  ]);
});

t.test('faults name what is not there', async (t) => {
  const of = trace([{ ...conv(3), name: 'c' }]);
  const output = of.calls.at(-1)?.node.outputs[0] as string;
  const call = of.calls.length - 1;
  t.throws(() => explainField(of, { call, output, source: 'nowhere' }), { code: 'unknown-tensor' });
  t.throws(() => explainField(of, { call, output: 'nowhere', source: 'x' }), { code: 'unknown-tensor' });
  t.throws(() => explainField(of, { call: 99, output, source: 'x' }), { code: 'unknown-tensor' });
  t.throws(() => explainField(of, { call, output, source: 'x', axis: 'D' }), { code: 'unknown-axis' });
});

t.test('2^40 paths, and a chain of 20,000 layers', async (t) => {
  const block = (i: number): Node[] => [
    node(`c${i}`, 'Conv', [`t${i}`, 'w'], `b${i}`),
    node(`a${i}`, 'Add', [`t${i}`, `b${i}`], `t${i + 1}`),
  ];
  const ladder = chainOf(Array.from({ length: 40 }, (_, i) => block(i)).flat());
  const { strict } = explain(ladder);
  t.match(strict, { size: 81, largest: { size: 81 }, smallest: { size: 1 } });
  t.equal(strict.smallest.layers.length, 40);
  t.equal(strict.largest.layers.length, 80);
  const chain = chainOf(Array.from({ length: 20_000 }, (_, i) => node(`c${i}`, 'Conv', [`t${i}`, 'w'], `t${i + 1}`)));
  const long = explain(chain).strict;
  t.match(long, { size: 40_001, largest: { size: 40_001 } });
  t.equal(long.waterfall.length, 20_001);
  t.equal(total(long), 40_001);
});

function node(id: string, op: string, inputs: string[], output: string): Node {
  const attributes = op === 'Conv' ? new Map([['pads', [1, 1]]]) : new Map<string, never>();
  return { id, name: id, scope: '', op, attributes, inputs, outputs: [output] };
}

/** A one-dimensional network from t0 on, all convolutions with one weight. */
function chainOf(nodes: readonly Node[]): Trace {
  const weight = { name: 'w', dtype: 'float32', shape: [1, 1, 3], data: null } as const;
  const last = nodes.at(-1)?.outputs[0] as string;
  const graph: Graph = {
    name: '',
    nodes,
    inputs: [{ name: 't0', dtype: 'float32', shape: [1, 1, 'T'] }],
    outputs: [{ name: last, dtype: null, shape: null }],
    constants: new Map([['w', weight]]),
    diagnostics: [],
  };
  return traceGraph(graph, {});
}

/** All ways from tensor 0 to a tensor, as lists of tensors; null where there are too many to look at. */
function waysTo(network: readonly Tensor1d[], to: number): number[][] | null {
  const ways: number[][][] = [[[0]]];
  for (let i = 1; i <= to; i++) {
    const found = [...new Set((network[i] as Tensor1d).from)];
    ways.push(found.flatMap((from) => (ways[from] as number[][]).map((way) => [...way, i])));
    if ((ways[i] as number[][]).length > 12) return null;
  }
  return ways[to] as number[][];
}

/** What a way alone sees, by the oracle: the network without anything beside it; 0 where that is nothing. */
function sizeAlong(network: readonly Tensor1d[], way: readonly number[]): number {
  const chain: Tensor1d[] = [];
  for (const i of way) {
    const tensor = network[i] as Tensor1d;
    if (tensor.step?.op !== 'add' && tensor.step?.op !== 'concat')
      chain.push({ ...tensor, from: chain.length === 0 ? [] : [chain.length - 1] });
  }
  return fieldsOf(chain).at(-1)?.size as number;
}

const SIMPLE = new Set(['conv', 'transposed', 'nearest', 'linear', 'floor', 'same', 'slice', 'flip', 'add', 'concat']);

const isSimple = ({ step }: Tensor1d) => step === null || SIMPLE.has(step.op) || (step.op === 'pad' && step.mode !== 'wrap');

t.test('the largest and the smallest path are those of an enumeration of all paths', async (t) => {
  let compared = 0;
  for (let seed = 1; seed <= 320; seed++) {
    const network = randomNetwork(seed);
    const last = network.length - 1;
    if (!network.every(isSimple)) continue;
    const ways = waysTo(network, last);
    if (last === 0 || !ways) continue;
    const sizes = ways.map((way) => sizeAlong(network, way)).filter((size) => size > 0);
    const { strict } = explain(traceGraph(toGraph(network), {}));
    const wanted = sizes.length === 0 ? [0, 0] : [Math.min(...sizes), Math.max(...sizes)];
    const found = [strict.smallest.size, strict.largest.size];
    if (found.join() !== wanted.join()) return t.same(found, wanted, `seed ${seed}`);
    for (const { size, layers } of sizes.length === 0 ? [] : [strict.smallest, strict.largest]) {
      const way = [0, ...layers.map((id) => Number(id.slice(1)))];
      const steps = way.slice(1).every((to, i) => network[to]?.from.includes(way[i] as number));
      if (!steps || sizeAlong(network, way) !== size) return t.fail(`seed ${seed}: ${layers} is no path that sees ${size}`);
    }
    compared += ways.length;
  }
  t.ok(compared > 250, `${compared} paths compared`);
});

t.test('paths of convolutions follow r += (k_e - 1) j, j *= s, on graphs of any strides', async (t) => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = randomFrom(seed);
    // Every path to a tensor by its size and stride.
    const paths: { r: number; j: number }[][] = [[{ r: 1, j: 1 }]];
    const nodes: Node[] = [];
    for (let i = 1; i <= 10; i++) {
      const from = [...new Set(Array.from({ length: 1 + random(3) }, () => Math.max(0, i - 1 - random(4))))];
      const [k, s, d] = [1 + random(4), 1 + random(2), 1 + random(2)];
      nodes.push({
        ...node(
          `m${i}`,
          'Sum',
          from.map((t) => `t${t}`),
          `m${i}`,
        ),
      });
      const attributes = new Map([
        ['kernel_shape', [k]],
        ['strides', [s]],
        ['dilations', [d]],
      ]);
      nodes.push({ ...node(`p${i}`, 'MaxPool', [`m${i}`], `t${i}`), attributes });
      paths.push(from.flatMap((t) => (paths[t] as { r: number; j: number }[]).map(({ r, j }) => ({ r: r + d * (k - 1) * j, j: j * s }))));
    }
    const { strict } = explain(chainOf(nodes));
    const sizes = (paths.at(-1) as { r: number }[]).map(({ r }) => r);
    const wanted = [Math.min(...sizes), Math.max(...sizes)];
    const found = [strict.smallest.size, strict.largest.size];
    if (found.join() !== wanted.join()) return t.same(found, wanted, `seed ${seed}, ${sizes.length} paths`);
  }
  t.pass('300 graphs');
});

t.test('the waterfall adds up to the size in the report', async (t) => {
  let compared = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const graph = toGraph(randomNetwork(seed));
    const of = traceGraph(graph, {});
    const { layers = [] } = analyze({ graph, format: '', name: '', bytes: 0, sha256: '' });
    for (const { id, outputs } of layers) {
      const reported = outputs[0]?.receptiveFields[0]?.axes[0];
      const { strict, local } = explain(of, id);
      for (const [view, told] of [
        [strict, reported],
        [local, reported?.local],
      ] as const) {
        if (!told) continue;
        if (view.size !== told.size || view.status !== told.status || total(view) !== told.size) {
          return t.match(
            { ...view, total: total(view) },
            { size: told.size, status: told.status, total: told.size },
            `seed ${seed}, ${id}`,
          );
        }
        if (told.status === 'exact' && reported?.cause === undefined && !(Number(view.largest.size) <= Number(told.size)))
          return t.fail(`seed ${seed}, ${id}: larger than the union`);
        compared += 1;
      }
    }
  }
  t.ok(compared > 2000, `${compared} sums`);
});
