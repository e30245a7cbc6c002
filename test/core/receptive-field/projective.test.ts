import t from 'tap';
import { type ProjectiveField, projectiveField } from '../../../src/core/receptive-field/projective.ts';
import { unitRegion } from '../../../src/core/receptive-field/region.ts';
import { type Asked, asked, conv, same, TOKENS, transformerBlock } from './asked.ts';

const reachOf = (question: Asked, position?: readonly number[]): ProjectiveField =>
  projectiveField(question.trace, { ...question, position });

t.test('which units of a strided convolution read a pixel', async (t) => {
  const strided = asked([conv(3, 2, 1)], { shape: [1, 3, 8, 8] });
  t.same(reachOf(strided, [3, 4]), {
    target: strided.target.name,
    source: 'x',
    position: [
      { axis: 'H', size: 8, index: 3 },
      { axis: 'W', size: 8, index: 4 },
    ],
    status: 'exact',
    cause: null,
    axes: [
      { axis: 2, size: 4, hull: { start: 1, stop: 3 } },
      { axis: 3, size: 4, hull: { start: 2, stop: 3 } },
    ],
    units: 2,
    percent: 12.5,
  });
  t.match(reachOf(strided), { position: [{ index: 4 }, { index: 4 }], units: 1 }, 'the centre where none is named');
});

t.test('pixels that nothing reads', async (t) => {
  const skipping = asked([conv(1, 2)], { shape: [1, 3, 8, 8] });
  t.match(reachOf(skipping, [2, 2]), { status: 'exact', units: 1 });
  t.match(reachOf(skipping, [3, 2]), { status: 'none', units: 0, percent: 0, axes: [{ hull: null }, { hull: null }] });
});

t.test('gates reach everything, and global pooling is one unit', async (t) => {
  const gated = [
    { ...same(3), name: 'c' },
    { type: 'AdaptiveAvgPool2d', output_size: 1, name: 'pool' },
    { type: 'Multiply', from: ['c', 'pool'] },
  ];
  t.match(reachOf(asked(gated, { shape: [1, 3, 9, 9] }), [0, 0]), { units: 81, percent: 100, axes: [{ hull: { start: 0, stop: 9 } }, {}] });
  t.match(reachOf(asked(gated, { shape: [1, 3, 9, 9], target: 'pool' })), { status: 'exact', axes: [], units: 1, percent: 100 });
});

t.test('a decoder writes a pixel to a square of outputs, a dilated kernel to a grid', async (t) => {
  const up = { type: 'ConvTranspose2d', out_channels: 2, kernel_size: 4, stride: 2, padding: 1 };
  t.match(reachOf(asked([up], { shape: [1, 1, 8, 8] }), [3, 0]), {
    axes: [
      { axis: 2, size: 16, hull: { start: 5, stop: 9 } },
      { axis: 3, hull: { start: 0, stop: 3 } },
    ],
    units: 12,
  });
  t.match(reachOf(asked([same(3, 4)], { shape: [1, 1, 20, 20] })), { units: 9, axes: [{ hull: { start: 6, stop: 15 } }, {}] });
});

t.test('one dimension, three, tokens and layers', async (t) => {
  const causal = asked([{ type: 'Conv1d', out_channels: 1, kernel_size: 3, padding: [[4, 0]], dilation: 2 }], { shape: [1, 1, 12] });
  t.match(reachOf(causal, [5]), { units: 3, axes: [{ axis: 2, hull: { start: 5, stop: 10 } }] });
  t.match(reachOf(causal, [11]), { units: 1, axes: [{ hull: { start: 11, stop: 12 } }] });
  const volume = asked([{ type: 'Conv3d', out_channels: 1, kernel_size: 3, padding: 1 }], { shape: [1, 1, 5, 5, 5] });
  t.match(reachOf(volume, [0, 2, 4]), { units: 12, position: [{ axis: 'D' }, { axis: 'H' }, { axis: 'W' }] });
  t.match(reachOf(asked(TOKENS), [5, 63]), { units: 1, axes: [{ axis: 1, size: 256, hull: { start: 31, stop: 32 } }] });
  const along = [conv(4, 4, 0), { type: 'Flatten', start_dim: 2 }, { type: 'Conv1d', out_channels: 2, kernel_size: 3, padding: 1 }];
  t.match(reachOf(asked(along), [4, 1]), { units: 3, axes: [{ axis: 2, hull: { start: 15, stop: 18 } }] }, 'a neighbour in the row before');
  t.match(reachOf(asked([conv(1, 1, 0), { type: 'Flatten' }], { shape: [1, 3, 8, 8] }), [2, 3]), { units: 4, percent: (100 * 4) / 256 });
  t.match(reachOf(asked([...TOKENS, ...transformerBlock('b', 'tokens')]), [5, 63]), { units: 256, percent: 100 });
  const layers = [conv(7, 2, 3), { ...same(3), name: 'inner' }, same(3), { ...conv(3, 2, 1), name: 'outer' }];
  const between = asked(layers, { source: 'inner', target: 'outer' });
  // Position 8 is read by 7 to 9 of the convolution between, and those by units 3 (5 to 7), 4 and 5 (9 to 11).
  t.match(reachOf(between, [0, 8]), { units: 6, axes: [{ hull: { start: 0, stop: 2 } }, { hull: { start: 3, stop: 6 } }] });
  t.match(reachOf(asked(layers, { source: 'inner', target: 'inner' }), [3, 4]), { units: 1, axes: [{ hull: { start: 3, stop: 4 } }, {}] });
  t.match(reachOf(asked(layers, { source: 'outer', target: 'inner' })), { status: 'none', units: 0, axes: [] });
});

t.test('it is the inverse of the region', async (t) => {
  const layers = [
    conv(3, 2, 1),
    { ...same(3, 2), name: 'a' },
    { ...conv([1, 5], 1, [0, 2]), name: 'b', from: 'conv2d_0' },
    { type: 'Add', from: ['a', 'b'] },
  ];
  const question = asked(layers, { shape: [1, 3, 14, 14] });
  let units = 0;
  for (let y = 0; y < 7; y++)
    for (let x = 0; x < 7; x++) units += unitRegion(question.trace, { ...question, unit: [y, x] }).coverage?.positions ?? 0;
  let reached = 0;
  for (let y = 0; y < 14; y++) for (let x = 0; x < 14; x++) reached += reachOf(question, [y, x]).units ?? 0;
  t.equal(reached, units);
});

t.test('what cannot be followed, and bad positions', async (t) => {
  const sampled = asked(
    [
      { ...same(3), from: 'x' },
      { type: 'onnx.GridSample', from: ['conv2d_0', 'grid'] },
    ],
    { inputs: { grid: [1, 20, 20, 2] } },
  );
  t.match(reachOf(sampled), { status: 'dataDependent', cause: /GridSample/, units: null, percent: null });
  const unsized = asked([conv(3, 2, 1), same(3)], { shape: [1, 3, 'H', 'W'] });
  t.throws(() => reachOf(unsized), { code: 'invalid-position', message: /must be given/ });
  t.match(reachOf(unsized, [3, 3]), { status: 'unknown', cause: /size of an axis is unknown/, units: null });
  const sized = asked([same(3)], { shape: [1, 3, 20, 30] });
  for (const position of [[20, 0], [0, -1], [0.5, 0], [3], []]) {
    t.throws(() => reachOf(sized, position), {
      name: 'Fault',
      code: 'invalid-position',
      message: /axis 2 \(0 to 19\), axis 3 \(0 to 29\)/,
    });
  }
});

t.test('large images: as many units as there are', async (t) => {
  const norm = [{ type: 'InstanceNorm2d' }, { type: 'ConvTranspose2d', out_channels: 1, kernel_size: 2, stride: 2 }];
  t.match(reachOf(asked(norm, { shape: [1, 1, 100_000, 90_000] })), { units: 4 * 9e9, percent: 100, cause: null });
  const cross = [
    { ...conv([1, 3001], 1, [0, 1500]), name: 'across', from: 'x' },
    { ...conv([4001, 1], 1, [2000, 0]), name: 'down', from: 'x' },
    { type: 'Add', from: ['across', 'down'] },
  ];
  t.match(reachOf(asked(cross, { shape: [1, 1, 100_000, 100_000] }), [50_000, 50_000]), { units: 3001 + 4001 - 1 });
  const volume = asked([{ type: 'InstanceNorm3d' }], { shape: [1, 1, 2 ** 20, 2 ** 20, 2 ** 20] });
  t.match(reachOf(volume), {
    status: 'exact',
    cause: /not counted/,
    units: null,
    percent: null,
    axes: [{ hull: { start: 0, stop: 2 ** 20 } }, {}, {}],
  });
});
