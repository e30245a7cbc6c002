import t, { type Test } from 'tap';
import { type EffectiveField, effectiveField } from '../../../src/core/receptive-field/effective.ts';
import { type Asked, asked, conv, type Json, maxPool, same, TOKENS, times, transformerBlock } from './asked.ts';

const fieldOf = (question: Asked, unit?: readonly number[]): EffectiveField => effectiveField(question.trace, { ...question, unit });

function near(t: Test, found: number | null | undefined, wanted: number, digits: number, message?: string): void {
  t.ok(
    typeof found === 'number' && Math.abs(found - wanted) <= 10 ** -digits,
    `${message ?? ''} ${found} is ${wanted} to ${digits} digits`,
  );
}

const rounded = (x: number | null | undefined, digits: number) => (x == null ? null : Number(x.toFixed(digits)));

t.test('n convolutions of 3x3: sigma is sqrt(2n/3), and Luo sizes', async (t) => {
  const LUO = [
    [5, 8.307],
    [10, 11.705],
    [20, 16.155],
    [40, 22.738],
    [80, 32.265],
  ] as const;
  const fields = LUO.map(([n]) =>
    fieldOf(
      asked(
        times(n, () => [same(3)]),
        { shape: [1, 1, 161, 161] },
      ),
    ),
  );
  for (const [i, [n, luo]] of LUO.entries()) {
    const field = fields[i] as EffectiveField;
    const [h, w] = field.axes;
    t.match(field, { status: 'exact', cause: null, variant: 'uniform' });
    near(t, h?.sigma, Math.sqrt((2 * n) / 3), 12, `${n} layers`);
    near(t, h?.mean, 80, 12);
    t.equal(rounded(field.luoSize, 3), luo);
    t.match(h, { axis: 'H', size: 2 * n + 1, ratio: (4 * (h?.sigma ?? 0)) / (2 * n + 1), borderless: true, cause: null });
    t.same({ ...h, axis: 'W' }, w);
  }
  // The ratio to the theoretical size falls as 1 / sqrt(n).
  const slope = Math.log((fields[4]?.axes[0]?.ratio ?? 0) / (fields[0]?.axes[0]?.ratio ?? 1)) / Math.log(80 / 5);
  t.ok(Math.abs(slope + 0.468) < 0.01, `${slope}`);
});

t.test('sigma of chains, from the kernels, strides and dilations', async (t) => {
  const sigma = (layers: readonly Json[], shape = [1, 3, 224, 224]) => fieldOf(asked(layers, { shape })).axes[0]?.sigma;
  t.equal(rounded(sigma(times(10, () => [same(5)])), 3), 4.472);
  t.equal(rounded(sigma(times(10, () => [same(7)])), 3), 6.325);
  t.equal(rounded(sigma(times(64, () => [same(3)])), 3), 6.532);
  const vgg = [2, 2, 3, 3, 3].flatMap((convolutions) => [...times(convolutions, () => [same(3)]), maxPool(2)]);
  t.equal(rounded(sigma(vgg), 3), 27.639);
  const alexnet = [conv(11, 4, 2), maxPool(3, 2), same(5), maxPool(3, 2), ...times(3, () => [same(3)]), maxPool(3, 2)];
  near(t, sigma(alexnet), Math.sqrt(874), 12);
  const stage = (blocks: number, stride: number) => times(blocks, (i) => [conv(1), conv(3, i === 0 ? stride : 1, 1), conv(1)]);
  const resnet = [conv(7, 2, 3), maxPool(3, 2, 1), ...stage(3, 1), ...stage(4, 2), ...stage(6, 2), ...stage(3, 2)];
  t.equal(rounded(sigma(resnet), 3), 51.082, 'the main path of ResNet-50');
  t.equal(rounded(sigma([1, 2, 5, 1, 2, 7].map((d) => same(3, d))), 3), 7.483);
  t.equal(rounded(sigma([1, 2, 4, 8].map((d) => same(3, d))), 3), 7.528);
});

t.test('a residual block shares equally between the shortcut and the convolution', async (t) => {
  const blocks = times(20, (i) => [
    { ...same(3), name: `c${i}`, out_channels: 3 },
    { type: 'Add', name: `a${i}`, from: [`c${i}`, i === 0 ? 'x' : `a${i - 1}`] },
  ]);
  const field = fieldOf(asked(blocks));
  t.equal(rounded(field.axes[0]?.sigma, 3), 2.582);
  t.equal(field.axes[0]?.size, 41);
  const twice = fieldOf(asked([same(3), { type: 'ReLU', name: 'r' }, { type: 'Add', from: ['r', 'r'] }]));
  near(t, twice.axes[0]?.sigma, Math.sqrt(2 / 3), 12, 'Add(x, x) changes nothing');
  const thirds = [
    { ...same(3), name: 'a', from: 'x' },
    { ...same(5), name: 'b', from: 'x' },
    { ...same(1), name: 'c', from: 'x' },
    { type: 'onnx.Sum', from: ['a', 'b', 'c'] },
  ];
  near(t, fieldOf(asked(thirds)).axes[0]?.sigma, Math.sqrt((2 / 3 + 2) / 3), 12);
});

t.test('a constant is no branch, and the other input of a network is one', async (t) => {
  const other = { inputs: { y: [1, 4, 64, 64] } };
  const skip = (with_: unknown) => [
    { ...same(3), name: 'c', from: 'x' },
    { type: 'Add', from: ['c', with_], name: 's' },
    { ...same(1), name: 'direct', from: 'x' },
    { type: 'Add', from: ['s', 'direct'] },
  ];
  const constant = { dtype: 'float32', shape: [1], data: [1] };
  // Of the sum's half the convolution gets all; beside another input only half of it.
  near(t, fieldOf(asked(skip(constant), other)).axes[0]?.sigma, Math.sqrt((2 / 3) * (1 / 2)), 12);
  near(t, fieldOf(asked(skip('y'), other)).axes[0]?.sigma, Math.sqrt((2 / 3) * (1 / 3)), 12);
  const embedding = { inputs: { y: [1, 4, 1, 1] } };
  near(
    t,
    fieldOf(asked(skip('y'), embedding)).axes[0]?.sigma,
    Math.sqrt((2 / 3) * (1 / 2)),
    12,
    'what is added at every position is a gate',
  );
  const masked = skip('c').map((layer) => (layer.name === 's' ? { type: 'onnx.Trilu', from: ['c', 'k'], name: 's' } : layer));
  const diagonal = asked(masked, { inputs: { k: { shape: [], dtype: 'int64' } } });
  near(t, fieldOf(diagonal).axes[0]?.sigma, Math.sqrt((2 / 3) * (1 / 2)), 12, 'what says where to read is no branch');
});

t.test('Concat gives by channels, and by positions', async (t) => {
  const joined = (dim: number) => [
    { ...same(3), name: 'a', out_channels: dim === 1 ? 6 : 2, from: 'x' },
    { ...same(1), name: 'b', out_channels: 2, from: 'x' },
    { type: 'Concat', dim, from: ['a', 'b'] },
  ];
  near(t, fieldOf(asked(joined(1))).axes[0]?.sigma, Math.sqrt((2 / 3) * (6 / 8)), 12);
  const below = asked(joined(2));
  const [upper, lower] = [fieldOf(below, [10, 5]), fieldOf(below, [64 + 10, 5])];
  near(t, upper.axes[0]?.sigma, Math.sqrt(2 / 3), 12);
  t.match(upper.axes[0], { borderless: false, cause: /Concat/ });
  t.equal(lower.axes[0]?.sigma, 0);
  t.equal(lower.axes[0]?.mean, 10);
});

t.test('variants', async (t) => {
  const net = asked([
    { ...same(3), out_channels: 3 },
    { type: 'Add', from: ['conv2d_0', 'x'] },
  ]);
  const sigma = (variant: 'uniform' | 'random' | 'paths') => effectiveField(net.trace, { ...net, variant }).axes[0]?.sigma;
  near(t, sigma('uniform'), Math.sqrt(1 / 3), 12);
  near(t, sigma('random'), Math.sqrt(1 / 3), 12);
  near(t, sigma('paths'), Math.sqrt(6 / 10), 12, 'nine taps and one shortcut');
  const three = asked([
    { ...same(3), out_channels: 3, name: 'a' },
    { type: 'Add', from: ['a', 'x'], name: 's' },
    { ...same(1), out_channels: 3, name: 'b', from: 'x' },
    { type: 'Add', from: ['s', 'b'] },
  ]);
  near(t, effectiveField(three.trace, { ...three, variant: 'random' }).axes[0]?.sigma, Math.sqrt(2 / 9), 12, 'variances add: thirds');
  near(t, effectiveField(three.trace, { ...three }).axes[0]?.sigma, Math.sqrt(1 / 6), 12, 'a half of a half');
});

t.test('path counts far beyond the doubles stay finite', async (t) => {
  const deep = asked(
    times(600, (i) => [
      { ...same(3), name: `c${i}`, out_channels: 3 },
      { type: 'Add', name: `a${i}`, from: [`c${i}`, i === 0 ? 'x' : `a${i - 1}`] },
    ]),
    { shape: [1, 3, 16, 16] },
  );
  for (const variant of ['paths', 'random'] as const) {
    const field = effectiveField(deep.trace, { ...deep, variant });
    near(t, field.axes[0]?.sigma, Math.sqrt(600 * (variant === 'paths' ? 6 / 10 : 1 / 3)), 9);
    near(
      t,
      field.map?.values.reduce((a, b) => a + b, 0),
      1,
      4,
    );
  }
});

t.test('the map: real borders, the share of padding, its sides and its area ratios', async (t) => {
  const [one] = [asked([same(3)], { shape: [1, 1, 8, 10] })];
  const corner = fieldOf(one, [0, 0]);
  t.same(corner.map, { start: [0, 0], shape: [2, 2], scale: 1, values: [0.25, 0.25, 0.25, 0.25] });
  near(t, corner.paddingShare, 5 / 9, 12);
  near(t, corner.axes[0]?.sigma, Math.sqrt(2 / 3), 12, 'borders do not blur sigma');
  t.same(corner.sides, [
    { mass: 0.5, side: 2, share: 4 / 80 },
    { mass: 0.95, side: 2, share: 4 / 80 },
    { mass: 0.99, side: 2, share: 4 / 80 },
  ]);
  near(t, fieldOf(asked([same(5)], { shape: [1, 1, 8, 10] }), [0, 0]).paddingShare, 16 / 25, 12);
  const middle = fieldOf(one);
  t.same(middle.unit, [
    { axis: 2, size: 8, index: 4 },
    { axis: 3, size: 10, index: 5 },
  ]);
  t.same(middle.map, { start: [3, 4], shape: [3, 3], scale: 1, values: Array(9).fill(0.111111) });
  t.equal(middle.paddingShare, 0);
  t.equal(middle.luoSize, 3);
  t.same(
    middle.sides?.map(({ side }) => side),
    [3, 3, 3],
  );
  t.same(middle.areaRatios?.[0], { mass: 0.2, side: 3, ratio: 9 / 80 });
  t.same(corner.areaRatios?.[3], { mass: 0.99, side: null, ratio: null }, 'it does not lie around the centre of the image');
});

t.test('area ratios are those of the loop that RepLKNet runs over its map', async (t) => {
  for (const [shape, unit] of [
    [[1, 1, 21, 27], undefined],
    [
      [1, 1, 20, 26],
      [8, 15],
    ],
  ] as const) {
    const { map, areaRatios } = fieldOf(asked([conv(3, 1, 1), conv([5, 3], 1, [2, 1]), maxPool(3, 1, 1)], { shape }), unit);
    const [h, w] = [shape[2], shape[3]];
    const at = (y: number, x: number) => {
      const [i, j] = [y - (map?.start[0] ?? 0), x - (map?.start[1] ?? 0)];
      const inside = i >= 0 && j >= 0 && i < (map?.shape[0] ?? 0) && j < (map?.shape[1] ?? 0);
      return inside ? (map?.values[i * (map.shape[1] as number) + j] ?? 0) : 0;
    };
    const expected = [0.2, 0.3, 0.5, 0.99].map((mass) => {
      for (let i = 1; i < h >> 1; i++) {
        let held = 0;
        for (let y = (h >> 1) - i; y <= (h >> 1) + i; y++) for (let x = (w >> 1) - i; x <= (w >> 1) + i; x++) held += at(y, x);
        if (held > mass) return { mass, side: 2 * i + 1, ratio: ((2 * i + 1) / h) * ((2 * i + 1) / w) };
      }
      return { mass, side: null, ratio: null };
    });
    t.same(
      areaRatios?.map(({ mass, side }) => [mass, side]),
      expected.map(({ mass, side }) => [mass, side]),
    );
    for (const [i, { ratio }] of expected.entries()) if (ratio !== null) near(t, areaRatios?.[i]?.ratio, ratio, 12);
  }
});

t.test('sides and Luo size in one dimension and in three', async (t) => {
  const line = fieldOf(asked([{ type: 'Conv1d', out_channels: 2, kernel_size: 5, padding: 2 }], { shape: [1, 1, 40] }));
  t.match(line, { luoSize: 5, areaRatios: null, map: { start: [18], shape: [5], values: [0.2, 0.2, 0.2, 0.2, 0.2] } });
  t.same(line.sides?.[0], { mass: 0.5, side: 3, share: 3 / 40 });
  const volume = fieldOf(asked([{ type: 'Conv3d', out_channels: 2, kernel_size: 3, padding: 1 }], { shape: [1, 1, 9, 9, 9] }));
  t.equal(rounded(volume.luoSize, 12), 3);
  t.same(volume.sides?.[2], { mass: 0.99, side: 3, share: 27 / 729 });
  t.equal(volume.map?.values.length, 27);
});

t.test('of three axes the last two together, and the first on its own, summed over the rest', async (t) => {
  const conv3 = (kernel: readonly number[], padding: readonly number[], more: Json = {}): Json => ({
    type: 'Conv3d',
    out_channels: 2,
    kernel_size: kernel,
    padding,
    ...more,
  });
  // No outer product: the branches are a rod along D and a plane, near a border.
  const crossed = [
    conv3([3, 3, 3], [1, 1, 1], { name: 'stem' }),
    conv3([5, 1, 1], [2, 0, 0], { name: 'rod', from: 'stem' }),
    conv3([1, 3, 5], [0, 1, 2], { name: 'plane', from: 'stem' }),
    { type: 'Add', from: ['rod', 'plane'] },
  ];
  const field = fieldOf(asked(crossed, { shape: [1, 1, 9, 10, 11] }), [1, 0, 5]);
  const { start = [], shape = [], values = [] } = field.map ?? {};
  const [d = 0, h = 0, w = 0] = shape;
  const at = (i: number, j: number, k: number) => values[(i * h + j) * w + k] as number;
  const sums = (n: number, sum: (i: number) => number) => Array.from({ length: n }, (_, i) => sum(i));
  const total = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  const [depth, plane] = field.marginals ?? [];
  t.match(depth, { axes: ['D'], map: { start: [start[0]], shape: [d], scale: 1 } });
  t.match(plane, { axes: ['H', 'W'], map: { start: start.slice(1), shape: [h, w], scale: 1 } });
  for (let i = 0; i < d; i++) near(t, depth?.map.values[i], total(values.slice(i * h * w, (i + 1) * h * w)), 4);
  for (let i = 0; i < h * w; i++) near(t, plane?.map.values[i], total(sums(d, (k) => at(k, Math.floor(i / w), i % w))), 5);
  const large = fieldOf(
    asked(
      times(24, () => [conv3([3, 3, 3], [1, 1, 1])]),
      { shape: [1, 1, 64, 64, 64] },
    ),
  );
  t.match(large, { map: { scale: 2 }, marginals: [{ map: { scale: 1, shape: [49] } }, { map: { scale: 1, shape: [49, 49] } }] });
  const [rod, square] = large.marginals ?? [];
  const binomial = (values: readonly number[] = []) => Math.sqrt(total(values.map((value, i) => value * (i - 24) ** 2)));
  near(t, binomial(rod?.map.values), Math.sqrt(24 * (2 / 3)), 4);
  for (const [i, value] of (square?.map.values ?? []).entries()) {
    const product = (rod?.map.values[Math.floor(i / 49)] as number) * (rod?.map.values[i % 49] as number);
    if (Math.abs(value - product) > 1e-6) t.fail(`a chain is an outer product, at ${i}: ${value} instead of ${product}`);
  }
  t.equal(fieldOf(asked([same(3)])).marginals, null);
});

t.test('sigma of a deep chain takes no array of its size', async (t) => {
  const deep = asked(
    times(3000, (i) => [{ type: 'Conv1d', out_channels: 1, kernel_size: 3, padding: 1, name: `c${i}` }]),
    { shape: [1, 1, 4] },
  );
  near(t, fieldOf(deep).axes[0]?.sigma, Math.sqrt(2000), 10);
  const up = (i: number): Json => ({
    type: 'ConvTranspose1d',
    out_channels: 1,
    kernel_size: 5,
    stride: 2,
    padding: 2,
    output_padding: 1,
    name: `u${i}`,
  });
  const decoder = asked(
    [...times(3, (i) => [up(i)]), ...times(8, () => [{ type: 'Conv1d', out_channels: 1, kernel_size: 3, padding: 1 }])],
    {
      shape: [1, 1, 64],
    },
  );
  const inner = fieldOf(decoder, [261]);
  const { start = [], values = [] } = inner.map ?? {};
  const mean = values.reduce((sum, value, i) => sum + value * ((start[0] as number) + i), 0);
  near(t, inner.axes[0]?.mean, mean, 4, 'the phases of a decoder');
  near(t, inner.axes[0]?.sigma, Math.sqrt(values.reduce((sum, value, i) => sum + value * ((start[0] as number) + i - mean) ** 2, 0)), 4);
});

t.test('a causal chain looks back', async (t) => {
  const tcn = [1, 2, 4].map((d): Json => ({ type: 'Conv1d', out_channels: 2, kernel_size: 2, dilation: d, padding: [[d, 0]] }));
  const question = asked(tcn, { shape: [1, 1, 50] });
  const field = fieldOf(question, [20]);
  t.match(field.axes, [{ axis: 'T', size: 8, mean: 16.5 }]);
  near(t, field.axes[0]?.sigma, Math.sqrt((1 + 4 + 16) / 4), 12);
  t.same(field.map, { start: [13], shape: [8], scale: 1, values: Array(8).fill(0.125) });
  near(t, fieldOf(question, [1]).paddingShare, 6 / 8, 12);
});

t.test('channels last by Transpose: the same field', async (t) => {
  const plain = fieldOf(asked([conv(3, 2, 1), same(5)], { shape: [1, 3, 32, 30] }));
  const last = fieldOf(
    asked([{ type: 'Permute', dims: [0, 3, 1, 2] }, conv(3, 2, 1), same(5), { type: 'Permute', dims: [0, 2, 3, 1] }], {
      shape: [1, 32, 30, 3],
    }),
  );
  t.same(
    last.unit.map(({ axis }) => axis),
    [1, 2],
  );
  t.same({ ...last, unit: plain.unit }, { ...plain, target: last.target });
});

t.test('gates and statistics are left out, pooling into a dense layer is not', async (t) => {
  const gated = [
    { ...same(3), name: 'c' },
    { type: 'AdaptiveAvgPool2d', output_size: 1 },
    conv(1),
    { type: 'Sigmoid', name: 'gate' },
    { type: 'Multiply', from: ['c', 'gate'] },
    { type: 'InstanceNorm2d' },
    same(3),
  ];
  const field = fieldOf(asked(gated));
  t.match(field.axes[0], { size: 5, borderless: true });
  near(t, field.axes[0]?.sigma, Math.sqrt(4 / 3), 12);
  t.match(fieldOf(asked(gated, { target: 'gate' })), { status: 'exact', unit: [] }, 'the gate itself is no gate to itself');
  const classifier = [same(3), { type: 'AdaptiveAvgPool2d', output_size: 1 }, { type: 'Flatten' }, { type: 'Linear', out_features: 10 }];
  const all = fieldOf(asked(classifier, { shape: [1, 3, 10, 10] }));
  t.match(all, { status: 'exact', unit: [], axes: [{ size: 10, borderless: false, cause: /AveragePool/ }, {}] });
  t.same(all.map?.shape, [10, 10]);
  const values = all.map?.values ?? [];
  near(t, (values[0] ?? 0) / (values[55] ?? 1), 4 / 9, 5, 'a corner is read by four of nine taps');
  near(t, all.axes[0]?.mean, 4.5, 12);
});

t.test('what depends on the source through a gate only shows nothing of it', async (t) => {
  const gating = [
    { type: 'AdaptiveAvgPool2d', output_size: 1, from: 'x' },
    { type: 'Multiply', from: ['adaptiveavgpool2d_0', 'y'] },
    same(3),
  ];
  const field = fieldOf(asked(gating, { inputs: { y: [1, 3, 64, 64] } }));
  t.match(field, { status: 'none', cause: /gates and statistics only/, map: null, axes: [{ sigma: null }, {}] });
});

t.test('pooling of the whole image beside other branches takes no share of a Concat', async (t) => {
  const pyramid = (...more: readonly Json[]) => [
    { ...same(3), name: 'a', from: 'x' },
    ...more,
    { type: 'Concat', name: 'joined', from: ['a', ...(more.length > 0 ? ['image'] : [])] },
    { ...same(1), name: 'direct', from: 'x' },
    { ...same(1), name: 'mixed', from: 'joined' },
    { type: 'Add', from: ['mixed', 'direct'] },
  ];
  const image = [
    { type: 'AdaptiveAvgPool2d', output_size: 1, from: 'x' },
    { type: 'Upsample', size: [64, 64], mode: 'bilinear', name: 'image' },
  ];
  const field = fieldOf(asked(pyramid(...image)));
  near(t, field.axes[0]?.sigma, Math.sqrt(1 / 3), 12);
  t.equal(field.axes[0]?.borderless, true);
});

t.test('constant channels beside those of the source take no share, padded ones do', async (t) => {
  const beside = (layers: readonly Json[]) =>
    fieldOf(
      asked([
        ...layers,
        { ...same(1), name: 'b', from: 'joined' },
        { ...same(3), name: 'c', from: 'x' },
        { type: 'Add', from: ['b', 'c'] },
      ]),
    ).axes[0]?.sigma;
  const places = { dtype: 'float32', shape: [1, 1, 2, 2], data: [0, 1, 2, 3] };
  const coordinates = [
    { type: 'onnx.Tile', from: [places, { dtype: 'int64', shape: [4], data: [1, 1, 32, 32] }], name: 'places' },
    { type: 'Concat', name: 'joined', from: ['x', 'places'] },
  ];
  near(t, beside(coordinates), Math.sqrt(1 / 3), 12, 'Concat with a constant');
  const padded = [{ type: 'onnx.Pad', name: 'joined', from: ['x', { dtype: 'int64', shape: [8], data: [0, 0, 0, 0, 0, 3, 0, 0] }] }];
  near(t, beside(padded), Math.sqrt((2 / 3) * (2 / 3)), 12, 'half of the channels are zero');
});

t.test('an attention layer spreads over all tokens, the residual stream stays with its own', async (t) => {
  const vit = [...TOKENS, ...transformerBlock('b0', 'tokens')];
  const field = fieldOf(asked(vit), [100]);
  t.match(field, { status: 'exact', unit: [{ axis: 1, size: 256, index: 100 }] });
  t.match(field.axes, [
    { axis: 'H', size: 64, borderless: false },
    { axis: 'W', size: 64 },
  ]);
  const at = (y: number, x: number) => field.map?.values[y * 64 + x] ?? 0;
  t.equal(at(24, 16), at(27, 19), 'a patch is alike');
  t.ok(at(24, 16) > 50 * at(0, 0), 'the own patch weighs most');
  t.equal(at(0, 0), at(63, 40));
  // Half of the sum goes past the attention; of its other half the queries, a quarter, stay too.
  const others = (1 / 2) * (3 / 4) * (1 / 256);
  near(t, at(0, 0), others / 16, 8);
  near(t, at(24, 16), (1 / 2 + 1 / 8 + others) / 16, 6);
});

t.test('windows of Swin: a unit shares its window', async (t) => {
  const swin = [
    conv(4, 4, 0, { out_channels: 8 }),
    { type: 'Permute', dims: [0, 2, 3, 1] },
    { type: 'Reshape', shape: [1, 2, 8, 2, 8, 8] },
    { type: 'Permute', dims: [0, 1, 3, 2, 4, 5] },
    { type: 'Reshape', shape: [4, 64, 8] },
    { type: 'MultiheadAttention', num_heads: 2 },
    { type: 'Reshape', shape: [1, 2, 2, 8, 8, 8] },
    { type: 'Permute', dims: [0, 1, 3, 2, 4, 5] },
    { type: 'Reshape', shape: [1, 16, 16, 8] },
  ];
  const field = fieldOf(asked(swin), [3, 10]);
  t.match(field, { status: 'exact', unit: [{ axis: 1 }, { axis: 2 }], map: { start: [0, 32], shape: [32, 32] } });
  const at = (y: number, x: number) => field.map?.values[y * 32 + x] ?? 0;
  t.equal(at(0, 0), at(31, 31));
  near(t, at(12, 8) - at(0, 0), 1 / 4 / 16, 6, 'queries stay at their own patch');
});

t.test('a statistic along one axis is left out for both', async (t) => {
  const coordinates = [
    { ...same(3), name: 'c' },
    { type: 'onnx.ReduceMean', from: ['c', { dtype: 'int64', shape: [1], data: [3] }], name: 'rows' },
    { type: 'Multiply', from: ['c', 'rows'] },
  ];
  const field = fieldOf(asked(coordinates));
  for (const axis of field.axes) near(t, axis.sigma, Math.sqrt(2 / 3), 12);
});

t.test('an axis of one position that is pooled has no border to end at', async (t) => {
  const pooled = [conv([3, 1], 1, [1, 0]), { type: 'onnx.ReduceMean', from: ['conv2d_0', { dtype: 'int64', shape: [1], data: [3] }] }];
  const field = fieldOf(asked(pooled, { shape: [1, 3, 40, 1] }));
  t.match(field.axes, [
    { borderless: true, cause: null },
    { borderless: true, sigma: 0, size: 1 },
  ]);
});

t.test('holes along one axis tell on the other', async (t) => {
  const holes = [
    { type: 'ConvTranspose2d', out_channels: 4, kernel_size: 1, stride: 2, output_padding: 1, from: 'x', name: 'holes' },
    { ...same(3), from: 'x' },
    { type: 'Upsample', scale_factor: 2, mode: 'nearest', name: 'full' },
    { type: 'Add', from: ['holes', 'full'] },
  ];
  const question = asked(holes);
  near(t, fieldOf(question, [20, 20]).axes[0]?.sigma, Math.sqrt(1 / 3), 12);
  near(t, fieldOf(question, [20, 21]).axes[0]?.sigma, Math.sqrt(2 / 3), 12, 'in a column of holes only the other branch is left');
  t.equal(fieldOf(question, [20, 21]).axes[0]?.borderless, true);
});

t.test('pixel shuffle, as an operator and as Reshape and Transpose', async (t) => {
  const last = same(3);
  const shuffled = fieldOf(
    asked([conv(3, 1, 1, { out_channels: 8 }), { type: 'PixelShuffle', upscale_factor: 2 }, last], { shape: [1, 3, 12, 12] }),
    [9, 4],
  );
  const reshaped = fieldOf(
    asked(
      [
        conv(3, 1, 1, { out_channels: 8 }),
        { type: 'Reshape', shape: [1, 2, 2, 2, 12, 12] },
        { type: 'Permute', dims: [0, 1, 4, 2, 5, 3] },
        { type: 'Reshape', shape: [1, 2, 24, 24] },
        last,
      ],
      { shape: [1, 3, 12, 12] },
    ),
    [9, 4],
  );
  t.same({ ...reshaped, target: '' }, { ...shuffled, target: '' });
  t.equal(shuffled.axes[0]?.borderless, true);
});

t.test('from one layer to another', async (t) => {
  const layers = [conv(7, 2, 3), { ...same(3), name: 'inner' }, same(3), { ...same(5), name: 'outer' }];
  const question = asked(layers, { source: 'inner', target: 'outer' });
  const field = fieldOf(question);
  t.match(field, { source: question.source.name, status: 'exact', axes: [{ axis: 'H', size: 7 }, { axis: 'W' }] });
  near(t, field.axes[0]?.sigma, Math.sqrt(2 / 3 + 2), 12);
  t.same(fieldOf(asked(layers, { source: 'inner', target: 'inner' }), [3, 4]).map, { start: [3, 4], shape: [1, 1], scale: 1, values: [1] });
  t.match(fieldOf(asked(layers, { source: 'outer', target: 'inner' })), {
    status: 'none',
    unit: [],
    map: null,
    axes: [{ sigma: null, size: null }, {}],
  });
});

t.test('what cannot be followed is unknown, with its cause', async (t) => {
  const sampled = [{ ...same(3), from: 'x' }, { type: 'onnx.GridSample', from: ['conv2d_0', 'grid'] }, same(3)];
  const bent = fieldOf(asked(sampled, { inputs: { grid: [1, 20, 20, 2] } }), []);
  t.match(bent, {
    status: 'dataDependent',
    cause: /GridSample/,
    map: null,
    luoSize: null,
    paddingShare: null,
    axes: [{ sigma: null }, {}],
  });
  const unsized = asked([conv(3, 2, 1), same(3)], { shape: [1, 3, 'H', 'W'] });
  t.throws(() => fieldOf(unsized), { code: 'invalid-unit', message: /must be given/ });
  const virtual = fieldOf(unsized, [5, 5]);
  t.match(virtual, { status: 'unknown', cause: /size of an axis is unknown/, map: null });
  near(t, virtual.axes[0]?.sigma, Math.sqrt(2 / 3 + 8 / 3), 12, 'sigma needs no size');
});

t.test('bad units are refused', async (t) => {
  const question = asked([same(3)], { shape: [1, 3, 20, 30] });
  for (const unit of [[20, 0], [-1, 0], [1.5, 2], [1], [1, 2, 3], [Number.NaN, 0]]) {
    t.throws(() => fieldOf(question, unit), {
      name: 'Fault',
      code: 'invalid-unit',
      message: /2 indices: on axis 2 \(0 to 19\), axis 3 \(0 to 29\)/,
    });
  }
  const pooled = asked([{ type: 'AdaptiveAvgPool2d', output_size: 1 }, { type: 'Flatten' }]);
  t.throws(() => fieldOf(pooled, [0, 0]), { code: 'invalid-unit', message: /no index/ });
});

t.test('a map beyond the limits is left out, and what is known without it is told', async (t) => {
  const wide = fieldOf(asked([conv(4001, 1, 2000)], { shape: [1, 1, 4001, 4001] }));
  t.match(wide, { status: 'exact', cause: /not followed/, map: null, sides: null, luoSize: null });
  near(t, wide.axes[0]?.sigma, Math.sqrt((4001 ** 2 - 1) / 12), 6);
});

t.test('a large map is pooled by blocks', async (t) => {
  const { map } = fieldOf(asked([conv(300, 1, 150)], { shape: [1, 1, 301, 301] }));
  t.match(map, { shape: [150, 150], scale: 2 });
  near(t, map?.values[0], 4 / 300 ** 2, 9);
  near(
    t,
    map?.values.reduce((a, b) => a + b, 0),
    1,
    4,
  );
});
