import fc from 'fast-check';
import t from 'tap';
import { addPrimitives, flopsOf, NO_OPERATIONS, type Primitives, primitives, validOf } from '../../../src/core/cost/counters.ts';
import type { Attribute, Shape } from '../../../src/core/graph.ts';
import type { Tensor } from '../../../src/core/operators/operator.ts';
import { data, floats, infer, type Sample, scalar, values, weight } from '../operators/harness.ts';

/** Primitives of one node, zeros included. */
function cost(op: string, inputs: Sample['inputs'], attributes: Readonly<Record<string, Attribute>> = {}): Primitives {
  const call = infer({ op, inputs, attributes });
  const counters = call.operator?.cost(call);
  if (!counters) throw new Error(`${op} has no cost`);
  return primitives(counters);
}

const sum = (...parts: readonly Primitives[]) => parts.reduce(addPrimitives, NO_OPERATIONS);

const x = data([1, 16, 8, 8]);
const n = 16 * 64;
const tokens = data([2, 10, 64]);
const row = weight(64);

/** A rule, a node, and what the rule says of it, worked out by hand. */
const RULES: readonly (readonly [
  rule: string,
  op: string,
  inputs: Sample['inputs'],
  attributes: Record<string, Attribute>,
  Partial<Primitives>,
])[] = [
  ['N O Cout Cin/g k', 'Conv', [x, weight(32, 16, 3, 3)], {}, { mac: 36 * 32 * 16 * 9 }],
  ['padded taps count', 'Conv', [x, weight(32, 16, 3, 3)], { pads: [1, 1, 1, 1] }, { mac: 64 * 32 * 16 * 9 }],
  ['dilation does not', 'Conv', [x, weight(32, 16, 3, 3)], { pads: [2, 2, 2, 2], dilations: [2, 2] }, { mac: 64 * 32 * 16 * 9 }],
  ['groups divide', 'Conv', [x, weight(32, 4, 3, 3)], { group: 4 }, { mac: 36 * 32 * 4 * 9 }],
  ['bias is an add', 'Conv', [x, weight(32, 16, 1, 1), weight(32)], {}, { mac: 64 * 32 * 16, add: 64 * 32 }],
  ['any rank', 'Conv', [data([2, 3, 9]), weight(4, 3, 5)], {}, { mac: 2 * 5 * 4 * 3 * 5 }],
  ['N I Cin Cout/g k', 'ConvTranspose', [x, weight(16, 8, 4, 4)], { strides: [2, 2], pads: [1, 1, 1, 1] }, { mac: 64 * 16 * 8 * 16 }],
  ['of groups', 'ConvTranspose', [x, weight(16, 1, 4, 4)], { strides: [2, 2], group: 16 }, { mac: 64 * 16 * 16 }],
  ['rows in out', 'Gemm', [data([7, 64]), weight(64, 128), weight(128)], {}, { mac: 7 * 64 * 128, add: 7 * 128 }],
  ['all leading axes are rows', 'MatMul', [tokens, weight(64, 128)], {}, { mac: 20 * 64 * 128 }],
  ['a left side that is broadcast costs each time', 'MatMul', [data([10, 8]), data([2, 4, 8, 12])], {}, { mac: 8 * 10 * 8 * 12 }],
  [
    'all labels, contracted',
    'Einsum',
    [data([2, 4, 10, 8]), data([2, 4, 12, 8])],
    { equation: 'bhid,bhjd->bhij' },
    { mac: 2 * 4 * 10 * 12 * 8 },
  ],
  ['none contracted', 'Einsum', [data([5]), data([7])], { equation: 'i,j->ij' }, { mul: 35 }],
  [
    'N h Sq Sk (dk + dv)',
    'Attention',
    [data([1, 4, 32, 16]), data([1, 4, 20, 16]), data([1, 4, 20, 8])],
    {},
    { mac: 4 * 32 * 20 * 24, mul: 4 * 52 * 16, cmp: 4 * 32 * 19, add: 4 * 32 * 39, exp: 4 * 32 * 20, div: 4 * 32 * 20 },
  ],
  [
    'shared heads of keys: by query heads',
    'Attention',
    [data([1, 8, 6, 16]), data([1, 2, 6, 16]), data([1, 2, 6, 16])],
    {},
    { mac: 8 * 36 * 32, mul: 8 * 12 * 16, cmp: 8 * 6 * 5, add: 8 * 6 * 11, exp: 8 * 36, div: 8 * 36 },
  ],
  ['lookups', 'Gather', [weight(100, 16), data([1, 10], 'int64')], {}, { load: 160 }],
  ['folded statistics', 'BatchNormalization', [x, ...Array<Tensor>(4).fill(weight(16))], {}, { mul: n, add: n }],
  [
    '3n - 1, 2n, 3, 1; affine n, n',
    'LayerNormalization',
    [tokens, row, row],
    {},
    { add: 20 * (3 * 64 - 1 + 64), mul: 20 * 3 * 64, div: 60, exp: 20 },
  ],
  [
    'rows of a group',
    'GroupNormalization',
    [x, weight(16), weight(16)],
    { num_groups: 4 },
    { add: 4 * (4 * 256 - 1), mul: 3 * n, div: 12, exp: 4 },
  ],
  ['rows of a channel', 'InstanceNormalization', [x, weight(16), weight(16)], {}, { add: 16 * (4 * 64 - 1), mul: 3 * n, div: 48, exp: 16 }],
  ['one', 'Relu', [x], {}, { cmp: n }],
  ['and the slope', 'LeakyRelu', [x], {}, { cmp: n, mul: n }],
  ['and the slope', 'PRelu', [x, weight(1)], {}, { cmp: n, mul: n }],
  ['each finite bound', 'Clip', [x, scalar(0, 'float32'), scalar(6, 'float32')], {}, { cmp: 2 * n }],
  ['one finite bound', 'Clip', [x, scalar(0, 'float32'), scalar(Number.POSITIVE_INFINITY, 'float32')], {}, { cmp: n }],
  ['logistic', 'Sigmoid', [x], {}, { exp: n, add: n, div: n }],
  ['two exponentials of one', 'Tanh', [x], {}, { exp: n, add: 2 * n, mul: n, div: n }],
  ['n - 1, 2n - 1, n, n', 'Softmax', [data([4, 1000])], {}, { cmp: 4 * 999, add: 4 * 1999, exp: 4000, div: 4000 }],
  ['k - 1', 'MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }, { cmp: 16 * 16 * 8 }],
  ['k - 1 and a division', 'AveragePool', [x], { kernel_shape: [2, 2], strides: [2, 2] }, { add: 16 * 16 * 3, div: 256 }],
  ['all of it', 'GlobalAveragePool', [x], {}, { add: 16 * 63, div: 16 }],
  ['n - 1', 'ReduceSum', [tokens, values([2])], {}, { add: 20 * 63 }],
  ['n - 1', 'ReduceMax', [tokens, values([2])], {}, { cmp: 20 * 63 }],
  ['n, n - 1, root', 'ReduceL2', [tokens, values([2])], {}, { mul: 1280, add: 20 * 63, exp: 20 }],
  ['nearest is movement', 'Resize', [x, undefined, floats([1, 1, 2, 2])], {}, {}],
  ['4 and 3', 'Resize', [x, undefined, floats([1, 1, 2, 2])], { mode: 'linear' }, { mul: 16 * n, add: 12 * n }],
  ['16 and 15', 'Resize', [x, undefined, floats([1, 1, 2, 2])], { mode: 'cubic' }, { mul: 64 * n, add: 60 * n }],
  ['4 and 3, coordinates 2 and 2', 'GridSample', [x, data([1, 8, 8, 2])], {}, { mul: 6 * n, add: 5 * n }],
  ['window + 1', 'LRN', [x], { size: 5 }, { mul: 6 * n, add: 5 * n, exp: n, div: n }],
  ['one', 'Add', [x, x], {}, { add: n }],
  ['one', 'Sub', [x, x], {}, { add: n }],
  ['one', 'Mul', [x, x], {}, { mul: n }],
  ['one', 'Div', [x, x], {}, { div: n }],
  ['transcendental', 'Pow', [x, data([])], {}, { exp: n }],
  ['a square is a product', 'Pow', [x, scalar(2, 'float32')], {}, { mul: n }],
  ...['Sqrt', 'Exp', 'Log', 'Erf', 'Sin'].map((op) => ['transcendental', op, [x], {}, { exp: n }] as const),
  ...['Min', 'Max', 'Less', 'Equal'].map((op) => ['comparison', op, [x, x], {}, { cmp: n }] as const),
  ['comparison', 'Where', [data([1, 16, 8, 8], 'bool'), x, x], {}, { cmp: n }],
  ...['Identity', 'Dropout', 'Flatten', 'Transpose'].map((op) => ['movement', op, [x], {}, {}] as const),
  ['movement', 'Reshape', [x, values([1, -1])], {}, {}],
  ['movement', 'Concat', [x, x], { axis: 1 }, {}],
  ['movement', 'Cast', [x], { to: 10 }, {}],
  ['movement', 'DepthToSpace', [x], { blocksize: 2 }, {}],
  ['movement', 'Expand', [x, values([4, 16, 8, 8])], {}, {}],
  ['movement', 'Pad', [x, values([0, 0, 1, 1, 0, 0, 1, 1])], {}, {}],
  ['movement', 'Slice', [x, values([0]), values([4]), values([1])], {}, {}],
];

t.test('the rule of each operator', async (t) => {
  for (const [rule, op, inputs, attributes, expected] of RULES) {
    t.strictSame(cost(op, inputs, attributes), { ...NO_OPERATIONS, ...expected }, `${op}: ${rule}`);
  }
});

t.test('recurrent layers: T N G H (In + H) for each direction', async (t) => {
  for (const [op, gates] of [
    ['RNN', 1],
    ['GRU', 3],
    ['LSTM', 4],
  ] as const) {
    const layer = (directions: number, features: number) => {
      const weights = [weight(directions, gates * 32, features), weight(directions, gates * 32, 32), weight(directions, 2 * gates * 32)];
      return cost(op, [data([10, 1, features]), ...weights], directions === 2 ? { direction: 'bidirectional' } : {}).mac;
    };
    t.equal(layer(1, 64), 10 * gates * 32 * 96);
    t.equal(layer(2, 64), 2 * 10 * gates * 32 * 96);
    t.equal(Number(layer(1, 64)) + Number(layer(1, 32)), 10 * gates * 32 * (96 + 64), 'two layers');
  }
});

/** An operator, and the nodes that it stands for. */
type Decomposition = readonly [op: string, attributes: Record<string, Attribute>, (shape: Shape) => Primitives];

const over = (shape: Shape, ...ops: readonly string[]) =>
  sum(...ops.map((op) => cost(op, ['Add', 'Sub', 'Mul', 'Div'].includes(op) ? [data(shape), data(shape)] : [data(shape)])));
const rowsOf = (shape: Shape): Shape => [...shape.slice(0, -1), 1];
const last = values([-1]);
const reduce = (op: string, shape: Shape) => cost(op, [data(shape), last]);
const square = (shape: Shape) => cost('Pow', [data(shape), scalar(2, 'float32')]);

const FUSED: readonly Decomposition[] = [
  ['Gelu', {}, (shape) => over(shape, 'Div', 'Erf', 'Add', 'Mul', 'Mul')],
  ['HardSigmoid', {}, (shape) => sum(over(shape, 'Mul', 'Add'), cost('Clip', [data(shape), scalar(0), scalar(1)]))],
  ['HardSwish', {}, (shape) => over(shape, 'HardSigmoid', 'Mul')],
  ['Swish', {}, (shape) => over(shape, 'Sigmoid', 'Mul')],
  ['Softplus', {}, (shape) => over(shape, 'Exp', 'Add', 'Log')],
  ['Mish', {}, (shape) => over(shape, 'Softplus', 'Tanh', 'Mul')],
  ['Softsign', {}, (shape) => over(shape, 'Abs', 'Add', 'Div')],
  ['Softmax', {}, (shape) => sum(reduce('ReduceMax', shape), over(shape, 'Sub', 'Exp', 'Div'), reduce('ReduceSum', shape))],
  [
    'LogSoftmax',
    {},
    (shape) => sum(reduce('ReduceMax', shape), over(shape, 'Sub', 'Exp', 'Sub'), reduce('ReduceSum', shape), over(rowsOf(shape), 'Log')),
  ],
];

const shapes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

t.test('a fused operator costs what the nodes cost that it stands for', async () => {
  fc.assert(
    fc.property(fc.constantFrom(...FUSED), shapes, ([op, attributes, parts], shape) => {
      return JSON.stringify(cost(op, [data(shape)], attributes)) === JSON.stringify(parts(shape));
    }),
    { numRuns: 300 },
  );
});

t.test('norms, written out, take divisions for products, and differ by one operation a row', async () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const features = [shape.at(-1) as number];
      const chain = sum(
        reduce('ReduceMean', shape),
        over(shape, 'Sub', 'Div', 'Mul', 'Add'),
        square(shape),
        reduce('ReduceMean', shape),
        over(rowsOf(shape), 'Add', 'Sqrt'),
      );
      const fused = cost('LayerNormalization', [data(shape), weight(...features), weight(...features)]);
      const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
      return Number(flopsOf(fused)) - Number(flopsOf(chain)) === rows && fused.add === chain.add && fused.exp === chain.exp;
    }),
  );
});

t.test('attention is two products, scaled, with Softmax between them', async () => {
  const small = fc.integer({ min: 1, max: 7 });
  fc.assert(
    fc.property(small, small, small, small, small, small, fc.boolean(), (batch, heads, queries, keys, depth, values, masked) => {
      const [q, k, v] = [
        [batch, heads, queries, depth],
        [batch, heads, keys, depth],
        [batch, heads, keys, values],
      ] as const;
      const scores = [batch, heads, queries, keys];
      const parts = sum(
        over(q, 'Mul'),
        over(k, 'Mul'),
        cost('MatMul', [data(q), data([batch, heads, depth, keys])]),
        ...(masked ? [over(scores, 'Add')] : []),
        cost('Softmax', [data(scores)]),
        cost('MatMul', [data(scores), data(v)]),
      );
      const fused = cost('Attention', [data(q), data(k), data(v), ...(masked ? [data([queries, keys])] : [])]);
      return JSON.stringify(fused) === JSON.stringify(parts);
    }),
  );
});

t.test('a convolution is a product of its windows with its weights, group by group', async () => {
  const small = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(small, small, small, small, fc.integer({ min: 1, max: 3 }), small, (batch, groups, perGroup, out, k, stride) => {
      const size = 9;
      const places = (Math.floor((size - k) / stride) + 1) ** 2;
      const conv = cost('Conv', [data([batch, groups * perGroup, size, size]), weight(groups * out, perGroup, k, k)], {
        group: groups,
        strides: [stride, stride],
      });
      const product = cost('MatMul', [data([batch, groups, places, perGroup * k * k]), weight(groups, perGroup * k * k, out)]);
      return conv.mac === product.mac;
    }),
  );
});

t.test('every rule is linear in the batch', async (t) => {
  for (const [rule, op, inputs, attributes] of RULES) {
    const first = inputs[0];
    const batched =
      op !== 'Gather' && op !== 'Expand' && first?.shape?.length !== 1 && !inputs.slice(1).some((input) => input && !input.constant);
    if (!batched || !first?.shape) continue;
    const [batch, ...rest] = first.shape as readonly [number, ...number[]];
    const larger = cost(op, [data([5 * batch, ...rest], first.dtype), ...inputs.slice(1)], attributes);
    const five = sum(...Array<Primitives>(5).fill(cost(op, inputs, attributes)));
    t.strictSame(larger, five, `${op}: ${rule}`);
  }
});

t.test('operations on padding are taken out, twice for a multiply-accumulate', async (t) => {
  t.strictSame(validOf({ ...NO_OPERATIONS, mac: 10, add: 3 }, 4), { macs: 6, flops: 15 });
  t.strictSame(validOf({ ...NO_OPERATIONS, cmp: 10 }, 4), { macs: 0, flops: 6 });
  t.strictSame(validOf({ ...NO_OPERATIONS, mac: 2n ** 60n }, 1), { macs: 2n ** 60n - 1n, flops: 2n ** 61n - 2n });
});
