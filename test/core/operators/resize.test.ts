import fc from 'fast-check';
import t from 'tap';
import {
  data,
  expectCost,
  expectField,
  expectMalformed,
  expectShape,
  floats,
  infer,
  mapOf,
  reads,
  type Sample,
  values,
  window,
} from './harness.ts';

interface Options {
  readonly scales?: readonly number[];
  readonly sizes?: readonly number[];
  readonly roi?: readonly number[];
}

const resize = (shape: Parameters<typeof data>[0], { scales, sizes, roi }: Options, attributes: Sample['attributes'] = {}): Sample => ({
  op: 'Resize',
  inputs: [data(shape), roi && floats(roi), scales && floats(scales.map(Math.fround)), sizes && values(sizes)],
  attributes,
});
const image = [1, 3, 8, 8];
const LINEAR = { mode: 'linear' };

t.test('sizes are given, or the product in single precision rounded down', async (t) => {
  expectShape(t, resize(image, { scales: [1, 1, 2, 2.5] }), [1, 3, 16, 20]);
  expectShape(t, resize(image, { sizes: [1, 3, 5, 7] }), [1, 3, 5, 7]);
  expectShape(t, resize([10], { scales: [0.7] }), [7]);
  expectShape(t, resize([9], { scales: [1 / 3] }), [3]);
  expectShape(t, resize(image, { scales: [2, 3] }, { axes: [-1, 2] }), [1, 3, 24, 16]);
  expectShape(t, resize(['N', 3, null, 'W'], { scales: [1, 1, 2, 1] }), ['N', 3, null, 'W']);
  expectShape(t, resize(['N', 3, null, 'W'], { sizes: [1, 3, 5, 7] }), [1, 3, 5, 7]);
  expectShape(t, { op: 'Resize', inputs: [data(image), undefined, data([4])] }, [null, null, null, null]);
  expectShape(t, { op: 'Resize', inputs: [data(null), undefined, floats([1, 1, 2, 2])] }, [null, null, null, null]);
  expectShape(t, { op: 'Resize', inputs: [data(null), undefined, undefined, data([3], 'int64')] }, [null, null, null]);
  expectShape(t, { op: 'Resize', inputs: [data(null), undefined, floats([2, 2])], attributes: { axes: [2, 3] } }, null);
  expectShape(t, { op: 'Resize', inputs: [data([8]), floats([]), floats([]), values([5])] }, [5]);
});

t.test('the policies that keep the aspect ratio', async (t) => {
  const kept = (keep_aspect_ratio_policy: string) => ({ keep_aspect_ratio_policy, axes: [2, 3] });
  expectShape(t, resize([1, 3, 10, 20], { sizes: [30, 30] }, kept('not_larger')), [1, 3, 15, 30]);
  expectShape(t, resize([1, 3, 10, 20], { sizes: [30, 30] }, kept('not_smaller')), [1, 3, 30, 60]);
  expectShape(t, resize([1, 3, null, 20], { sizes: [30, 30] }, kept('not_larger')), [1, 3, null, null]);
  // 30/70 of 41, 77 and 35: 17.57, 33 and exactly 15; a half is rounded up: 5/10 of 5 and 7.
  expectShape(t, resize([41, 70, 77, 35], { sizes: [40, 30, 40, 40] }, { keep_aspect_ratio_policy: 'not_larger' }), [18, 30, 33, 15]);
  expectShape(t, resize([5, 10, 7], { sizes: [5, 5, 7] }, { keep_aspect_ratio_policy: 'not_larger' }), [3, 5, 4]);
  expectShape(t, resize([5, 10, 7], { sizes: [1, 5, 1] }, { keep_aspect_ratio_policy: 'not_smaller' }), [3, 5, 4]);
});

t.test('all axes are sampled with the scale that they share', async (t) => {
  const how = { ...LINEAR, keep_aspect_ratio_policy: 'not_larger' };
  // 5/10 of 5 is 2.5, which gives 3 positions; they are sampled at (o + 1/2) * 2 - 1/2, not at (o + 1/2) * 5/3 - 1/2.
  const half = { ...window(2, 0, 1), fold: 'edge' };
  expectField(t, resize([10, 5], { sizes: [5, 5] }, how), [half, half]);
  // 3 positions at (o + 1/2) / 0.5 - 1/2 + (5 - 3 / 0.5) / 2.
  expectField(t, resize([10, 5], { sizes: [5, 5] }, { ...how, coordinate_transformation_mode: 'half_pixel_symmetric' }), [
    half,
    { ...window(2, 0, 0), fold: 'edge' },
  ]);
  expectField(t, resize([10, 5], { sizes: [10, 40] }, how), ['each', 'each']);
});

/** Where the specification samples the input for an output, evaluated in floating point. */
function sampled(mode: string, o: number, n: number, m: number, scale: number): number {
  switch (mode) {
    case 'half_pixel':
      return (o + 0.5) / scale - 0.5;
    case 'pytorch_half_pixel':
      return m > 1 ? (o + 0.5) / scale - 0.5 : 0;
    case 'half_pixel_symmetric': {
      const adjustment = m / (scale * n);
      return (n / 2) * (1 - adjustment) + (o + 0.5) / scale - 0.5;
    }
    case 'align_corners':
      return m > 1 ? (o * (n - 1)) / (m - 1) : 0;
    case 'tf_half_pixel_for_nn':
      return (o + 0.5) / scale;
    default:
      return o / scale;
  }
}

const ROUND: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** First and last position with a weight, clamped into the tensor. */
function taps(mode: string, nearest: string, x: number, n: number): [number, number] {
  const clamp = (i: number) => Math.min(Math.max(i, 0), n - 1);
  const base = Math.floor(x);
  if (mode === 'nearest') return [clamp(ROUND[nearest]?.(x) ?? Number.NaN), clamp(ROUND[nearest]?.(x) ?? Number.NaN)];
  if (x === base) return [clamp(base), clamp(base)];
  return mode === 'linear' ? [clamp(base), clamp(base + 1)] : [clamp(base - 1), clamp(base + 2)];
}

t.test('index maps are those of the definition, evaluated position by position', async (t) => {
  const coordinates = ['half_pixel', 'half_pixel_symmetric', 'pytorch_half_pixel', 'align_corners', 'asymmetric', 'tf_half_pixel_for_nn'];
  const sizes = fc.integer({ min: 1, max: 14 });
  const kinds = fc.record({
    mode: fc.constantFrom('nearest', 'linear', 'cubic'),
    coordinate_transformation_mode: fc.constantFrom(...coordinates),
    nearest_mode: fc.constantFrom(...Object.keys(ROUND)),
  });
  fc.assert(
    fc.property(kinds, sizes, sizes, sizes, fc.boolean(), (how, n, p, q, byScale) => {
      const scale = byScale ? Math.fround(p / q) : p / n;
      const m = byScale ? Math.floor(Math.fround(n * scale)) : p;
      fc.pre(m >= 1 && scale !== 1);
      const map = mapOf(resize([n], byScale ? { scales: [scale] } : { sizes: [p] }, how), 0);
      const exact = byScale ? p / q : p / n;
      for (let o = 0; o < m; o++) {
        const x = Math.round(sampled(how.coordinate_transformation_mode, o, n, m, exact) * 1e7) / 1e7;
        const found = reads(map as never, o, n);
        t.strictSame(
          [found[0], found.at(-1)],
          taps(how.mode, how.nearest_mode, x, n),
          `${JSON.stringify(how)} ${n} ${p}/${q} ${byScale} at ${o}`,
        );
      }
    }),
    { numRuns: 400 },
  );
});

t.test('maps of the usual scales', async (t) => {
  const fold = 'edge';
  const twice = { kind: 'periodic', shift: 1, lo: [0, 0], hi: [0, 0], step: [1, 1], known: true, fold };
  expectField(t, resize(image, { scales: [1, 1, 2, 2] }, { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }), [
    'each',
    'each',
    twice,
    twice,
  ]);
  expectField(t, resize([1, 1, null], { scales: [1, 1, 2] }, LINEAR), ['each', 'each', { ...twice, lo: [-1, 0], hi: [0, 1] }]);
  const half = { ...window(2, 0, 1), fold };
  expectField(t, resize([8], { scales: [0.5] }, LINEAR), [half]);
  expectField(t, resize([8], { sizes: [4] }, { ...LINEAR, antialias: 1 }), [{ ...window(2, -1, 2), fold }]);
  expectField(t, resize([8], { sizes: [4] }, { mode: 'cubic', antialias: 1 }), [{ ...window(2, -3, 4), fold }]);
  expectField(t, resize([8], { sizes: [8] }, LINEAR), ['each']);
  expectField(t, resize([1], { sizes: [8] }, LINEAR), ['broadcast']);
  const corners = { ...LINEAR, coordinate_transformation_mode: 'align_corners' };
  expectField(t, resize([3], { sizes: [5] }, corners), [{ ...twice, lo: [0, 0], hi: [0, 1] }]);
  expectField(t, resize([3], { sizes: [1] }, corners), [{ kind: 'table', lo: [0], hi: [0] }]);
  t.equal(mapOf(resize([100000], { sizes: [99991] }, LINEAR), 0)?.kind, 'table');
  t.equal(mapOf(resize([3], { scales: [Math.PI] }, LINEAR), 0)?.kind, 'table');
  expectField(t, resize(image, { scales: [1, 1, 2, 2] }), 'dataDependent', 2);
});

t.test('positions are clamped where every tap lies past the border', async (t) => {
  const how = { coordinate_transformation_mode: 'half_pixel', nearest_mode: 'floor' };
  const map = { kind: 'periodic', shift: 1, lo: [-1, 0], hi: [-1, 0], step: [1, 1], known: true, fold: 'edge' } as const;
  expectField(t, resize([3], { sizes: [6] }, how), [map]);
  expectField(t, resize([null], { scales: [2] }, how), [map]);
  t.strictSame(Array.from({ length: 6 }, (_, o) => reads(map, o, 3)).flat(), [0, 0, 0, 1, 1, 2]);
});

t.test('a crop reads its box, and nothing where it leaves the tensor', async (t) => {
  const crop = { ...LINEAR, coordinate_transformation_mode: 'tf_crop_and_resize' };
  expectField(t, resize([5], { sizes: [3], roi: [0.25, 0.75] }, crop), [{ kind: 'table', lo: [1, 2, 3], hi: [1, 2, 3] }]);
  expectField(t, resize([5], { sizes: [1], roi: [0.25, 0.75] }, crop), [{ kind: 'table', lo: [2], hi: [2] }]);
  expectField(t, resize([5], { sizes: [2], roi: [0, 2] }, crop), [{ kind: 'table', lo: [0, 1], hi: [0, 0] }]);
  expectField(t, resize([5], { sizes: [3] }, crop), ['unknown']);
});

t.test('maps that are not known', async (t) => {
  expectField(t, resize([null], { sizes: [4] }), ['unknown']);
  expectField(t, resize([null], { scales: [2] }, { ...LINEAR, coordinate_transformation_mode: 'align_corners' }), ['unknown']);
  expectField(t, resize([null], { scales: [2] }, { ...LINEAR, coordinate_transformation_mode: 'half_pixel_symmetric' }), ['unknown']);
  expectField(t, resize([null], { scales: [Math.PI] }), ['unknown']);
  expectField(t, resize([2 ** 40], { sizes: [2 ** 20 - 1] }, LINEAR), ['unknown']);
  expectField(t, { op: 'Resize', inputs: [data(null), undefined, floats([2])] }, { unknown: 'the rank of a tensor is not known' });
  expectField(t, { op: 'Resize', inputs: [data([4]), undefined, data([1])] }, ['unknown']);
});

t.test('nearest moves, linear and cubic weigh their taps', async (t) => {
  const n = 3 * 16 * 16;
  expectCost(t, resize(image, { scales: [1, 1, 2, 2] }), {});
  expectCost(t, resize(image, { scales: [1, 1, 2, 2] }, LINEAR), { mul: 4 * n, add: 3 * n });
  expectCost(t, resize(image, { sizes: [1, 3, 16, 16] }, { mode: 'cubic' }), { mul: 16 * n, add: 15 * n });
  expectCost(t, resize(image, { scales: [1, 1, 1, 2] }, LINEAR), { mul: 2 * 3 * 128, add: 3 * 128 });
  expectCost(t, resize(image, { scales: [1, 1, 1, 1] }, LINEAR), {});
  expectCost(t, resize([8], { sizes: [4] }, { ...LINEAR, antialias: 1 }), { mul: 16, add: 12 });
  expectCost(t, resize([1, 3, null, null], { sizes: [1, 3, 4, 4] }, LINEAR), null);
  expectCost(t, resize([null], { scales: [2] }, LINEAR), null);
  expectCost(t, resize(null, { scales: [2] }, LINEAR), null);
  expectCost(t, resize([8, 8], { scales: [1e-30, 1e-30] }, { ...LINEAR, antialias: 1 }), null);
});

t.test('defaults', async (t) => {
  const defaults = (attributes: Sample['attributes']) => {
    const call = infer(resize([8], { scales: [2] }, attributes));
    return call.operator?.defaults?.(call);
  };
  const all = { mode: 'nearest', coordinate_transformation_mode: 'half_pixel', antialias: 0, keep_aspect_ratio_policy: 'stretch' };
  t.strictSame(defaults({}), { ...all, nearest_mode: 'round_prefer_floor' });
  t.strictSame(defaults(LINEAR), all);
  t.strictSame(defaults({ mode: 'cubic' }), { ...all, cubic_coeff_a: -0.75, exclude_outside: 0 });
});

t.test('resizes that contradict themselves', async (t) => {
  expectMalformed(t, resize([8], {}), /exactly one of scales and sizes/);
  expectMalformed(t, resize([8], { scales: [2], sizes: [16] }), /exactly one of/);
  expectMalformed(t, resize([8], { scales: [0] }), /a scale of 0/);
  expectMalformed(t, resize([8], { scales: [Number.NaN] }), /a scale of NaN/);
  expectMalformed(t, resize([8], { scales: [2, 2] }), /2 entries for 1 axes/);
  expectMalformed(t, resize([8], { sizes: [-4] }), /negative/);
  expectMalformed(t, resize([8], { scales: [2] }, { mode: 'area' }), /mode "area" is none of/);
  expectMalformed(t, resize([8], { scales: [2] }, { axes: [1] }), /axis 1/);
});
