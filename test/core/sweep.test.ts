import fc from 'fast-check';
import t from 'tap';
import { analyze } from '../../src/core/analyze.ts';
import type { Graph } from '../../src/core/graph.ts';
import type { AnalyzeOptions } from '../../src/core/options.ts';
import { sweep } from '../../src/core/sweep.ts';
import { described, fixtureGraph, graphOf } from './graphs.ts';

const conv = { type: 'Conv2d', out_channels: 4, kernel_size: 3 };
const small = (shape: readonly unknown[] = [1, 3, 16, 16]) => described({ inputs: { x: shape }, layers: [conv, { type: 'ReLU' }, conv] });

const report = (graph: Graph, options: AnalyzeOptions) => analyze({ graph, format: '', name: '', bytes: 0, sha256: '' }, options);

t.test('one axis goes where it is told, the others stay', async (t) => {
  const { points, status, axes } = sweep(small(), {}, { axes: ['H'], from: 8, to: 13, step: 2 });
  t.equal(status, 'complete');
  t.same(axes, ['H']);
  t.same(
    points.map(({ value, totals }) => [value, totals?.inputs[0]?.shape, totals?.outputs[0]?.shape]),
    [
      [8, [1, 3, 8, 16], [1, 4, 4, 12]],
      [10, [1, 3, 10, 16], [1, 4, 6, 12]],
      [12, [1, 3, 12, 16], [1, 4, 8, 12]],
    ],
  );
});

t.test('a size that the network refuses is a point with an error', async (t) => {
  const { points, status } = sweep(small(), {}, { axes: ['H', 'W'], from: 4, to: 6 });
  t.equal(status, 'partial');
  const [refused, ...fine] = points;
  t.match(refused, { value: 4, error: { code: 'malformed-node', message: /./, node: 'conv2d_2' }, totals: null });
  t.ok(fine.every(({ error, totals }) => error === null && totals !== null));
});

t.test('points equal reports with the same sizes', async (t) => {
  for (const name of ['resnet18', 'unet', 'mobilenet_v2']) {
    const graph = fixtureGraph(name);
    const [input] = graph.inputs;
    const convention = 'torchvision';
    for (const { value, totals } of sweep(graph, { convention }, { axes: ['H', 'W'], from: 64, to: 160, step: 32, fields: true }).points) {
      const inputs = new Map([[input?.name ?? '', [1, input?.shape?.[1] ?? 0, value, value]]]);
      const { outputs, totals: whole, layers } = report(graph, { convention, inputs });
      const { macs, flops, cost, params, activations, memory } = whole;
      const field = layers?.at(-1)?.outputs[0]?.receptiveFields[0]?.axes.map(({ axis, visible }) => [axis, visible]);
      t.match(totals, { macs, flops, cost, params, activations, peakBytes: memory.peakBytes, lowerBounds: [] });
      t.same(totals?.outputs[0]?.shape, outputs[0]?.shape);
      t.same(totals?.visible, Object.fromEntries(field ?? []));
    }
  }
});

t.test('compute is linear in the batch', async () => {
  const graph = fixtureGraph('resnet18');
  const [one, ...more] = sweep(graph, {}, { axes: ['batch'], from: 1, to: 9 }).points.map(({ totals }) => totals);
  t.equal(more.length, 8);
  for (const [i, totals] of more.entries()) {
    t.equal(totals?.macs, Number(one?.macs) * (i + 2));
    t.equal(totals?.activations.elements, Number(one?.activations.elements) * (i + 2));
    t.same(totals?.params, one?.params);
  }
});

t.test('any range has the points that counting gives', async () => {
  const graph = small();
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 40 }), fc.nat(30), fc.integer({ min: 1, max: 9 }), (from, more, step) => {
      const values = sweep(graph, {}, { axes: ['W'], from, to: from + more, step }).points.map(({ value }) => value);
      const counted = [];
      for (let value = from; value <= from + more; value += step) counted.push(value);
      return values.join() === counted.join();
    }),
    { numRuns: 50 },
  );
});

t.test('names of sizes in the file are bound, on every input that has them', async (t) => {
  const graph = described({
    inputs: { a: ['batch', 4, 'length'], b: ['batch', 4, 'length'] },
    layers: [{ type: 'Add', from: ['a', 'b'] }],
  });
  const { points } = sweep(graph, { batch: 2 }, { axes: ['length'], from: 10, to: 20, step: 10 });
  t.same(
    points.map(({ totals }) => totals?.inputs.map(({ shape }) => shape)),
    [
      [
        [2, 4, 10],
        [2, 4, 10],
      ],
      [
        [2, 4, 20],
        [2, 4, 20],
      ],
    ],
  );
});

t.test('only inputs that have all axes change', async (t) => {
  const graph = graphOf({
    inputs: [
      { name: 'image', dtype: 'float32', shape: [1, 3, 8, 8] },
      { name: 'bias', dtype: 'float32', shape: [1, 3] },
    ],
    constants: [{ name: 'axes', dtype: 'int64', shape: [2], data: [2, 3] }],
    nodes: [
      ['Unsqueeze', ['bias', 'axes'], 'b'],
      ['Add', ['image', 'b'], 'y'],
    ],
  });
  const { points } = sweep(graph, {}, { axes: ['H', 'W'], from: 4, to: 4 });
  t.same(
    points[0]?.totals?.inputs.map(({ shape }) => shape?.join('x')),
    ['1x3x4x4', '1x3'],
  );
});

t.test('other options hold at every point', async (t) => {
  const { points } = sweep(small(['n', 3, 'h', 16]), { bind: new Map([['h', 9]]) }, { axes: ['batch'], from: 3, to: 3 });
  t.same(points[0]?.totals?.inputs[0]?.shape, [3, 3, 9, 16]);
  const unknown = sweep(small(['n', 3, 'h', 16]), {}, { axes: ['batch'], from: 3, to: 3 });
  t.match(unknown, {
    status: 'partial',
    points: [{ totals: { lowerBounds: ['macs', 'flops', 'cost', 'activations', 'memory.peakBytes'] } }],
  });
});

t.test('a file whose own sizes are refused can still be swept', async (t) => {
  const { points } = sweep(
    { ...small(), inputs: [{ name: 'x', dtype: 'float32', shape: [1, 3, 2, 2] }] },
    {},
    { axes: ['H', 'W'], from: 8, to: 8 },
  );
  t.same(points[0]?.totals?.outputs[0]?.shape, [1, 4, 4, 4]);
});

t.test('what is wrong with a sweep is said', async (t) => {
  const graph = small();
  const range = { axes: ['H'], from: 8, to: 16 };
  const fails = (wrong: object, code: string, message: RegExp, options: AnalyzeOptions = {}) =>
    t.throws(() => sweep(graph, options, { ...range, ...wrong }), { code, message }, JSON.stringify(wrong));
  fails({ from: 0 }, 'invalid-option', /from of a sweep/);
  fails({ to: 8.5 }, 'invalid-option', /to of a sweep/);
  fails({ step: 0 }, 'invalid-option', /step of a sweep/);
  fails({ step: Number.NaN }, 'invalid-option', /step of a sweep/);
  fails({ from: 17 }, 'invalid-option', /goes up/);
  fails({ to: 1008 }, 'invalid-option', /at most 1000 points, not 1001/);
  fails({ axes: [] }, 'invalid-option', /needs an axis/);
  fails({ axes: ['H', 'D'] }, 'unknown-axis', /no input has H and D: 'x' has N, C, H, W/);
  fails({}, 'unknown-convention', /./, { convention: 'none' });
  fails({}, 'unknown-input', /./, { inputs: new Map([['z', [1]]]) });
  fails({ axes: ['batch'] }, 'unknown-dim', /./, { bind: new Map([['q', 1]]) });
});

t.test('a sweep of a large network has fewer points', async (t) => {
  const graph = described({ inputs: { x: [1, 1, 4, 4] }, layers: Array.from({ length: 2500 }, () => ({ type: 'ReLU' })) });
  t.throws(() => sweep(graph, {}, { axes: ['H'], from: 1, to: 900 }), { code: 'limit-exceeded' });
  t.equal(sweep(graph, {}, { axes: ['H'], from: 1, to: 2 }).points.length, 2);
});
