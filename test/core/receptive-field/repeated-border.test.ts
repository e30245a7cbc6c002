import t from 'tap';
import { effectiveField } from '../../../src/core/receptive-field/effective.ts';
import { projectiveField } from '../../../src/core/receptive-field/projective.ts';
import { unitRegion } from '../../../src/core/receptive-field/region.ts';
import { asked, conv, times } from './asked.ts';
import { type Json, lastOf } from './described.ts';

// Borders that are repeated (reflect, edge, and Resize's own) instead of padded with a constant.

const line = (kernel: number, more: Json = {}): Json => ({ type: 'Conv1d', out_channels: 1, kernel_size: kernel, ...more });

/** The generator of CycleGAN (Zhu et al. 2017, 9 residual blocks) without its norms; `pad` is the type of its padding. */
function cycleGan(pad: string): Json[] {
  const padded = (by: number, kernel: number, more: Json = {}): Json[] => [{ type: pad, padding: by }, conv(kernel, 1, 0, more)];
  const up = { type: 'ConvTranspose2d', out_channels: 4, kernel_size: 3, stride: 2, padding: 1, output_padding: 1 };
  const blocks = times(9, (i) => {
    const [first, ...rest] = [...padded(1, 3), { type: 'ReLU' }, ...padded(1, 3, { name: `b${i}` })];
    const from = i === 0 ? 'down' : `r${i - 1}`;
    return [{ ...first, from }, ...rest, { type: 'Add', from: [from, `b${i}`], name: `r${i}` }];
  });
  return [...padded(3, 7), conv(3, 2, 1), conv(3, 2, 1, { name: 'down' }), ...blocks, up, up, ...padded(3, 7)];
}

t.test('the generator of CycleGAN sees the same at every size', async (t) => {
  const { visible: _, ...zeros } = lastOf(cycleGan('ZeroPad2d'), [1, 3, 256, 256]);
  // By hand: 7 + 2*1 + 2*2 + 18*2*4 = 157 behind the blocks; the decoder adds to that by phase, the same as with zeros.
  t.match(zeros, { status: 'exact', stride: 1 });
  t.ok(Number(zeros.sizeMin) > 157);
  for (const size of [64, 128, 256, 'S']) {
    const found = lastOf(cycleGan('ReflectionPad2d'), [1, 3, size, size]);
    const { visible, ...field } = found;
    const { local } = field;
    t.match(field, { ...zeros, local: { ...zeros.local, visible: local.visible } }, `${size}`);
    t.equal(visible, size === 'S' ? null : Math.min(Number(zeros.size), Number(size)));
  }
  const unsized = asked(cycleGan('ReflectionPad2d'), { shape: [1, 3, 'H', 'W'] });
  const sized = asked(cycleGan('ReflectionPad2d'), { shape: [1, 3, 256, 256] });
  const at = (question: typeof sized) =>
    unitRegion(question.trace, { ...question, unit: [100, 7] }).axes.map(({ strict }) => strict.virtual);
  t.same(at(unsized), at(sized));
  t.ok(at(sized).every((interval) => interval !== null));
});

t.test('a unit sees the mirrored positions, and virtually those past the border', async (t) => {
  const region = (layers: readonly Json[], unit: number, size = 10) => {
    const question = asked(layers, { shape: [1, 1, size] });
    const { axes, coverage } = unitRegion(question.trace, { ...question, unit: [unit] });
    const { virtual, actual } = axes[0]?.strict ?? {};
    return [virtual?.start, virtual?.stop, actual?.start, actual?.stop, coverage?.positions];
  };
  const reflected: Json[] = [{ type: 'ReflectionPad1d', padding: 5 }, line(2)];
  t.same(region(reflected, 0), [-5, -3, 4, 6, 2]);
  t.same(region(reflected, 4), [-1, 1, 0, 2, 2]);
  t.same(region(reflected, 18), [13, 15, 4, 6, 2]);
  const repeated: Json[] = [{ type: 'ReplicationPad1d', padding: 5 }, line(2)];
  t.same(region(repeated, 0), [-5, -3, 0, 1, 1]);
  t.same(region(repeated, 18), [13, 15, 9, 10, 1]);
  t.same(region([{ type: 'ReflectionPad1d', padding: [0, 3] }, line(3)], 10), [10, 13, 6, 9, 3], 'on one side only');
  t.same(region([...reflected, { type: 'ReflectionPad1d', padding: 1 }, line(1)], 0), [-6, -4, 3, 5, 2], 'mirrored twice');
});

t.test('the projective field is the inverse of the region', async (t) => {
  for (const type of ['ReflectionPad1d', 'ReplicationPad1d']) {
    const up = { type: 'onnx.Resize', attributes: { nearest_mode: 'floor' } };
    const resize = { ...up, from: ['pool', null, { dtype: 'float32', shape: [3], data: [1, 1, 2] }] };
    const layers = [{ type, padding: [4, 2] }, line(3, { name: 'c' }), { type: 'MaxPool1d', kernel_size: 2, name: 'pool' }, resize];
    const question = asked(layers, { shape: [1, 1, 11] });
    const n = Number(question.target.tensor.shape?.[2]);
    let units = 0;
    for (let unit = 0; unit < n; unit++) units += unitRegion(question.trace, { ...question, unit: [unit] }).coverage?.positions ?? 0;
    let reached = 0;
    for (let x = 0; x < 11; x++) reached += projectiveField(question.trace, { ...question, position: [x] }).units ?? 0;
    t.ok(units > n);
    t.equal(reached, units, type);
  }
});

t.test('a nearest resize that reads the border again keeps its stride', async (t) => {
  const up = (size: unknown) =>
    lastOf(
      [
        { type: 'Conv2d', out_channels: 1, kernel_size: 3, padding: 1, name: 'c' },
        {
          type: 'onnx.Resize',
          attributes: { nearest_mode: 'floor' },
          from: ['c', null, { dtype: 'float32', shape: [4], data: [1, 1, 2, 2] }],
        },
      ],
      [1, 3, size, size],
    );
  for (const size of [4, 16, 'S']) t.match(up(size), { size: 3, sizeMin: 3, stride: 0.5, strideRatio: [1, 2], padding: 2, center: -0.75 });
  t.match(up(4), { visible: 3 });
});

t.test('sigma without borders is that of any other padding, and mirrored weights come back inside', async (t) => {
  const field = (type: string, unit: number) => {
    const layers = times(3, () => [{ type, padding: 2 }, line(5), { type, padding: 1 }, line(3, { stride: 2 })]);
    const question = asked(layers, { shape: [1, 1, 40] });
    return effectiveField(question.trace, { ...question, unit: [unit] });
  };
  for (const unit of [0, 2, 4]) {
    const [zeros, mirrored, repeated] = ['ZeroPad1d', 'ReflectionPad1d', 'ReplicationPad1d'].map((type) => field(type, unit).axes[0]);
    t.match(zeros, { borderless: true, cause: null });
    t.same([mirrored, repeated], [zeros, zeros], `unit ${unit}`);
  }
  // By hand: 3 taps at -1, 0 and 1.
  const one = asked([{ type: 'ReflectionPad1d', padding: 1 }, line(3)], { shape: [1, 1, 9] });
  t.match(effectiveField(one.trace, { ...one, unit: [0] }).map, { start: [0], values: [0.333333, 0.666667] });
});
