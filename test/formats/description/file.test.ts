import t from 'tap';
import { description, readDescription } from '../../../src/formats/description/index.ts';
import type { Limits } from '../../../src/formats/format.ts';
import { LIMITS, network } from './lower.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

function read(text: string | Uint8Array, limits: Partial<Limits> = {}) {
  const reader = description.open({ ...LIMITS, ...limits });
  reader.push(typeof text === 'string' ? bytes(text) : text);
  return reader.end();
}

t.test('a file is a description if its first character opens an object', async (t) => {
  for (const text of ['{', ' \t\r\n{"a"', '\ufeff{']) t.ok(description.detect(bytes(text)), JSON.stringify(text));
  for (const text of ['', '   ', '[{', '"{', '\x08{', 'a{']) t.notOk(description.detect(bytes(text)), JSON.stringify(text));
});

t.test('a file comes in pieces of any size, which may be overwritten', async (t) => {
  const text = bytes(`\ufeff${JSON.stringify(network([1, 'é'], { type: 'ReLU' }))}`);
  const reader = description.open(LIMITS);
  const buffer = new Uint8Array(1);
  for (const byte of text) {
    buffer[0] = byte;
    reader.push(buffer);
  }
  t.same(reader.end(), { graph: readDescription(network([1, 'é'], { type: 'ReLU' }), LIMITS) });
});

t.test('what is not JSON is a fault at the byte where it stops being JSON', async (t) => {
  const cases: [string, number, string][] = [
    ['', 0, 'it ends too early'],
    ['{"a": ', 6, 'it ends too early'],
    ['{"é": x}', 7, 'unexpected "x"'],
    ['\ufeff{"a" 1}', 8, 'unexpected "1"'],
    ['{"a":1,}', 7, 'unexpected "}"'],
    ['{1:1}', 1, 'unexpected "1"'],
    ['{"a":[1,]}', 8, 'unexpected "]"'],
    ['{"a":[1}', 7, 'unexpected "}"'],
    ['{"a":{}, "b":[] ]', 16, 'unexpected "]"'],
    ['{"a":[[],{}]} 1', 14, 'unexpected "1"'],
    ['{"a":1},', 7, 'unexpected ","'],
    ['{"a":01}', 6, 'unexpected "1"'],
    ['{"a":"\\x"}', 5, 'unexpected "\\""'],
    ['{"a":"\n"}', 5, 'unexpected "\\""'],
    ['{"a":"\\n\\u00e9b\\"", x}', 20, 'unexpected "x"'],
    ['{"a":"\\n', 5, 'unexpected "\\""'],
    [`{"a":"${'\\n'.repeat(100_000)}`, 5, 'unexpected "\\""'],
    ['{"a"::1}', 5, 'unexpected ":"'],
    ['{"a":1 "b":2}', 7, 'unexpected "\\""'],
  ];
  for (const [text, offset, what] of cases) {
    t.throws(() => read(text), { code: 'malformed-file', message: `not valid JSON: ${what} at byte ${offset}`, spot: { offset } }, text);
  }
  t.throws(() => read('['.repeat(500_000)), { code: 'malformed-file', message: 'not valid JSON' }, 'no long search');
  t.throws(() => read(new Uint8Array([0x7b, 0xff])), { code: 'malformed-file', message: 'not valid JSON: the text is not UTF-8' });
});

t.test('every limit is a fault', async (t) => {
  const small = network([1], { type: 'ReLU' });
  const exceeds = (document: unknown, limits: Partial<Limits>, message: string) =>
    t.throws(
      () => readDescription(document, { ...LIMITS, ...limits }),
      { code: 'limit-exceeded', message: `the description is too large: ${message}` },
      message,
    );
  t.throws(() => read(JSON.stringify(small), { jsonBytes: 10 }), {
    code: 'limit-exceeded',
    message: 'the description is larger than 10 bytes',
  });
  exceeds(small, { fields: 5 }, 'more than 5 values');
  exceeds(small, { depth: 1 }, 'brackets nest deeper than 1');
  exceeds({ ...small, name: 'é'.repeat(20) }, { nameBytes: 30 }, 'a name or string of more than 30 bytes');
  exceeds({ ['k'.repeat(31)]: 1 }, { nameBytes: 30 }, 'a name or string of more than 30 bytes');
  exceeds(network([1, 1, 1], { type: 'ReLU' }), { dims: 2 }, 'a tensor of more than 2 axes');
  exceeds(network([1], { type: 'Add', from: ['x', { dtype: 'float32', shape: [1, 1, 1] }] }), { dims: 2 }, 'a tensor of more than 2 axes');
  exceeds(small, { deadlineMs: -1 }, 'it takes more than -1 ms to read');
  exceeds(network([1], { type: 'ReLU', repeat: 2 ** 31 - 1 }), {}, 'more than 10000 nodes');
  const attributes = { a: 'x'.repeat(100), b: ['y'.repeat(100), 'z'], c: [1, 2], d: { dtype: 'int8', shape: [2], data: [1, 2] } };
  exceeds(
    network([1], { type: 'onnx.A', attributes, repeat: 9999 }),
    { keptBytes: 10_000 },
    'its names, attributes and small tensors take more than 10000 bytes',
  );
});

t.test('blocks in blocks do not explode', async (t) => {
  const names = Array.from({ length: 30 }, (_, k) => `b${k}`);
  const use = (block: string) => ({ type: 'block', block, name: block, repeat: 1000 });
  const blocks = Object.fromEntries(names.map((name, k) => [name, { layers: [k === 29 ? { type: 'ReLU' } : use(`b${k + 1}`)] }]));
  t.throws(() => readDescription({ ...network([1], use('b0')), blocks }, LIMITS), {
    code: 'limit-exceeded',
    message: /more than 10000 nodes/,
  });
  t.throws(() => readDescription({ ...network([1], use('b0')), blocks }, { ...LIMITS, depth: 8 }), {
    code: 'limit-exceeded',
    message: 'the description is too large: blocks nest deeper than 8 (in "b0/0/b1/0/b2/0/b3/0/b4/0/b5/0/b6/0/b7/0")',
    spot: { pointer: '/blocks/b7/layers/0' },
  });
});

t.test('names of what every object inherits are names like any other', async (t) => {
  const text = `{ "inputs": { "__proto__": [1], "constructor": [1] },
    "blocks": { "toString": { "parameters": { "__proto__": "ReLU" }, "layers": [{ "type": "$__proto__", "name": "valueOf" }] } },
    "layers": [
      { "type": "block", "block": "toString", "from": "__proto__", "with": { "__proto__": "Tanh" }, "name": "hasOwnProperty" },
      { "type": "onnx.A", "attributes": { "__proto__": 1 }, "from": ["constructor", "hasOwnProperty"] } ] }`;
  const { nodes } = read(text).graph;
  t.same(
    nodes.map(({ op, inputs, attributes }) => [op, inputs, [...attributes]]),
    [
      ['Tanh', ['__proto__'], []],
      ['A', ['constructor', 'hasOwnProperty/valueOf'], [['__proto__', 1]]],
    ],
  );
  t.equal(({} as { a?: unknown }).a, undefined);
});
