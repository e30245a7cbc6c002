import t from 'tap';
import { readConfig } from '../../../src/config.ts';
import { analyze } from '../../../src/core/analyze.ts';
import type { AnalyzeOptions } from '../../../src/core/options.ts';
import type { Report } from '../../../src/core/report.ts';
import { onnx } from '../../../src/formats/onnx/index.ts';
import {
  attribute,
  type Bytes,
  bytes,
  type GraphParts,
  graph,
  graphAttribute,
  int64,
  model,
  node,
  tensor,
  value,
} from '../../formats/onnx/encode.ts';

function report(parts: GraphParts, options: AnalyzeOptions = {}): Report {
  const reader = onnx.open(readConfig({}).limits.reader);
  reader.push(model(graph(parts)));
  return analyze({ graph: reader.end().graph, format: '', name: '', bytes: 0, sha256: '' }, options);
}

const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;

const ints = (name: string, dims: readonly number[], ...data: number[]) => tensor(name, INT64, dims, bytes(9, int64(...data)));
const truth = (name: string, is: boolean) => tensor(name, BOOL, [], bytes(9, Uint8Array.of(is ? 1 : 0)));
const weight = (name: string, ...dims: number[]) => tensor(name, FLOAT, dims);
const x = value('x', FLOAT, [1, 4]);

const dense = (width: number): Bytes =>
  graph({ nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [weight('w', 4, width)], outputs: [value('y')] });

const choose = (then: Bytes, otherwise: Bytes) =>
  node('If', ['c'], ['out'], { name: 'if', attributes: [graphAttribute('then_branch', then), graphAttribute('else_branch', otherwise)] });

t.test('If with a known condition is the branch that it picks', async (t) => {
  for (const [is, macs, width] of [
    [true, 12, 3],
    [false, 20, 5],
  ] as const) {
    const { totals, outputs, layers, coverage } = report({
      nodes: [choose(dense(3), dense(5))],
      initializers: [truth('c', is)],
      inputs: [x],
      outputs: [value('out')],
    });
    t.equal(totals.macs, macs);
    t.same(outputs[0]?.shape, [1, width]);
    t.equal(layers?.[0]?.id, `if/${is ? 'then' : 'else'}/y`);
    t.same(coverage.unsupported, []);
  }
});

t.test('If with an unknown condition: types joined, the costlier branch counted, parameters of both', async (t) => {
  const { totals, outputs, layers, diagnostics, status } = report({
    nodes: [choose(dense(3), dense(5))],
    inputs: [x, value('c', BOOL, [])],
    outputs: [value('out')],
  });
  t.same(outputs[0]?.shape, [1, null]);
  t.equal(totals.macs, 20);
  t.equal(totals.params.stored, 32);
  t.match(diagnostics, [{ code: 'undecided-branch', node: 'if', message: /else branch.*then 24, else 40/ }]);
  t.same(
    layers?.map(({ id }) => id),
    ['if/else/y', 'if/0'],
  );
  t.equal(status, 'partial', 'a size of the output is not known');
});

t.test('inner Ifs are decided before outer ones', async (t) => {
  const inner = graph({ nodes: [choose(dense(30), dense(5))], outputs: [value('out')] });
  const { totals } = report({ nodes: [choose(inner, dense(20))], inputs: [x, value('c', BOOL, [])], outputs: [value('out')] });
  t.equal(totals.macs, 120);
});

t.test('a branch that does not fit the sizes cannot be the one that runs', async (t) => {
  const wrong = graph({ nodes: [node('MatMul', ['x', 'w'], ['y'])], initializers: [weight('w', 9, 9)], outputs: [value('y')] });
  const undecided = (then: Bytes, otherwise: Bytes) =>
    report({ nodes: [choose(then, otherwise)], inputs: [x, value('c', BOOL, [])], outputs: [value('out')] });
  for (const taken of [undecided(dense(3), wrong), undecided(wrong, dense(3))]) {
    t.same(taken.outputs[0]?.shape, [1, 3]);
    t.equal(taken.totals.macs, 12);
    t.match(taken.diagnostics, [{ code: 'impossible-branch', severity: 'warning', node: 'if' }]);
  }
  t.throws(() => undecided(wrong, wrong), { code: 'malformed-node' });
});

t.test('branches may give a value of the graph around them', async (t) => {
  const same = graph({ outputs: [value('x')] });
  const { outputs, layers } = report({ nodes: [choose(same, same)], inputs: [x, value('c', BOOL, [])], outputs: [value('out')] });
  t.same(outputs[0]?.shape, [1, 4]);
  t.equal(layers?.length, 1);
});

/** A loop whose body multiplies what it carries by a weight of its own, and collects it. */
const body = (...more: Bytes[]): Bytes =>
  graph({
    nodes: [node('Identity', ['going'], ['goes']), node('MatMul', ['carried', 'w'], ['next']), ...more],
    initializers: [weight('w', 4, 4)],
    inputs: [value('i', INT64, []), value('going', BOOL, []), value('carried')],
    outputs: [value('goes'), value('next'), value('next')],
  });

const loop = (inner: Bytes) => node('Loop', ['n', '', 'x'], ['last', 'all'], { name: 'loop', attributes: [graphAttribute('body', inner)] });

t.test('Loop with a small known count is laid out', async (t) => {
  const { totals, outputs, layers, status } = report({
    nodes: [loop(body())],
    initializers: [ints('n', [], 3)],
    inputs: [x],
    outputs: [value('last'), value('all')],
  });
  t.equal(status, 'complete');
  t.equal(totals.macs, 3 * 16);
  t.equal(totals.params.stored, 16, 'the weight is one tensor');
  t.same(
    outputs.map(({ shape }) => shape),
    [
      [1, 4],
      [3, 1, 4],
    ],
  );
  t.same(
    layers?.filter(({ op }) => op === 'MatMul').map(({ id }) => id),
    ['loop/0/next', 'loop/1/next', 'loop/2/next'],
  );
});

t.test('Loop with a large known count runs its body once, and costs as often as it runs', async (t) => {
  const { totals, outputs, status } = report({
    nodes: [loop(body())],
    initializers: [ints('n', [], 1000)],
    inputs: [x],
    outputs: [value('last'), value('all')],
  });
  t.equal(totals.macs, 1000 * 16);
  t.equal(totals.params.stored, 16);
  t.same(
    outputs.map(({ shape }) => shape),
    [
      [1, 4],
      [1000, 1, 4],
    ],
  );
  t.equal(status, 'complete');
});

t.test('Loop with an unknown count gives the figure of one iteration as a lower bound', async (t) => {
  const { totals, outputs, status } = report({
    nodes: [loop(body())],
    inputs: [x, value('n', INT64, [])],
    outputs: [value('last'), value('all')],
  });
  t.equal(status, 'partial');
  t.equal(totals.macs, 16);
  t.ok(totals.lowerBounds.includes('macs'));
  t.same(
    outputs.map(({ shape }) => shape),
    [
      [1, 4],
      [null, 1, 4],
    ],
  );
});

t.test('a carried value that grows has an unknown size', async (t) => {
  const growing = graph({
    nodes: [node('Concat', ['carried', 'carried'], ['next'], { attributes: [attribute('axis', 0)] })],
    inputs: [value('i', INT64, []), value('going', BOOL, []), value('carried')],
    outputs: [value('going'), value('next')],
  });
  const grow = (...n: Bytes[]) =>
    report({
      nodes: [node('Loop', ['n', '', 'x'], ['last'], { attributes: [graphAttribute('body', growing)] })],
      initializers: n,
      inputs: n.length > 0 ? [x] : [x, value('n', INT64, [])],
      outputs: [value('last')],
    });
  t.same(grow().outputs[0]?.shape, [null, 4]);
  t.same(grow(ints('n', [], 5)).outputs[0]?.shape, [32, 4], 'laid out, it is known');
});

t.test('Loop that its own condition ends, or that never starts', async (t) => {
  const counting = graph({
    nodes: [node('Less', ['i', 'two'], ['goes']), node('MatMul', ['carried', 'w'], ['next'])],
    initializers: [weight('w', 4, 4), ints('two', [], 2)],
    inputs: [value('i', INT64, []), value('going', BOOL, []), value('carried')],
    outputs: [value('goes'), value('next'), value('next')],
  });
  const ends = report({ nodes: [loop(counting)], initializers: [ints('n', [], 50)], inputs: [x], outputs: [value('all')] });
  t.same(ends.outputs[0]?.shape, [3, 1, 4]);
  const never = report({ nodes: [loop(body())], initializers: [ints('n', [], 0)], inputs: [x], outputs: [value('last'), value('all')] });
  t.same(
    never.outputs.map(({ shape }) => shape),
    [[1, 4], null],
  );
});

t.test('Scan slices its input and stacks what it gives', async (t) => {
  const step = graph({
    nodes: [node('Add', ['state', 'row'], ['next']), node('Relu', ['next'], ['seen'])],
    inputs: [value('state'), value('row')],
    outputs: [value('next'), value('seen')],
  });
  const scan = (length: number) =>
    report({
      nodes: [
        node('Scan', ['s', 'rows'], ['last', 'all'], {
          name: 'scan',
          attributes: [attribute('num_scan_inputs', 1), graphAttribute('body', step)],
        }),
      ],
      inputs: [value('s', FLOAT, [4]), value('rows', FLOAT, [length, 4])],
      outputs: [value('last'), value('all')],
    });
  for (const length of [3, 500]) {
    const { outputs, totals, status } = scan(length);
    t.equal(status, 'complete');
    t.same(
      outputs.map(({ shape }) => shape),
      [[4], [length, 4]],
    );
    t.match(totals.operations, { add: 4 * length, cmp: 4 * length });
  }
});

t.test('control flow that is malformed, or too much', async (t) => {
  const bare =
    (op: string, ...attributes: Bytes[]) =>
    () =>
      report({ nodes: [node(op, ['x'], ['y'], { attributes })], inputs: [x], outputs: [value('y')] });
  t.throws(bare('If'), { code: 'malformed-node', message: /then_branch must be a graph/ });
  t.throws(bare('Loop'), { code: 'malformed-node', message: /body/ });
  t.match(bare('Scan', graphAttribute('body', graph({})))().coverage.unsupported, [{ op: 'Scan' }]);
  let deep = dense(3);
  // Each level lays its loop out 64 times.
  for (let level = 0; level < 6; level++) {
    deep = graph({
      nodes: [
        node('Loop', ['n', '', 'x'], ['y'], {
          attributes: [
            graphAttribute(
              'body',
              graph({
                nodes: [choose(deep, deep)],
                inputs: [value('i', INT64, []), value('g', BOOL, []), value('v')],
                outputs: [value('g'), value('out')],
              }),
            ),
          ],
        }),
      ],
      outputs: [value('y')],
    });
  }
  t.throws(
    () =>
      report({
        nodes: [choose(deep, deep)],
        initializers: [ints('n', [], 64)],
        inputs: [x, value('c', BOOL, [])],
        outputs: [value('out')],
      }),
    {
      code: 'limit-exceeded',
    },
  );
});
