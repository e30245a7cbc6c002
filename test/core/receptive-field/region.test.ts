import t from 'tap';
import { type UnitRegion, unitRegion } from '../../../src/core/receptive-field/region.ts';
import { type Asked, asked, conv, type Json, maxPool, same, TOKENS, transformerBlock } from './asked.ts';

const regionOf = (question: Asked, unit?: readonly number[]): UnitRegion => unitRegion(question.trace, { ...question, unit });

/** `[start, stop]` of the strict actual and the virtual region on each axis. */
function bounds({ axes }: UnitRegion): (number | undefined)[][] {
  return axes.map(({ strict }) => [strict.actual?.start, strict.actual?.stop, strict.virtual?.start, strict.virtual?.stop]);
}

t.test('the region of a unit, virtual and real', async (t) => {
  const alexnet = [conv(11, 4, 2), maxPool(3, 2), conv(5, 1, 2), maxPool(3, 2), ...[1, 2, 3].map(() => same(3)), maxPool(3, 2)];
  const third = asked([...alexnet.slice(0, 5)], { shape: [1, 3, 224, 224] });
  t.match(regionOf(third, [6, 0]), {
    unit: [
      { axis: 2, size: 13, index: 6 },
      { axis: 3, size: 13, index: 0 },
    ],
    axes: [{ field: { axis: 'H', size: 99, stride: 16 }, local: { actual: { start: 62, stop: 161 } } }, { field: { axis: 'W' } }],
  });
  t.same(bounds(regionOf(third, [6, 0])), [
    [62, 161, 62, 161],
    [0, 65, -34, 65],
  ]);
  t.same(bounds(regionOf(third, [12, 12]))[0], [158, 224, 158, 257]);
});

t.test('clipping at every tensor is not clipping at the end', async (t) => {
  // n = 24, k 4, stride 2, padding 3, dilation 2: the taps at -3 and -1 fall into padding, and dilation skips 0.
  const line = asked([{ type: 'Conv1d', out_channels: 1, kernel_size: 4, stride: 2, padding: 3, dilation: 2 }], { shape: [1, 1, 24] });
  const region = regionOf(line, [0]);
  t.same(bounds(region), [[1, 4, -3, 4]]);
  t.same(region.coverage, { positions: 2, hull: 3, percent: 200 / 3 });
});

t.test('dilation leaves a grid, or does not', async (t) => {
  const used = (dilations: readonly number[]) => {
    const { axes, coverage } = regionOf(asked(dilations.map((d) => same(3, d))));
    return [axes[0]?.coverage?.positions, axes[0]?.coverage?.hull, coverage?.positions, coverage?.hull];
  };
  t.same(used([1, 2, 5, 1, 2, 7]), [37, 37, 37 ** 2, 37 ** 2]);
  t.same(used([2, 2, 2]), [7, 13, 49, 169]);
  t.same(used([1, 2, 4, 8]), [31, 31, 31 ** 2, 31 ** 2]);
});

t.test('a cross lies inside a square hull', async (t) => {
  const cross = asked([
    { ...conv([1, 7], 1, [0, 3]), name: 'a', from: 'x' },
    { ...conv([7, 1], 1, [3, 0]), name: 'b', from: 'x' },
    { type: 'Add', from: ['a', 'b'] },
  ]);
  const { axes, coverage } = regionOf(cross);
  t.match(axes[0]?.coverage, { positions: 7, hull: 7, percent: 100 });
  t.same(coverage, { positions: 13, hull: 49, percent: 1300 / 49 });
});

t.test('a 1x1 of stride 2 leaves no hole in one unit, but in one that reads several', async (t) => {
  t.same(regionOf(asked([conv(1, 2)])).coverage, { positions: 1, hull: 1, percent: 100 });
  t.same(regionOf(asked([conv(1, 2), same(3)])).coverage, { positions: 9, hull: 25, percent: 36 });
});

t.test('gates and statistics: strict sees everything, local does not', async (t) => {
  const { axes, coverage } = regionOf(asked([same(3), { type: 'InstanceNorm2d' }, same(3)], { shape: [1, 3, 20, 30] }));
  t.match(axes, [
    {
      field: { status: 'global', cause: /InstanceNorm/ },
      strict: { actual: { start: 0, stop: 20 } },
      local: { actual: { start: 8, stop: 13 } },
    },
    { strict: { virtual: { start: 0, stop: 30 } }, local: { virtual: { start: 13, stop: 18 } } },
  ]);
  t.same(coverage, { positions: 600, hull: 600, percent: 100 });
});

t.test('a unit that sees nothing', async (t) => {
  const holes: Json = { type: 'ConvTranspose1d', out_channels: 1, kernel_size: 1, stride: 2 };
  const line = asked([holes], { shape: [1, 1, 8] });
  t.match(regionOf(line, [3]), { axes: [{ strict: { virtual: null, actual: null } }], coverage: { positions: 0, hull: 0, percent: null } });
  t.same(bounds(regionOf(line, [4])), [[2, 3, 2, 3]]);
});

t.test('tokens, and windows of tokens', async (t) => {
  const token = regionOf(asked(TOKENS), [17]);
  t.same(bounds(token), [
    [4, 8, 4, 8],
    [4, 8, 4, 8],
  ]);
  t.same(token.coverage, { positions: 16, hull: 16, percent: 100 });
  const attended = regionOf(asked([...TOKENS, ...transformerBlock('b', 'tokens')]), [17]);
  t.match(attended, {
    unit: [{ axis: 1, size: 256 }],
    axes: [{ field: { status: 'global' } }, {}],
    coverage: { positions: 4096, percent: 100 },
  });
  const windows = asked([...TOKENS, { type: 'Reshape', shape: [1, 4, 4, 16, 8] }, { type: 'Permute', dims: [0, 2, 1, 3, 4] }]);
  const one = regionOf(windows, [1, 2, 3]);
  // Token (2 * 4 + 1) * 16 + 3: row 9, column 3.
  t.same(bounds(one), [
    [36, 40, 36, 40],
    [12, 16, 12, 16],
  ]);
  t.equal(one.coverage?.positions, 16);
  const cut = { type: 'onnx.Slice', from: ['tokens', ...[0, 100, 1].map((value) => ({ dtype: 'int64', shape: [1], data: [value] }))] };
  t.same(bounds(regionOf(asked([...TOKENS, cut]), [99]))[0], [24, 28, 24, 28]);
  t.equal(regionOf(asked([...TOKENS, cut]), [99]).coverage?.positions, 16);
  const packed = [
    { type: 'Reshape', shape: [1, 2, 8, 2, 8, 8] },
    { type: 'Permute', dims: [0, 1, 3, 2, 4, 5] },
    { type: 'Reshape', shape: [4, 64, 8] },
  ];
  // Window 2 is the lower left one, token 19 in it row 2 and column 3.
  t.same(bounds(regionOf(asked([...TOKENS, ...packed]), [2, 19])), [
    [40, 44, 40, 44],
    [12, 16, 12, 16],
  ]);
});

t.test('a window over packed positions runs on into the next row', async (t) => {
  const tokens = [conv(4, 4, 0, { out_channels: 8 }), { type: 'Flatten', start_dim: 2 }];
  const along = asked([...tokens, { type: 'Conv1d', out_channels: 2, kernel_size: 3, padding: 1 }]);
  const region = regionOf(along, [15]);
  t.same(
    bounds(region).map((bound) => bound.slice(0, 2)),
    [
      [0, 8],
      [0, 64],
    ],
  );
  t.same(
    region.coverage,
    { positions: 48, hull: 512, percent: 9.375 },
    'two patches at the end of a row, one at the beginning of the next',
  );
  t.same(
    region.axes.map((axis) => axis.coverage?.positions),
    [8, 12],
  );
});

t.test('from one layer to another, and to itself', async (t) => {
  const layers = [conv(7, 2, 3), { ...same(3), name: 'inner' }, same(3), { ...conv(3, 2, 1), name: 'outer' }];
  t.same(bounds(regionOf(asked(layers, { source: 'inner', target: 'outer' }), [0, 4])), [
    [0, 3, -2, 3],
    [6, 11, 6, 11],
  ]);
  t.same(bounds(regionOf(asked(layers, { source: 'inner', target: 'inner' }), [5, 6])), [
    [5, 6, 5, 6],
    [6, 7, 6, 7],
  ]);
  const backwards = regionOf(asked(layers, { source: 'outer', target: 'inner' }));
  t.match(backwards, { unit: [], coverage: { positions: 0, hull: 0, percent: null }, coverageCause: null });
  t.match(backwards.axes, [
    { field: { axis: 'H', status: 'none', size: 0 }, strict: { virtual: null, actual: null }, coverage: { positions: 0 } },
    { field: { axis: 'W' } },
  ]);
});

t.test('unknown sizes: the virtual region of a unit that is named', async (t) => {
  const unsized = asked([conv(3, 2, 1), same(3)], { shape: [1, 3, 'H', 'W'] });
  t.throws(() => regionOf(unsized), { code: 'invalid-unit' });
  t.match(regionOf(unsized, [2, 0]), {
    axes: [
      { strict: { virtual: { start: 1, stop: 8 }, actual: null }, coverage: null },
      { strict: { virtual: { start: -3, stop: 4 }, actual: null } },
    ],
    coverage: null,
    coverageCause: /size of an axis is unknown/,
  });
});

t.test('large regions are counted, and beyond the limits those of the axes are, with a reason', async (t) => {
  const wide = regionOf(asked([conv(4001, 1, 2000)], { shape: [1, 1, 4001, 4001] }));
  t.match(wide, { axes: [{ coverage: { positions: 4001 } }, {}], coverage: { positions: 4001 ** 2, percent: 100 }, coverageCause: null });
  const cross = [
    { ...conv([1, 7], 1, [0, 3]), name: 'across', from: 'x' },
    { ...conv([3, 1], 1, [2, 0], { dilation: [2, 1] }), name: 'down', from: 'x' },
    { type: 'Add', from: ['across', 'down'] },
  ];
  const question = asked(cross, { shape: [1, 3, 20, 20] });
  t.match(unitRegion(question.trace, question), { axes: [{ coverage: { positions: 3 } }, {}], coverage: { positions: 9 } });
  t.match(unitRegion(question.trace, question, 1), {
    axes: [{ coverage: { positions: 3, hull: 5 } }, { coverage: { positions: 7, hull: 7 } }],
    coverage: null,
    coverageCause: /more than 1 rectangles/,
  });
  const image = [
    { type: 'Conv1d', out_channels: 1, kernel_size: 1 },
    { type: 'Reshape', shape: [1, 1, 20, 20], name: 'image' },
    ...cross.map((layer) => ('name' in layer ? { ...layer, from: 'image' } : layer)),
  ];
  const packed = asked(image, { shape: [1, 1, 400] });
  t.match(unitRegion(packed.trace, packed), { coverage: { positions: 9 }, coverageCause: null });
  t.match(unitRegion(packed.trace, packed, 1), { axes: [{ coverage: null }], coverage: null, coverageCause: /axis by axis/ });
});

t.test('a piece of a Concat that sees everything does not make the other piece do so', async (t) => {
  const layers = [
    { ...same(3), name: 'c' },
    { type: 'AdaptiveAvgPool2d', output_size: 1, name: 'pool' },
    { type: 'Multiply', from: ['c', 'pool'], name: 'gated' },
    { type: 'Concat', dim: 2, from: ['gated', 'c'], name: 'joined' },
    { ...same(3), name: 'after' },
    { type: 'AdaptiveAvgPool2d', output_size: 1, name: 'all' },
  ];
  const shape = [1, 3, 12, 20];
  const seen = (target: string, y: number) => {
    const { axes } = regionOf(asked(layers, { shape, target }), [y, 10]);
    return [axes[0]?.strict.virtual, axes[0]?.strict.actual, axes[0]?.local.virtual].map(
      (interval) => interval && [interval.start, interval.stop],
    );
  };
  t.same(seen('joined', 11), [
    [0, 12],
    [0, 12],
    [10, 13],
  ]);
  t.same(seen('joined', 12), [
    [-1, 2],
    [0, 2],
    [-1, 2],
  ]);
  t.same(seen('after', 12), [
    [-1, 12],
    [0, 12],
    [-1, 13],
  ]);
  t.same(seen('after', 20)[0], [6, 11]);
  const field = (target: string) => regionOf(asked(layers, { shape, target }), target === 'all' ? [] : [15, 10]).axes[0]?.field;
  t.match(field('joined'), {
    status: 'global',
    cause: /GlobalAveragePool/,
    size: 12,
    sizeMin: 3,
    visible: 12,
    local: { status: 'exact', size: 3 },
  });
  t.match(field('all'), { status: 'global', size: 12, sizeMin: 12 });
  const across = regionOf(asked(layers, { shape, target: 'joined' }), [12, 10]);
  t.match(across.axes[1]?.strict.actual, { start: 9, stop: 12 }, 'nor along the other axis');
  t.match(across.coverage, { positions: 6, hull: 6 });
});

t.test('units that see everything are still told where those of a branch that is not global see as much', async (t) => {
  const line = (kernel: number, more: Json): Json => ({
    type: 'Conv1d',
    out_channels: 1,
    kernel_size: kernel,
    padding: (kernel - 1) / 2,
    from: 'x',
    ...more,
  });
  const layers = [
    { type: 'AdaptiveAvgPool1d', output_size: 1, from: 'x', name: 'pool' },
    line(3, { name: 'narrow' }),
    { type: 'Concat', dim: 2, from: ['pool', 'narrow'], name: 'one' },
    line(17, { name: 'wide' }),
    line(17, { name: 'first', stride: 8 }),
    { type: 'Concat', dim: 2, from: ['first', 'wide'], name: 'other' },
    { type: 'Add', from: ['one', 'other'] },
  ];
  const [axis] = regionOf(asked(layers, { shape: [1, 1, 8] }), [3]).axes;
  t.match(axis, { field: { status: 'global', size: 8, cause: /Pool/ }, strict: { virtual: { start: -6, stop: 11 } } });
});

t.test('a unit of a Concat sees what its own piece sees, a global one too', async (t) => {
  const joined = [
    { ...conv(1), name: 'c' },
    { type: 'Mean', dim: 2, keepdim: true, name: 'mean', from: 'c' },
    { type: 'Concat', dim: 2, from: ['mean', 'c'], name: 'joined' },
    { ...conv([3, 1]), name: 'last' },
  ];
  const shape = [1, 4, 8, 6];
  const rows = (target: string, row: number) => bounds(regionOf(asked(joined, { shape, target }), [row, 3]))[0]?.slice(0, 2);
  t.same(
    [rows('joined', 0), rows('joined', 5), rows('last', 0), rows('last', 4)],
    [
      [0, 8],
      [4, 5],
      [0, 8],
      [3, 6],
    ],
  );
  t.same(regionOf(asked(joined, { shape, target: 'joined' }), [5, 3]).coverage, { positions: 1, hull: 1, percent: 100 });

  const line = [
    { type: 'Conv1d', out_channels: 4, kernel_size: 1, name: 'c' },
    { type: 'AdaptiveAvgPool1d', output_size: 1, name: 'mean' },
    { type: 'Concat', dim: 2, from: ['mean', 'c'] },
  ];
  const along = [0, 6].map((unit) => bounds(regionOf(asked(line, { shape: [1, 4, 8] }), [unit]))[0]?.slice(0, 2));
  t.same(along, [
    [0, 8],
    [5, 6],
  ]);
});

t.test('a unit that reads nothing along one axis has no local region along the others', async (t) => {
  const gated = [
    { ...conv(1), name: 'c' },
    { type: 'AdaptiveAvgPool2d', output_size: 1, name: 'pool' },
    { type: 'Multiply', from: ['c', 'pool'] },
    { type: 'ZeroPad2d', padding: [0, 0, 2, 2] },
  ];
  const { axes, coverage } = regionOf(asked(gated, { shape: [1, 4, 8, 6] }), [0, 3]);
  t.same(
    [axes.map(({ strict, local }) => [strict.actual, local.actual]), coverage?.positions],
    [
      [
        [null, null],
        [null, null],
      ],
      0,
    ],
  );
});
