import t, { type Test } from 'tap';
import type { Constant } from '../../../src/core/graph.ts';
import type { Reading } from '../../../src/formats/format.ts';
import { onnx } from '../../../src/formats/onnx/index.ts';
import * as e from './encode.ts';

/** A file; given something to pad its innermost message with, so that nothing in it is read in one go. */
type File = (padding: e.Bytes) => e.Bytes;

// Every rule is tried in one go, byte by byte and with messages larger than the window, as these take different ways.
function everyWay(name: string, file: File | e.Bytes, check: (t: Test, read: () => Reading) => void): void {
  const build = typeof file === 'function' ? file : () => file;
  const small = build(Buffer.alloc(0));
  const large = build(e.bytes(500, new Uint8Array(70_000)));
  t.test(name, async (t) => {
    check(t, () => e.read(small));
    check(t, () => e.read(small, {}, 1));
    check(t, () => e.read(large));
    check(t, () => e.read(large, {}, 1000));
  });
}

const graphOf = (...parts: e.Bytes[]): File => {
  return (padding) => e.join(e.int(1, 8), e.message(7, ...parts, padding), e.message(8, e.int(2, 17)));
};
const attributeOf = (attribute: e.Bytes): File => {
  return (padding) => graphOf(e.bytes(1, e.node('Op', [], ['y'], { attributes: [e.join(padding, attribute)] })))(Buffer.alloc(0));
};
const constantOf = (tensor: e.Bytes): File => {
  return (padding) => graphOf(e.message(5, padding, tensor))(Buffer.alloc(0));
};

const first = (read: () => Reading): Constant => read().graph.constants.values().next().value as Constant;
const held = (read: () => Reading, name = 'a'): unknown => read().graph.nodes[0]?.attributes.get(name);

everyWay(
  'unknown fields of every wire type are skipped',
  graphOf(
    e.int(100, 5),
    e.join(e.tag(101, 1), e.float64(1)),
    e.text(102, 'something'),
    e.float(103, 1),
    e.bytes(1, e.node('Relu', [], ['y'])),
  ),
  (t, read) => t.equal(read().graph.nodes.length, 1),
);

everyWay('a known field of another wire type is an unknown field', graphOf(e.int(1, 5), e.int(2, 1), e.float(11, 2)), (t, read) => {
  t.strictSame(read().graph.nodes, []);
});

for (const wire of [3, 4]) {
  everyWay(`groups (wire type ${wire}) are rejected`, graphOf(e.tag(9, wire)), (t, read) => {
    t.throws(read, { code: 'malformed-file', message: /groups/, spot: { offset: Number } });
  });
}
for (const wire of [6, 7]) {
  everyWay(`wire type ${wire} does not exist`, graphOf(e.tag(9, wire)), (t, read) => t.throws(read, { code: 'malformed-file' }));
}
everyWay('field number 0 is rejected', graphOf(e.tag(0, 2), e.varint(0)), (t, read) => {
  t.throws(read, { code: 'malformed-file', message: /field number/ });
});
everyWay('field numbers have 29 bits', graphOf(e.varint(2n ** 33n), e.varint(0)), (t, read) => t.throws(read, { code: 'malformed-file' }));

everyWay(
  'fields come in any order',
  e.join(
    e.message(8, e.int(2, 13)),
    e.message(
      7,
      e.bytes(12, e.value('y')),
      e.bytes(1, e.join(e.text(4, 'Relu'), e.text(2, 'y'), e.text(1, 'x'))),
      e.bytes(11, e.value('x')),
    ),
    e.int(1, 7),
  ),
  (t, read) => {
    const { graph, opset } = read();
    t.equal(opset, 13);
    t.match(graph.nodes, [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }]);
  },
);

const numbers = [1, 127, 128, 300, 2 ** 40, -1];
for (const [how, field] of [
  ['packed', e.packed(8, numbers)],
  ['unpacked', e.unpacked(8, numbers)],
  ['packed in several chunks', e.join(e.packed(8, numbers.slice(0, 2)), e.packed(8, []), e.packed(8, numbers.slice(2)))],
  ['mixed', e.join(e.packed(8, numbers.slice(0, 3)), e.unpacked(8, numbers.slice(3)))],
] as const) {
  everyWay(`repeated integers, ${how}`, attributeOf(e.attribute('a', field, 7)), (t, read) => t.strictSame(held(read), numbers));
}
for (const [how, field] of [
  ['packed', e.bytes(7, e.float32(0.5, -2))],
  ['unpacked', e.join(e.float(7, 0.5), e.float(7, -2))],
] as const) {
  everyWay(`repeated floats, ${how}`, attributeOf(e.attribute('a', field, 6)), (t, read) => t.strictSame(held(read), [0.5, -2]));
}

everyWay(
  'a packed field longer than the window',
  attributeOf(
    e.attribute(
      'a',
      e.packed(
        8,
        Array.from({ length: 50_000 }, (_, i) => i * 7),
      ),
      7,
    ),
  ),
  (t, read) => {
    const values = held(read) as number[];
    t.equal(values.length, 50_000);
    t.ok(values.every((v, i) => v === i * 7));
  },
);
everyWay(
  'a packed float field longer than the window',
  attributeOf(e.attribute('a', e.bytes(7, e.float32(...Array.from({ length: 40_000 }, (_, i) => i))), 6)),
  (t, read) => {
    t.ok((held(read) as number[]).every((v, i) => v === i));
  },
);

everyWay(
  'a graph that is there twice is merged',
  e.join(
    e.int(1, 8),
    e.message(7, e.text(2, 'first'), e.bytes(11, e.value('x')), e.bytes(1, e.node('Relu', ['x'], ['y']))),
    e.message(8, e.int(2, 17)),
    e.message(7, e.text(2, 'second'), e.bytes(1, e.node('Relu', ['y'], ['z'])), e.bytes(12, e.value('z'))),
  ),
  (t, read) => {
    const { graph } = read();
    t.equal(graph.name, 'second');
    t.equal(graph.nodes.length, 2);
    t.equal(graph.inputs.length, 1);
    t.equal(graph.outputs.length, 1);
  },
);
everyWay(
  'every singular message is merged',
  graphOf(
    e.bytes(
      1,
      e.node('Op', [], ['y'], {
        attributes: [
          e.join(e.text(1, 't'), e.message(5, e.int(2, 7), e.int(1, 1)), e.message(5, e.int(1, 2), e.packed(7, [5, 6])), e.int(20, 4)),
          e.join(e.text(1, 'g'), e.message(6, e.text(2, 'g')), e.message(6, e.bytes(1, e.node('Op', [], ['z']))), e.int(20, 5)),
          e.join(
            e.text(1, 's'),
            e.message(22, e.packed(3, [4])),
            e.message(22, e.message(1, e.int(2, 1)), e.message(1, e.text(8, 'n'))),
            e.int(20, 11),
          ),
        ],
      }),
    ),
    e.message(
      11,
      e.text(1, 'x'),
      e.message(2, e.message(1, e.int(1, 1))),
      e.message(2, e.message(1, e.message(2, e.message(1, e.int(1, 3))), e.message(2, e.message(1, e.int(1, 4))))),
    ),
  ),
  (t, read) => {
    t.match(held(read, 't'), { dtype: 'int64', shape: [1, 2], data: [5, 6] });
    t.match(held(read, 'g'), { name: 'g', nodes: [{ op: 'Op' }] });
    t.match(held(read, 's'), { name: 'n', dtype: 'float32', shape: [4], data: null });
    t.strictSame(read().graph.inputs, [{ name: 'x', dtype: 'float32', shape: [3, 4] }]);
  },
);

everyWay(
  'of a repeated scalar the last one wins',
  attributeOf(e.join(e.text(1, 'b'), e.int(3, 1), e.int(20, 1), e.text(1, 'a'), e.int(3, 2), e.int(20, 2))),
  (t, read) => {
    t.equal(held(read), 2);
  },
);

for (const [value, want] of [
  [-1n, -1],
  [2n ** 53n - 1n, 2 ** 53 - 1],
  [2n ** 53n, 2n ** 53n],
  [2n ** 63n - 1n, 2n ** 63n - 1n],
  [-(2n ** 63n), -(2n ** 63n)],
  [-(2n ** 53n) - 1n, -(2n ** 53n) - 1n],
  [2n ** 32n, 2 ** 32],
  [2n ** 31n, 2 ** 31],
  [2n ** 28n, 2 ** 28],
  [-(2n ** 31n), -(2 ** 31)],
] as const) {
  everyWay(`the integer ${value} is exact`, attributeOf(e.attribute('a', e.int(3, value), 2)), (t, read) => t.equal(held(read), want));
}
everyWay(
  'a varint may be longer than it has to be',
  attributeOf(e.attribute('a', e.join(e.tag(3, 0), Uint8Array.of(0x85, 0x80, 0x00)), 2)),
  (t, read) => {
    t.equal(held(read), 5);
  },
);
everyWay(
  'a varint of eleven bytes is rejected',
  attributeOf(e.attribute('a', e.join(e.tag(3, 0), new Uint8Array(10).fill(0x80), Uint8Array.of(0)), 2)),
  (t, read) => {
    t.throws(read, { code: 'malformed-file', message: /ten bytes/ });
  },
);

everyWay('text that is not UTF-8 is replaced', graphOf(e.bytes(2, Uint8Array.of(0x61, 0xff, 0x62))), (t, read) => {
  t.equal(read().graph.name, 'a\ufffdb');
});
everyWay('text may be anything that UTF-8 has', graphOf(e.text(2, '\ufeffÜ𝛑')), (t, read) => t.equal(read().graph.name, '\ufeffÜ𝛑'));

everyWay(
  'a length past the end of its message is truncated',
  e.join(e.message(7, e.tag(2, 2), e.varint(100), Buffer.from('abc')), e.bytes(14, new Uint8Array(200))),
  (t, read) => t.throws(read, { code: 'malformed-file', message: /truncated/, spot: { offset: Number } }),
);
everyWay('a length of 2^64 - 1 is truncated', graphOf(e.tag(2, 2), e.varint(-1)), (t, read) =>
  t.throws(read, { code: 'malformed-file', message: /truncated/ }),
);
everyWay(
  'a fixed number past the end of its message is truncated',
  e.join(e.message(7, e.tag(99, 5), Uint8Array.of(1, 2)), e.int(1, 8)),
  (t, read) => {
    t.throws(read, { code: 'malformed-file', message: /truncated/ });
  },
);
everyWay(
  'a number past the end of its packed field is truncated',
  attributeOf(e.attribute('a', e.bytes(8, Uint8Array.of(1, 0x80)), 7)),
  (t, read) => {
    t.throws(read, { code: 'malformed-file', message: /truncated/ });
  },
);

t.test('a truncated file says where', async (t) => {
  const file = e.model(e.graph({ nodes: [e.node('Relu', [], ['y'])] }));
  t.throws(() => e.read(file.subarray(0, 10)), { code: 'malformed-file', spot: { offset: 4 } });
  // In the length of the graph, and in a payload that is dropped.
  t.throws(() => e.read(file.subarray(0, 3)), { code: 'malformed-file', spot: { offset: 3 } });
  const large = e.model(e.graph({ initializers: [e.tensor('w', 1, [25_000], e.bytes(9, new Uint8Array(100_000)))] }));
  t.throws(() => e.read(large.subarray(0, 90_000)), { code: 'malformed-file', message: /truncated/ });
  t.throws(() => e.read(large.subarray(0, 90_000), {}, 1000), { code: 'malformed-file', message: /truncated/ });
});

t.test('a file that ends in a large field of the model is truncated', async (t) => {
  const file = e.join(e.model(e.graph({})), e.bytes(20, new Uint8Array(100_000)));
  for (const size of [Number.POSITIVE_INFINITY, 1000]) {
    t.throws(() => e.read(file.subarray(0, 90_000), {}, size), { code: 'malformed-file', message: /truncated/ });
    t.doesNotThrow(() => e.read(file, {}, size));
  }
});

t.test('a file without a graph', async (t) => {
  for (const file of [Buffer.alloc(0), e.int(1, 8), e.join(e.int(1, 8), e.message(8, e.int(2, 17)))]) {
    t.throws(() => e.read(file), { code: 'malformed-file', message: /no graph/ });
  }
});

t.test('a reader that has failed goes on failing', async (t) => {
  const reader = onnx.open(e.LIMITS);
  t.throws(() => reader.push(new Uint8Array(30)), { code: 'malformed-file' });
  t.throws(() => reader.end(), { code: 'malformed-file' });
  t.throws(() => reader.push(e.int(1, 8)), { code: 'malformed-file' });
});

everyWay(
  'a large payload is dropped, what follows it is read',
  constantOf(e.join(e.unpacked(1, [25_000]), e.int(2, 1), e.bytes(9, new Uint8Array(100_000)), e.text(8, 'w'))),
  (t, read) => {
    t.strictSame(first(read), { name: 'w', dtype: 'float32', shape: [25_000], data: null });
  },
);
everyWay(
  'a message larger than the window is descended into',
  attributeOf(e.tensorAttribute('a', e.join(e.tensor('', 1, [20_000], e.bytes(4, e.float32(...new Array(20_000).fill(1))))))),
  (t, read) => {
    t.match(held(read), { dtype: 'float32', shape: [20_000], data: null });
  },
);
everyWay(
  'large unknown fields are dropped',
  e.join(
    e.int(1, 8),
    e.bytes(26, new Uint8Array(80_000)),
    e.bytes(20, new Uint8Array(80_000)),
    e.bytes(7, e.graph({})),
    e.message(8, e.int(2, 17)),
  ),
  (t, read) => {
    t.strictSame(read().graph.diagnostics, []);
  },
);
