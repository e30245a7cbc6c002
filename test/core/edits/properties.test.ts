import fc from 'fast-check';
import t from 'tap';
import { describe } from '../../../src/analysis/edits/describe.ts';
import { applyEdits } from '../../../src/core/edits/apply.ts';
import type { Edit } from '../../../src/core/edits/index.ts';
import { Fault } from '../../../src/core/fault.ts';
import type { Graph } from '../../../src/core/graph.ts';
import type { Report } from '../../../src/core/report.ts';
import { described } from '../graphs.ts';
import { example, frozen, report, snapshot } from './edited.ts';

/** An edit of some layer of a graph, which may well be impossible. */
function anyEdit({ nodes }: Graph): fc.Arbitrary<Edit> {
  const named = (...ops: string[]) => nodes.filter(({ op }) => ops.length === 0 || ops.includes(op)).map(({ id }) => id);
  const of = (...ops: string[]) => fc.constantFrom('*', `op:${ops[0]}`, ...named(...ops));
  const convolution = of('Conv');
  const window = of('Conv', 'MaxPool');
  const activations = fc.boolean();
  const small = fc.integer({ min: 1, max: 3 });
  const set = <K extends string, V>(key: K, value: fc.Arbitrary<V>, layer = convolution) =>
    fc.tuple(layer, value).map(([named, given]) => ({ kind: 'set', layer: named, [key]: given }) as unknown as Edit);
  return fc.oneof(
    set('kernel', fc.oneof(fc.constantFrom(1, 3, 5, 7), fc.tuple(small, small)), window),
    set('stride', small, window),
    set('padding', fc.oneof(small, fc.tuple(fc.tuple(small, small), small)), window),
    set('dilation', small, window),
    set('groups', fc.constantFrom(1, 2, 4)),
    set('channels', fc.constantFrom(4, 8, 20), of('Conv', 'Gemm', 'ConvTranspose')),
    fc.record({ kind: fc.constantFrom('stack' as const, 'separable' as const, 'reduce' as const), layer: convolution, activations }),
    fc.record({ kind: fc.constantFrom('stride-earlier' as const, 'dilate' as const), layer: window }),
    fc.record({ kind: fc.constant('pool-to-conv' as const), layer: of('MaxPool'), depthwise: fc.boolean() }),
    fc.constant({ kind: 'fc-to-conv' } as const),
    fc.record({ kind: fc.constant('fold-batch-norm' as const), layer: fc.constantFrom('*', ...named('BatchNormalization')) }),
    fc.record({ kind: fc.constant('input' as const), size: fc.integer({ min: 24, max: 320 }) }),
    fc.record({ kind: fc.constantFrom('stack' as const, 'reduce' as const, 'dilate' as const), layer: of() }),
  );
}

/** A small network: convolutions, norms, pools and residual blocks, and a head. */
const anyNetwork = fc
  .record({
    blocks: fc.array(
      fc.record({
        kind: fc.constantFrom('conv', 'norm', 'pool', 'residual', 'gate'),
        k: fc.constantFrom(1, 3, 5, 7),
        s: fc.constantFrom(1, 1, 2),
        channels: fc.constantFrom(4, 8, 16),
        bias: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    head: fc.constantFrom('none', 'flatten', 'global'),
  })
  .map(({ blocks, head }) => {
    let channels = 4;
    let before = 'x';
    const layers: object[] = [];
    const add = (name: string, layer: object): void => {
      layers.push({ name, from: before, ...layer });
      before = name;
    };
    blocks.forEach(({ kind, k, s, channels: wanted, bias }, i) => {
      const conv = (out: number, stride: number) => ({
        type: 'Conv2d',
        out_channels: out,
        kernel_size: k,
        stride,
        padding: (k - 1) / 2,
        bias,
      });
      const start = before;
      if (kind === 'pool') add(`b${i}`, { type: 'MaxPool2d', kernel_size: 2, stride: s });
      else if (kind === 'gate') {
        add(`b${i}.pool`, { type: 'AdaptiveAvgPool2d', output_size: 1 });
        add(`b${i}.gate`, { type: 'Sigmoid' });
        add(`b${i}`, { type: 'Multiply', from: [start, `b${i}.gate`] });
      } else {
        const out = kind === 'residual' ? channels : wanted;
        add(`b${i}.conv`, conv(out, kind === 'residual' ? 1 : s));
        if (kind === 'norm') add(`b${i}.norm`, { type: 'BatchNorm2d' });
        add(`b${i}.act`, { type: 'ReLU' });
        if (kind === 'residual') add(`b${i}`, { type: 'Add', from: [start, before] });
        channels = out;
      }
    });
    if (head === 'global') add('pool', { type: 'AdaptiveAvgPool2d', output_size: 1 });
    if (head !== 'none') {
      add('flat', { type: 'Flatten' });
      add('dense', { type: 'Linear', out_features: 6 });
      add('relu', { type: 'ReLU' });
      add('out', { type: 'Linear', out_features: 3 });
    }
    return described({ inputs: { x: [1, 4, 48, 48] }, layers });
  });

/** What a description must keep of a network: all but how attributes and padding are written. */
function essence({ totals, status, layers, inputs, outputs }: Report): unknown {
  const { params, memory, ...rest } = totals;
  const { scalars, ...elements } = params;
  void scalars;
  return {
    ...rest,
    status,
    elements,
    bytes: memory.peakBytes,
    inputs: inputs.map(({ shape, axes }) => [shape, axes]),
    outputs: outputs.map(({ shape }) => shape),
    layers: (layers ?? []).map((layer) => ({
      op: layer.op,
      params: layer.params,
      operations: layer.operations,
      validMacs: layer.validMacs,
      outputs: layer.outputs.map(({ shape, receptiveFields }) => ({
        shape,
        fields: receptiveFields.map(({ axes }) => axes.map(({ cause, ...axis }) => ({ ...axis, caused: cause !== undefined }))),
      })),
    })),
  };
}

let made = 0;
let refused = 0;

/** What edits make of a graph; null where they are refused with a reason. */
function attempt(graph: Graph, edits: readonly Edit[]): Graph | null {
  try {
    return applyEdits(graph, edits).graph;
  } catch (error) {
    if (error instanceof Fault && /^edit \d+ \([a-z-]+\): ./.test(error.message)) return null;
    throw error;
  }
}

/** Makes edits, and holds what comes of them to what edits promise. */
function holds(graph: Graph, edits: readonly Edit[]): void {
  const before = snapshot(frozen(graph));
  const edited = attempt(graph, edits);
  if (snapshot(graph) !== before) throw new Error('the graph was changed');
  if (edited === null) {
    refused += 1;
    return;
  }
  made += 1;
  const ids = edited.nodes.map(({ id }) => id);
  if (new Set(ids).size < ids.length) throw new Error('two layers have one id');
  const { description, notDescribed } = describe(edited);
  if (description === null) throw new Error(String(notDescribed));
  const again = described(JSON.parse(JSON.stringify(description)));
  const [own, read] = [report(edited), report(again)].map((one) => JSON.stringify(essence(one)));
  if (own !== read) throw new Error(`the description is another network: ${JSON.stringify(description)}`);
}

t.test('random networks: pure, traced, and the same as what the description says', async (t) => {
  const asked = anyNetwork.chain((graph) => fc.tuple(fc.constant(graph), fc.array(anyEdit(graph), { minLength: 1, maxLength: 2 })));
  fc.assert(
    fc.property(asked, ([graph, edits]) => holds(graph, edits)),
    { numRuns: 400 },
  );
  t.ok(made > 120 && refused > 40, `${made} lists of edits were made and ${refused} refused`);
});

for (const name of ['resnet18', 'vgg16', 'mobilenet_v2', 'unet']) {
  t.test(`edits of ${name}`, async (t) => {
    made = 0;
    const graph = example(name);
    fc.assert(
      fc.property(fc.array(anyEdit(graph), { minLength: 1, maxLength: 2 }), (edits) => holds(graph, edits)),
      { numRuns: 60 },
    );
    t.ok(made > 4, `${made} lists of edits were made`);
  });
}
