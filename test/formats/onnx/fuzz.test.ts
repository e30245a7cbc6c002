import fc from 'fast-check';
import t from 'tap';
import { analyze } from '../../../src/core/analyze.ts';
import { Fault } from '../../../src/core/fault.ts';
import { operators } from '../../../src/core/operators/index.ts';
import { ERRORS } from '../../../src/errors.ts';
import * as e from './encode.ts';
import { fixture } from './fixtures.ts';
import { decode, encode, type Field, flatten } from './wire-tree.ts';

// Files that are nearly right get further into the analysis than noise does. Each of these is changed in a few of its
// fields, and may then be refused, or analyzed as whatever it has become; nothing else.

/** A file with what exports of today do not have: functions, branches and operators of an old set. */
function unusual(): e.Bytes {
  const branch = (op: string): e.Bytes => e.graph({ nodes: [e.node(op, ['t'], ['r'])], outputs: [e.value('r', 1, [1, 4])] });
  const choice = [e.graphAttribute('then_branch', branch('Relu')), e.graphAttribute('else_branch', branch('Abs'))];
  const inner = e.localFunction('inner', {
    inputs: ['a'],
    outputs: ['b'],
    defaults: [e.attribute('axis', 1)],
    opset: 11,
    nodes: [e.node('Softmax', ['a'], ['b'], { attributes: [e.reference('axis', 'axis', 2)] })],
  });
  const outer = e.localFunction('outer', {
    inputs: ['a', 'c'],
    outputs: ['b'],
    nodes: [
      e.node('inner', ['a'], ['t'], { domain: 'own' }),
      e.node('If', ['c'], ['u'], { attributes: choice }),
      e.node('inner', ['u'], ['b'], { domain: 'own', attributes: [e.attribute('axis', 0)] }),
    ],
  });
  const nodes = [
    e.node('Shape', ['x'], ['s']),
    e.node('Slice', ['s'], ['n'], { attributes: [e.attribute('starts', [0]), e.attribute('ends', [1])] }),
    e.node('Concat', ['n', 'rest'], ['target'], { attributes: [e.attribute('axis', 0)] }),
    e.node('Reshape', ['x', 'target'], ['flat']),
    e.node('Split', ['flat'], ['p', 'q'], { attributes: [e.attribute('axis', 1), e.attribute('split', [4, 4])] }),
    e.node('outer', ['p', 'c'], ['y'], { domain: 'own' }),
    e.node('Unsqueeze', ['q'], ['z'], { attributes: [e.attribute('axes', [0])] }),
  ];
  const initializers = [e.tensor('rest', 7, [1], e.bytes(9, e.int64(-1)))];
  const inputs = [e.value('x', 1, ['N', 2, 4]), e.value('c', 9, [])];
  const outputs = [e.value('y', 1, ['N', 4]), e.value('z', 1, [1, 'N', 4])];
  const values = [e.value('flat', 1, ['N', 8]), e.value('s', 7, [3])];
  return e.join(inner, outer, e.model(e.graph({ nodes, initializers, inputs, outputs, values }), 9));
}

const files = [unusual(), ...['tiny', 'unet', 'transformer', 'vgg16'].map(fixture)];
const trees = files.map((file) => decode(file, 'model'));

const NUMBERS = [
  0n,
  1n,
  2n,
  3n,
  7n,
  9n,
  16n,
  255n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 53n,
  2n ** 63n - 1n,
  -1n,
  -2n,
  -(2n ** 31n),
  -(2n ** 63n),
];
const OPS = [...operators().map(({ op }) => op), 'If', 'Loop', 'Scan', 'Upsample', 'Tile', 'inner', 'outer'].map((op) => Buffer.from(op));

interface Mutation {
  readonly at: number;
  readonly what: 'delete' | 'duplicate' | 'swap' | 'change' | 'change again';
  readonly by: number;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(),
  what: fc.constantFrom('delete', 'duplicate', 'swap', 'change', 'change again'),
  by: fc.nat(),
});

function mutate(tree: Field[], { at, what, by }: Mutation): void {
  const all = flatten(tree);
  const { field, among } = all[at % all.length] as (typeof all)[number];
  const place = among.indexOf(field);
  if (what === 'delete') among.splice(place, 1);
  else if (what === 'duplicate') among.splice(by % (among.length + 1), 0, structuredClone(field));
  else if (what === 'swap') {
    const other = by % among.length;
    [among[place], among[other]] = [among[other] as Field, field];
  } else change(field, by, all);
}

/** Puts another number, operator or name of the file into a field. */
function change(field: Field, by: number, all: readonly { readonly field: Field }[]): void {
  const { kind, value } = field;
  if (kind === 'int') field.value = NUMBERS[by % NUMBERS.length] as bigint;
  else if (kind === 'op') field.value = OPS[by % OPS.length] as Buffer;
  else if (value instanceof Uint8Array && field.wire === 2 && kind !== 'data') {
    const others = all.filter((other) => other.field.kind === kind);
    field.value = (others[by % others.length] as { field: Field }).field.value;
  } else if (value instanceof Uint8Array && value.length > 0) {
    const bytes = Uint8Array.from(value);
    bytes[by % bytes.length] = by >>> 8;
    field.value = bytes;
  }
}

const LIMITS = { keptBytes: 2 ** 23, nodes: 5000, deadlineMs: 5000 };
const SECONDS = 5;

function outcome(file: e.Bytes): string {
  try {
    const { graph } = e.read(file, LIMITS);
    const { status } = analyze({ graph, format: 'onnx', name: '', bytes: file.length, sha256: '' });
    return status;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (!Object.hasOwn(ERRORS, error.code)) throw new Error(`the code ${error.code} is in no table`, { cause: error });
    return error.code;
  }
}

t.test('trees are written as they were read', async (t) => {
  for (const [k, file] of files.entries()) t.ok(Buffer.from(encode(trees[k] as Field[])).equals(file));
});

t.test('files with some of their fields changed are refused or analyzed', async (t) => {
  const outcomes = new Map<string, number>();
  const runs = Number(process.env.FOVEA_FUZZ_RUNS ?? 400);
  const before = process.memoryUsage().heapUsed;
  fc.assert(
    fc.property(fc.nat(trees.length - 1), fc.array(mutation, { minLength: 1, maxLength: 6 }), (which, mutations) => {
      const tree = structuredClone(trees[which] as Field[]);
      for (const m of mutations) mutate(tree, m);
      const file = encode(tree);
      const start = performance.now();
      const result = outcome(file);
      if (performance.now() - start > SECONDS * 1000) throw new Error(`takes more than ${SECONDS} s`);
      outcomes.set(result, (outcomes.get(result) ?? 0) + 1);
    }),
    { numRuns: runs },
  );
  const grown = process.memoryUsage().heapUsed - before;
  t.ok(grown < 300 * 2 ** 20, `${Math.round(grown / 2 ** 20)} MiB are left`);
  t.comment([...outcomes].map(([code, count]) => `${code}: ${count}`).join(', '));
  t.ok(outcomes.has('malformed-node') && outcomes.size >= 4, 'the files get far enough to be of use');
});
