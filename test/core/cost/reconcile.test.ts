import t from 'tap';
import { readConfig } from '../../../src/config.ts';
import { conventionOf, conventions } from '../../../src/core/cost/conventions/index.ts';
import { reconcile } from '../../../src/core/cost/reconcile.ts';
import { unpriced } from '../../../src/core/cost/unpriced.ts';
import { factsOf } from '../../../src/core/facts.ts';
import type { Graph } from '../../../src/core/graph.ts';
import { type Trace, traceGraph } from '../../../src/core/trace.ts';
import { onnx } from '../../../src/formats/onnx/index.ts';
import * as encoded from '../../formats/onnx/encode.ts';
import { described, fixtureGraph, graphOf } from '../graphs.ts';

/** A loop that an input ends; its body multiplies 1x4 by 4x4. */
function loopTrace(): Trace {
  const { node, value } = encoded;
  const body = encoded.graph({
    nodes: [node('Identity', ['going'], ['goes']), node('MatMul', ['carried', 'w'], ['next'])],
    initializers: [encoded.tensor('w', 1, [4, 4])],
    inputs: [value('i', 7, []), value('going', 9, []), value('carried')],
    outputs: [value('goes'), value('next')],
  });
  const reader = onnx.open(readConfig({}).limits.reader);
  const loop = node('Loop', ['n', '', 'x'], ['last'], { name: 'loop', attributes: [encoded.graphAttribute('body', body)] });
  reader.push(
    encoded.model(encoded.graph({ nodes: [loop], inputs: [value('x', 1, [1, 4]), value('n', 7, [])], outputs: [value('last')] })),
  );
  return traceGraph(reader.end().graph, {});
}

const compare = (graph: Graph, a: string, b: string) => reconcile(traceGraph(graph, {}), conventionOf(a), conventionOf(b));

t.test('ResNet-50 by two tools, operator by operator', async (t) => {
  t.strictSame(compare(fixtureGraph('resnet50'), 'fvcore', 'thop'), {
    a: { id: 'fvcore', version: '0.1.5', unit: 'MAC', total: 4_111_512_576 },
    b: { id: 'thop', version: '0.1.1', unit: 'MAC', total: 4_133_742_592 },
    difference: 22_230_016,
    operators: [
      {
        op: 'BatchNormalization',
        count: 53,
        a: 22_227_968,
        b: 44_455_936,
        difference: 22_227_968,
        why: 'fvcore: 2 for each output; thop: 4 for each output',
      },
      {
        op: 'GlobalAveragePool',
        count: 1,
        a: 100_352,
        b: 102_400,
        difference: 2_048,
        why: 'fvcore: 1 for each input; thop: 50 for each output',
      },
      { op: 'Conv', count: 53, a: 4_087_136_256, b: 4_087_136_256, difference: 0, why: 'both count multiply-accumulates' },
      { op: 'Gemm', count: 1, a: 2_048_000, b: 2_048_000, difference: 0, why: 'both count multiply-accumulates' },
    ],
    unknown: 0,
  });
});

t.test('the differences add up, and the other way round they are negative', async (t) => {
  const graph = fixtureGraph('transformer');
  for (const { id } of conventions()) {
    const there = compare(graph, 'fovea', id);
    const sum = (of: 'a' | 'b' | 'difference') => there.operators.reduce((total, entry) => total + Number(entry[of]), 0);
    t.equal(sum('a'), there.a.total);
    t.equal(sum('b'), there.b.total);
    t.equal(sum('difference'), there.difference);
    t.equal(there.difference, Number(there.b.total) - Number(there.a.total));
    const sizes = there.operators.map(({ difference }) => Math.abs(Number(difference)));
    t.strictSame(
      sizes,
      sizes.toSorted((p, q) => q - p),
      'the largest first',
    );
    t.equal(compare(graph, id, 'fovea').difference, -Number(there.difference) + 0);
  }
});

t.test('why, in words', async (t) => {
  const why = (graph: Graph, a: string, b: string, op: string) => compare(graph, a, b).operators.find((entry) => entry.op === op)?.why;
  const conv = described({ inputs: { x: [1, 3, 8, 8] }, layers: [{ type: 'Conv2d', out_channels: 4, kernel_size: 3 }] });
  t.equal(why(conv, 'torchinfo', 'torch', 'Conv'), 'torchinfo: multiply-accumulates and bias; torch: twice the multiply-accumulates');
  t.equal(why(conv, 'fovea', 'deepspeed', 'Conv'), 'both count twice the multiply-accumulates, and bias');
  const norm = described({ inputs: { x: [1, 3, 8, 8] }, layers: [{ type: 'BatchNorm2d' }] });
  t.equal(why(norm, 'torchinfo', 'torch', 'BatchNormalization'), 'torchinfo: one for each weight; torch: nothing');
});

t.test('large figures are exact, and what is unknown is counted apart', async (t) => {
  const wide = { type: 'Linear', out_features: 2 ** 30, bias: false };
  const large = compare(described({ inputs: { x: [2 ** 20, 2 ** 10] }, layers: [wide] }), 'torch', 'fvcore');
  t.equal(large.a.total, (2n ** 61n).toString());
  t.equal(large.difference, (-(2n ** 60n)).toString());
  const open = compare(described({ inputs: { x: [1, 'N', 8] }, layers: [{ type: 'ReLU' }] }), 'fovea', 'ptflops');
  t.strictSame([open.operators, open.unknown], [[], 1]);
});

t.test('one run of a loop of unknown length is counted, and said to be less than all', async (t) => {
  const trace = loopTrace();
  const [a, b] = [conventionOf('fvcore'), conventionOf('torch')];
  const both = reconcile(trace, a, b);
  t.strictSame([both.a.total, both.b.total, both.unknown], [16, 32, 1]);
  const why = 'how often its loop runs is not known: it is counted for one run';
  t.strictSame(unpriced(trace, factsOf(trace, a).facts, [a, b]), [{ op: 'MatMul', count: 1, layers: ['loop/each/next'], why }]);
});

t.test('what cannot be priced is listed with what is missing', async (t) => {
  const graph = graphOf({
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 4, 'H', 8] }],
    nodes: [
      ['Relu', ['x'], 'a'],
      ['Oddity', ['a'], 'b'],
      ['Relu', ['a'], 'c'],
    ],
  });
  const trace = traceGraph(graph, {});
  const own = conventionOf('fovea');
  t.strictSame(unpriced(trace, factsOf(trace, own).facts, [own]), [
    { op: 'Relu', count: 2, layers: ['a', 'c'], why: 'a size that decides its cost is not known' },
    { op: 'Oddity', count: 1, layers: ['b'], why: 'this operator is not known' },
  ]);
  const full = traceGraph(fixtureGraph('resnet18'), {});
  t.strictSame(unpriced(full, factsOf(full, own).facts, conventions()), []);
});
