import t from 'tap';
import { onnx } from '../../../src/formats/onnx/index.ts';
import * as e from './encode.ts';

const exceeded = { code: 'limit-exceeded', spot: { offset: Number } };

t.test('each limit', async (t) => {
  const relu = (i: number): e.Bytes => e.node('Relu', [], [`y${i}`]);
  const list = (count: number): e.Bytes =>
    e.model(e.graph({ nodes: [e.node('Op', [], [], { attributes: [e.attribute('a', e.packed(8, new Array(count).fill(1)), 7)] })] }));
  const floats = (count: number): e.Bytes =>
    e.model(e.graph({ nodes: [e.node('Op', [], [], { attributes: [e.floatsAttribute('a', new Array(count).fill(1))] })] }));
  const shape = (count: number): number[] => new Array(count).fill(1);
  const nested = (depth: number): e.Bytes =>
    depth === 1 ? e.graph({}) : e.graph({ nodes: [e.node('If', [], [], { attributes: [e.graphAttribute('g', nested(depth - 1))] })] });
  for (const [limit, fits, exceeds, value] of [
    ['nodes', e.model(e.graph({ nodes: [relu(0), relu(1)] })), e.model(e.graph({ nodes: [relu(0), relu(1), relu(2)] })), 2],
    ['fields', e.model(e.graph({ nodes: [relu(0)] })), e.model(e.graph({ nodes: [relu(0), relu(1)] })), 8],
    ['depth', e.model(nested(3)), e.model(nested(4)), 3],
    [
      'dims',
      e.model(e.graph({ initializers: [e.tensor('w', 1, shape(4))] })),
      e.model(e.graph({ initializers: [e.tensor('w', 1, shape(5))] })),
      4,
    ],
    ['dims', e.model(e.graph({ inputs: [e.value('x', 1, shape(4))] })), e.model(e.graph({ inputs: [e.value('x', 1, shape(5))] })), 4],
    ['nameBytes', e.model(e.text(2, 'abcd')), e.model(e.text(2, 'abcde')), 4],
    ['ints', list(4), list(5), 4],
    ['ints', floats(4), floats(5), 4],
    ['keptBytes', e.model(e.text(2, 'x'.repeat(500))), e.model(e.text(2, 'x'.repeat(1000))), 1000],
    ['keptBytes', list(50), list(150), 1000],
    [
      'keptBytes',
      e.model(e.graph({ inputs: [e.value('x', 1, shape(4))] })),
      e.model(e.graph({ inputs: [e.value('x', 1, shape(20))] })),
      1000,
    ],
  ] as const) {
    for (const size of [Number.POSITIVE_INFINITY, 1]) {
      t.doesNotThrow(() => e.read(fits, { [limit]: value }, size), `${limit}: within`);
      t.throws(() => e.read(exceeds, { [limit]: value }, size), exceeded, `${limit}: exceeded`);
    }
  }
});

t.test('graphs beside each other are not nested', async (t) => {
  const branches = Array.from({ length: 10 }, (_, i) => e.graphAttribute(`g${i}`, e.graph({})));
  for (const padding of [0, 70_000]) {
    const attributes = branches.map((branch) => e.join(branch, e.bytes(100, new Uint8Array(padding))));
    t.doesNotThrow(() => e.read(e.model(e.graph({ nodes: [e.node('Op', [], [], { attributes })] })), { depth: 2 }));
    const graphs = e.message(6, e.bytes(100, new Uint8Array(padding)));
    const merged = e.join(e.text(1, 'g'), ...new Array(10).fill(graphs), e.int(20, 5));
    t.doesNotThrow(() => e.read(e.model(e.graph({ nodes: [e.node('Op', [], [], { attributes: [merged] })] })), { depth: 2 }));
  }
});

t.test('names longer than the window', async (t) => {
  const file = e.model(e.text(2, 'x'.repeat(100_000)));
  t.throws(() => e.read(file), exceeded);
  t.equal(e.read(file, { nameBytes: 100_000 }).graph.name.length, 100_000);
  t.equal(e.read(file, { nameBytes: 100_000 }, 1000).graph.name.length, 100_000);
});

t.test('what data of small tensors takes counts as kept', async (t) => {
  const bools = e.tensor('w', 9, [8192], e.bytes(9, new Uint8Array(8192)));
  t.throws(() => e.read(e.model(e.graph({ initializers: [bools] })), { keptBytes: 60_000 }), exceeded);
  // A lift that asks for nodes: a few bytes of each become eight nodes.
  const adds = Array.from({ length: 100 }, (_, i) => e.node('Add', ['x', 'x'], [`y${i}`], { attributes: [e.attribute('axis', 0)] }));
  t.throws(() => e.read(e.model(e.graph({ nodes: adds, inputs: [e.value('x')] }), 6), { keptBytes: 200_000 }), exceeded);
});

t.test('time is that of the reader', async (t) => {
  const file = e.model(e.graph({ nodes: Array.from({ length: 3000 }, (_, i) => e.node('Relu', [], [`y${i}`])) }));
  t.throws(() => e.read(file, { deadlineMs: 0 }), exceeded);
  const reader = onnx.open({ ...e.LIMITS, deadlineMs: 500 });
  reader.push(file.subarray(0, 10_000));
  await new Promise((resolve) => setTimeout(resolve, 600));
  reader.push(file.subarray(10_000));
  t.equal(reader.end().graph.nodes.length, 3000, 'waiting for the sender does not count');
  const slow = e.model(Buffer.alloc(60_000_000, e.int(100, 0)));
  t.throws(() => e.read(slow, { deadlineMs: 100, fields: 1e9 }, 65_536), exceeded, 'the work on all chunks counts');
});

/** Runs something hostile; gives the memory that it left and how long it took. */
function cost(run: () => void): { bytes: number; ms: number } {
  const before = process.memoryUsage();
  const start = performance.now();
  run();
  const after = process.memoryUsage();
  return { bytes: after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers, ms: performance.now() - start };
}

// The bounds are far above what is needed, and far below what these files do to a reader that trusts them.
const MEMORY = 300 * 2 ** 20;
const TIME = 10_000;

t.test('hostile files', async (t) => {
  const repeat = (bytes: e.Bytes, times: number): e.Bytes => Buffer.alloc(bytes.length * times, bytes);
  const tensor = (...fields: e.Bytes[]): e.Bytes => e.model(e.message(5, e.text(8, 'w'), e.int(2, 7), ...fields));
  const attribute = (...fields: e.Bytes[]): e.Bytes => e.model(e.message(1, e.text(4, 'Op'), e.message(5, ...fields)));
  const files: [string, e.Bytes, 'refused' | 'read'][] = [
    ['5 million empty nodes', e.model(repeat(Uint8Array.of(0x0a, 0), 5_000_000)), 'refused'],
    ['5 million empty initializers', e.model(repeat(Uint8Array.of(0x2a, 0), 5_000_000)), 'refused'],
    ['5 million empty attributes', e.model(e.message(1, e.text(4, 'Op'), repeat(Uint8Array.of(0x2a, 0), 5_000_000))), 'refused'],
    ['5 million empty inputs of a node', e.model(e.message(1, e.text(4, 'Op'), repeat(Uint8Array.of(0x0a, 0), 5_000_000))), 'refused'],
    [
      '5 million empty dims',
      e.model(e.message(11, e.message(2, e.message(1, e.bytes(2, repeat(Uint8Array.of(0x0a, 0), 5_000_000)))))),
      'refused',
    ],
    ['5 million operator sets', e.join(e.model(e.graph({})), repeat(Uint8Array.of(0x42, 0), 5_000_000)), 'refused'],
    ['10 million packed varints of data', tensor(e.int(1, 10_000_000), e.bytes(7, new Uint8Array(10_000_000))), 'read'],
    ['10 million loose varints of data', tensor(e.int(1, 10_000_000), repeat(e.int(7, 1), 10_000_000)), 'refused'],
    ['40 MB of raw data', tensor(e.int(1, 5_000_000), e.bytes(9, new Uint8Array(40_000_000))), 'read'],
    ['10 million packed dims', tensor(e.bytes(1, new Uint8Array(10_000_000))), 'refused'],
    ['10 million loose dims', tensor(repeat(e.int(1, 1), 10_000_000)), 'refused'],
    ['10 million integers in an attribute', attribute(e.bytes(8, new Uint8Array(10_000_000))), 'refused'],
    ['10 million floats in an attribute', attribute(e.bytes(7, new Uint8Array(40_000_000))), 'refused'],
    ['a name of 10 MB', e.model(e.bytes(2, new Uint8Array(10_000_000))), 'refused'],
    ['20 million unknown fields', e.model(repeat(e.int(100, 0), 20_000_000)), 'refused'],
    ['graphs nested 20,000 deep', e.model(e.nestedGraphs(20_000)), 'refused'],
  ];
  for (const [name, file, outcome] of files) {
    const { bytes, ms } = cost(() => {
      if (outcome === 'read') t.equal(e.read(file, {}, 65_536).graph.constants.get('w')?.data, null, name);
      else t.throws(() => e.read(file, {}, 65_536), exceeded, name);
    });
    t.ok(bytes < MEMORY, `${name}: ${Math.round(bytes / 2 ** 20)} MiB`);
    t.ok(ms < TIME, `${name}: ${Math.round(ms)} ms`);
  }
});

t.test('names that are made to collide take linear time', async (t) => {
  const same = Array.from({ length: 100_000 }, () => e.node('Relu', [], [], { name: 'n' }));
  const suffixed = Array.from({ length: 50_000 }, (_, i) => e.node('Relu', [], [`fovea_${i}/`], { name: `n_${i}` }));
  const squeeze = e.node('Squeeze', ['fovea_1/'], ['z'], { attributes: [e.attribute('axes', [0])] });
  const file = e.model(e.graph({ nodes: [...suffixed, ...same, squeeze] }), 11);
  const { ms } = cost(() => t.equal(e.read(file).graph.nodes.length, 150_001));
  t.ok(ms < TIME, `${Math.round(ms)} ms`);
});

t.test('an upload of 500 MB is never held', async (t) => {
  const size = 500 * 2 ** 20;
  const start = e.join(e.int(1, 8), e.tag(7, 2));
  const head = e.join(e.text(8, 'w'), e.int(2, 1), e.int(1, size / 4), e.tag(9, 2), e.varint(size));
  const initializer = e.join(e.tag(5, 2), e.varint(head.length + size), head);
  const reader = onnx.open(e.LIMITS);
  reader.push(e.join(start, e.varint(initializer.length + size), initializer));
  const { bytes } = cost(() => {
    for (let sent = 0; sent < size; sent += 65_536) reader.push(Buffer.alloc(65_536));
    reader.push(e.message(8, e.int(2, 17)));
    t.strictSame(reader.end().graph.constants.get('w')?.shape, [size / 4]);
  });
  t.ok(bytes < 100 * 2 ** 20, `${Math.round(bytes / 2 ** 20)} MiB`);
});
