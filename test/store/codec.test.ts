import { createReadStream, readdirSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { readNetwork } from '../../src/analysis/read-network.ts';
import { resolveNetwork } from '../../src/analysis/resolve-network.ts';
import { readConfig } from '../../src/config.ts';
import { analyze } from '../../src/core/analyze.ts';
import type { Attribute, Constant, Graph, Network } from '../../src/core/graph.ts';
import { networkNames } from '../../src/networks/index.ts';
import { decodeGraph, encodeGraph } from '../../src/store/codec/graph-bytes.ts';

const limits = readConfig({}).limits.reader;

/** The report of a network that was kept and read back. */
function afterKeeping(network: Network) {
  return analyze({ ...network, graph: decodeGraph(encodeGraph(network.graph), limits) });
}

const FIXTURES = new URL('../fixtures/', import.meta.url);

for (const file of readdirSync(FIXTURES).filter((name) => name.endsWith('.onnx'))) {
  t.test(`${file} is what it was`, async (t) => {
    const network = await readNetwork(createReadStream(new URL(file, FIXTURES)), { limits, maxBytes: 1e9 });
    t.strictSame(decodeGraph(encodeGraph(network.graph), limits), network.graph);
    t.strictSame(afterKeeping(network), analyze(network));
  });
}

t.test('so are built-in networks', async (t) => {
  const names = networkNames().filter((_, i) => i % 12 === 0);
  for (const name of names) {
    const network = await resolveNetwork({ ref: `zoo:${name}` }, limits);
    t.strictSame(afterKeeping(network), analyze(network), name);
  }
});

const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0, 5e-324));
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '-0', 'NaN', '\0', '\ud800', '__proto__'));

const constant: fc.Arbitrary<Constant> = fc.record(
  {
    name: text,
    dtype: fc.constantFrom('float32', 'int64', 'string'),
    shape: fc.array(fc.nat(), { maxLength: 3 }),
    data: fc.option(fc.array(number, { maxLength: 4 })),
    synthetic: fc.constant(true as const),
  },
  { requiredKeys: ['name', 'dtype', 'shape', 'data'] },
);

const type = {
  dtype: fc.option(fc.constantFrom('float16' as const, 'int4' as const)),
  shape: fc.option(fc.array(fc.oneof(fc.nat(), text, fc.constant(null)), { maxLength: 3 })),
};

const { graph } = fc.letrec<{ graph: Graph; attribute: Attribute }>((tie) => ({
  attribute: fc.oneof(
    { maxDepth: 3 },
    number,
    text,
    fc.bigInt(),
    constant,
    fc.array(fc.oneof(number, fc.bigInt()), { maxLength: 3 }),
    fc.array(text, { maxLength: 3 }),
    tie('graph'),
    fc.array(tie('graph'), { minLength: 1, maxLength: 2 }),
  ) as fc.Arbitrary<Attribute>,
  graph: fc.record(
    {
      name: text,
      nodes: fc.array(
        fc.record({
          id: text,
          name: text,
          scope: text,
          op: text,
          attributes: fc.array(fc.tuple(text, tie('attribute')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
          inputs: fc.array(text, { maxLength: 2 }),
          outputs: fc.array(text, { maxLength: 2 }),
        }),
        { maxLength: 3 },
      ),
      inputs: fc.array(fc.record({ name: text, ...type }), { maxLength: 2 }),
      outputs: fc.array(fc.record({ name: text, ...type }), { maxLength: 2 }),
      constants: fc.array(fc.tuple(text, constant), { maxLength: 2 }).map((pairs) => new Map(pairs)),
      declared: fc.array(fc.tuple(text, fc.record(type)), { maxLength: 2 }).map((pairs) => new Map(pairs)),
      diagnostics: fc.constant([{ code: 'c', severity: 'info' as const, message: 'm' }]),
    },
    { requiredKeys: ['name', 'nodes', 'inputs', 'outputs', 'constants', 'diagnostics'] },
  ) as fc.Arbitrary<Graph>,
}));

/** Everything by what it is: -0 is not 0, and no text is a number. */
function exact(value: unknown): unknown {
  if (typeof value === 'number') return Object.is(value, -0) ? 'number -0' : `number ${value}`;
  if (typeof value === 'bigint') return `bigint ${value}`;
  if (typeof value !== 'object' || value === null) return [value];
  if (value instanceof Map) return { map: [...value].map(exact) };
  return Array.isArray(value)
    ? value.map(exact)
    : Object.entries(value)
        .map(([key, one]) => [key, exact(one)])
        .sort();
}

t.test('any graph is what it was, to the last bit', async (t) => {
  fc.assert(
    fc.property(graph, (one) => {
      const back = decodeGraph(encodeGraph(one), limits);
      return JSON.stringify(exact(back)) === JSON.stringify(exact(one));
    }),
    { numRuns: 500 },
  );
  t.pass();
});

t.test('what is read back is within the limits', async (t) => {
  const { graph } = await readNetwork(createReadStream(new URL('resnet18.onnx', FIXTURES)), { limits, maxBytes: 1e9 });
  const bytes = encodeGraph(graph);
  const nodes = graph.nodes.length;
  t.equal(decodeGraph(bytes, { ...limits, nodes }).nodes.length, nodes);
  t.throws(() => decodeGraph(bytes, { ...limits, nodes: nodes - 1 }), { code: 'limit-exceeded' });
  const bomb = Buffer.concat([Uint8Array.of(1), brotliCompressSync(Buffer.alloc(1e6, '['))]);
  t.throws(() => decodeGraph(bomb, { nodes: 1, keptBytes: 1e4 }), { code: 'limit-exceeded' });
  t.throws(() => decodeGraph(Uint8Array.of(99, ...bytes.subarray(1)), limits), /version 99/);
});
