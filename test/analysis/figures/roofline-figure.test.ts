import fc from 'fast-check';
import t from 'tap';
import { type RooflineFigureInput, type RooflinePoint, rooflineFigure } from '../../../src/analysis/figures/roofline-figure.ts';
import { alwaysSound, anyNumber, anyText, faultsOf, HOSTILE, maybeNumber } from './check.ts';
import { all, alternative, classed, parse, points, texts } from './drawing.ts';

const BANDWIDTH = 2e12;
const PEAK = 156e12;

function layer(i: number): RooflinePoint {
  const intensity = 10 ** ((i % 40) / 10 - 1);
  return {
    name: `layer${i}.conv`,
    intensity,
    rate: Math.min(PEAK, BANDWIDTH * intensity),
    share: (i + 1) / 820,
    bound: BANDWIDTH * intensity < PEAK ? 'memory' : 'compute',
  };
}

const A100: RooflineFigureInput = {
  title: 'resnet50, batch 8',
  device: {
    name: 'NVIDIA A100',
    bandwidth: BANDWIDTH,
    ceilings: [
      { name: 'fp32', rate: 19.5e12 },
      { name: 'fp16', rate: 312e12 },
      { name: 'bf16', rate: 312e12 },
      { name: 'tf32', rate: PEAK },
    ],
  },
  layers: Array.from({ length: 40 }, (_, i) => layer(i)),
  total: { intensity: 42, rate: 42 * BANDWIDTH, share: 1, bound: 'memory' },
};

t.test('says in words and numbers what it shows', async (t) => {
  const svg = rooflineFigure(A100);
  t.strictSame(faultsOf(svg), []);
  const { title, desc } = alternative(svg);
  t.equal(title, 'Roofline of resnet50, batch 8 on NVIDIA A100');
  t.match(desc, 'NVIDIA A100: memory 2 TB/s; fp16, bf16 312 TFLOP/s, ridge at 156 FLOP/B; tf32 156 TFLOP/s, ridge at 78 FLOP/B');
  t.match(desc, 'total: 42 FLOP/B, at most 84 TFLOP/s, 100 % of the time, bound by memory.');
  t.match(desc, 'Heaviest layers: layer39.conv: 794 FLOP/B');
  for (const text of ['1 layer39.conv', 'total', 'fp16, bf16 312\u00a0TFLOP/s', 'ridge 156\u00a0FLOP/B'])
    t.ok(texts(svg).includes(text), text);
});

t.test('layers that the memory bounds lie on its slope, which ends at the ridge', async (t) => {
  const svg = rooflineFigure(A100);
  const [foot, ridge] = points(classed(svg, 'line', 'strong')[0]?.attributes.d ?? '');
  if (foot === undefined || ridge === undefined) throw new Error('no roof');
  const circles = all(parse(svg)).filter(({ name, attributes }) => name === 'circle' && attributes.class === 'none thin s0');
  const inPlot = circles
    .slice(0, 40)
    .map(({ attributes }) => ({ x: Number(attributes.cx), y: Number(attributes.cy), r: Number(attributes.r) }));
  const slope = (ridge.y - foot.y) / (ridge.x - foot.x);
  // The heaviest come first: layer 39 down to 0.
  for (const [n, { x, y }] of inPlot.entries()) {
    if (layer(39 - n).bound === 'memory') t.ok(Math.abs(ridge.y + (x - ridge.x) * slope - y) < 0.1, `layer ${39 - n}`);
  }
  const areas = inPlot.map(({ r }) => r);
  t.ok(
    areas.every((r, i) => i === 0 || r <= (areas[i - 1] as number)),
    'the more time, the larger',
  );
});

t.test('of many ceilings those that are reached are kept', async (t) => {
  const higher = Array.from({ length: 10 }, (_, i) => ({ name: `int${i}`, rate: PEAK * 2 ** (i + 1) }));
  const svg = rooflineFigure({ ...A100, device: { ...A100.device, ceilings: [...higher, { name: 'tf32', rate: PEAK }] } });
  t.strictSame(faultsOf(svg), []);
  t.ok(texts(svg).includes('tf32 156\u00a0TFLOP/s'));
});

t.test('what bounds a layer shows in its shape', async (t) => {
  const compute = A100.layers.filter(({ bound }) => bound === 'compute').length;
  const named = A100.layers.slice(-5).filter(({ bound }) => bound === 'compute').length;
  t.equal(classed(rooflineFigure(A100), 'f0', 'veil').length, compute + named, 'filled, also in the key');
});

t.test('what is not known is counted', async (t) => {
  const unknown: RooflinePoint = { name: 'loop', intensity: null, rate: null, share: null, bound: null };
  const svg = rooflineFigure({ ...A100, layers: [...A100.layers, unknown], total: null });
  t.strictSame(faultsOf(svg), []);
  t.ok(texts(svg).some((text) => text.includes('1 layer has no known')));
  t.strictSame(faultsOf(rooflineFigure({ ...A100, layers: [], total: null })), []);
});

t.test('many layers', async (t) => {
  const svg = rooflineFigure({ ...A100, layers: Array.from({ length: 20_000 }, (_, i) => layer(i)) });
  t.strictSame(faultsOf(svg), []);
  t.ok(texts(svg).some((text) => text.includes('19,600 layers')));
});

t.test('hostile names', async (t) => {
  for (const name of HOSTILE) {
    const device = {
      ...A100.device,
      name,
      ceilings: [
        { name, rate: 1e12 },
        { name, rate: 1e13 },
      ],
    };
    const svg = rooflineFigure({ ...A100, title: name, device, layers: [{ ...layer(3), name }], note: name });
    t.strictSame(faultsOf(svg), [], name.slice(0, 20));
  }
});

t.test('any input', async (t) => {
  const point = {
    intensity: maybeNumber,
    rate: maybeNumber,
    share: maybeNumber,
    bound: fc.constantFrom('compute' as const, 'memory' as const, null),
  };
  const inputs: fc.Arbitrary<RooflineFigureInput> = fc.record({
    title: anyText,
    device: fc.record({
      name: anyText,
      bandwidth: anyNumber,
      ceilings: fc.array(fc.record({ name: anyText, rate: anyNumber }), { maxLength: 6 }),
    }),
    layers: fc.array(fc.record({ name: anyText, ...point }), { maxLength: 20 }),
    total: fc.option(fc.record(point), { nil: null }),
    note: fc.option(anyText, { nil: undefined }),
  });
  alwaysSound(t, rooflineFigure, inputs);
});
