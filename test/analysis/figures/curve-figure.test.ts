import fc from 'fast-check';
import t from 'tap';
import { type CurveFigureInput, curveFigure } from '../../../src/analysis/figures/curve-figure.ts';
import { alwaysSound, anyNumber, anyText, faultsOf, HOSTILE, maybeNumber } from './check.ts';
import { alternative, classed, points, texts } from './drawing.ts';

const SIZES = Array.from({ length: 20 }, (_, i) => 128 + 32 * i);
const SWEEP: CurveFigureInput = {
  title: 'Cost against input size',
  subtitle: 'resnet50',
  x: { label: 'input size', unit: '', scale: 'linear' },
  y: { label: 'cost', unit: 'FLOP', scale: 'linear' },
  series: [{ name: 'FLOPs', points: SIZES.map((x) => ({ x, y: 8e9 * (x / 224) ** 2 })) }],
};

function pathOf(svg: string, n: number): { command: string; x: number; y: number }[] {
  return points(classed(svg, 'none', `s${n}`)[0]?.attributes.d ?? '');
}

t.test('says in words and numbers what it shows', async (t) => {
  const svg = curveFigure({ ...SWEEP, places: [{ x: 224, label: 'as trained' }] });
  t.strictSame(faultsOf(svg), []);
  t.match(alternative(svg).desc, 'cost in FLOP against input size. FLOPs: 20 points, from 2,612,244,898 at 128 to');
  t.match(alternative(svg).desc, 'Marked: as trained: 224.');
  for (const text of ['2.61\u00a0GFLOP', 'cost (FLOP)', 'input size', 'as trained', '400']) t.ok(texts(svg).includes(text), text);
});

t.test('a linear axis is linear, a logarithmic one logarithmic', async (t) => {
  const line = pathOf(curveFigure({ ...SWEEP, series: [{ name: 'a', points: SIZES.map((x) => ({ x, y: 3 * x + 5 })) }] }), 0);
  const curve = pathOf(
    curveFigure({ ...SWEEP, y: { ...SWEEP.y, scale: 'log' }, series: [{ name: 'a', points: SIZES.map((x) => ({ x, y: 1.01 ** x })) }] }),
    0,
  );
  for (const path of [line, curve]) {
    t.equal(path.length, SIZES.length);
    const steps = path.slice(1).map((point, i) => point.y - (path[i]?.y ?? 0));
    t.ok(Math.max(...steps) < 0, 'it rises');
    t.ok(Math.max(...steps) - Math.min(...steps) < 0.03, 'by even steps');
  }
});

t.test('a missing value breaks the line, and a fault is marked and told', async (t) => {
  const values = SIZES.map((x, i) => ({ x, y: i === 7 ? null : x, ...(i === 7 && { fault: 'Add: sizes 7 and 8 do not fit' }) }));
  const svg = curveFigure({ ...SWEEP, series: [{ name: 'a', points: values }] });
  t.strictSame(faultsOf(svg), []);
  t.equal(pathOf(svg, 0).filter(({ command }) => command === 'M').length, 2);
  t.equal(classed(svg, 'line', 'strong').length, 1, 'one cross');
  t.ok(texts(svg).some((text) => text.startsWith('× 1 point with a fault: Add: sizes 7 and 8')));
});

t.test('lower bounds are dotted, open and told', async (t) => {
  const open = (from: number) => SIZES.map((x, i) => ({ x, y: x, bound: i >= from }));
  for (const join of ['lines', 'steps'] as const) {
    const svg = curveFigure({ ...SWEEP, join, series: [{ name: 'a', points: open(15) }] });
    t.strictSame(faultsOf(svg), []);
    const [solid, dotted] = classed(svg, 'none', 's0').map(({ attributes }) => points(attributes.d ?? ''));
    t.same(solid?.at(-1), dotted?.[0] && { ...dotted[0], command: solid?.at(-1)?.command }, 'the dotted part begins where the other ends');
    t.equal(classed(svg, 's0', 'thin', 'dot').length, 1);
    t.ok(texts(svg).some((text) => text.startsWith('5 values are lower bounds')));
    t.match(alternative(svg).desc, '5 values are lower bounds');
    t.equal(texts(svg).filter((text) => text.startsWith('≥ ')).length, 2, 'the greatest and the last, not the least');
  }
  const all = curveFigure({ ...SWEEP, series: [{ name: 'a', points: open(0) }] });
  t.ok(texts(all).some((text) => text.startsWith('All values are lower bounds')));
  t.ok(texts(curveFigure(SWEEP)).every((text) => !text.includes('≥')));
});

t.test('steps hold until the next value', async (t) => {
  const svg = curveFigure({ ...SWEEP, join: 'steps', series: [{ name: 'a', points: [0, 1, 2].map((x) => ({ x, y: x })) }] });
  t.equal(
    pathOf(svg, 0)
      .map(({ command }) => command)
      .join(''),
    'MHVHV',
  );
});

t.test('0 has no place on a logarithmic axis', async (t) => {
  const log = { ...SWEEP.y, scale: 'log' } as const;
  const svg = curveFigure({ ...SWEEP, y: log, series: [{ name: 'a', points: [1, 0, 10].map((y, x) => ({ x, y })) }] });
  t.strictSame(faultsOf(svg), []);
  t.equal(pathOf(svg, 0).filter(({ command }) => command === 'M').length, 2, 'it breaks the line');
});

t.test('a long series keeps its peak, and stays small', async (t) => {
  const many = Array.from({ length: 100_000 }, (_, x) => ({ x, y: x === 54_321 ? 5_000 : 100 + (x % 7) }));
  const svg = curveFigure({ ...SWEEP, series: [{ name: 'a', points: many }] });
  t.strictSame(faultsOf(svg), []);
  t.ok(svg.length < 30_000);
  const path = pathOf(svg, 0);
  const [from, to] = [path[0]?.x as number, path.at(-1)?.x as number];
  const peak = path.reduce((a, b) => (b.y < a.y ? b : a));
  t.ok(Math.abs((peak.x - from) / (to - from) - 0.54321) < 0.001);
});

t.test('a long series with gaps keeps its peak and counts its faults', async (t) => {
  const gaps = Array.from({ length: 10_000 }, (_, x) => ({
    x,
    y: x % 10 === 0 ? null : x === 5_555 ? 900 : 7,
    ...(x % 10 === 0 && { fault: 'none' }),
  }));
  const svg = curveFigure({ ...SWEEP, series: [{ name: 'a', points: gaps }] });
  t.strictSame(faultsOf(svg), []);
  t.match(alternative(svg).desc, 'a: 10,000 points, from no value at 0 to 7 at 9,999, between 7 and 900. 1,000 points have a fault.');
});

t.test('series differ by more than colour', async (t) => {
  const series = 'abcdefg'.split('').map((name, i) => ({ name, points: [1, 2, 3].map((x) => ({ x, y: x * (i + 1) })) }));
  const svg = curveFigure({ ...SWEEP, series });
  t.strictSame(faultsOf(svg), []);
  const dashes = [1, 2, 3, 4, 5].map((n) => classed(svg, 'none', `s${n}`)[0]?.attributes.class?.split(' ').at(-1));
  t.equal(new Set(dashes).size, 5);
  t.ok(texts(svg).some((text) => text.includes('1 more series')));
});

t.test('hostile names', async (t) => {
  for (const name of HOSTILE) {
    const series = [
      {
        name,
        points: [
          { x: 1, y: 2, fault: name },
          { x: 2, y: null, fault: name },
        ],
      },
    ];
    const axis = { label: name, unit: name, scale: 'linear' } as const;
    const svg = curveFigure({
      title: name,
      subtitle: name,
      x: axis,
      y: axis,
      series,
      places: [
        { x: 1, label: name },
        { x: 1.5, label: name },
      ],
      note: name,
    });
    t.strictSame(faultsOf(svg), [], name.slice(0, 20));
  }
});

t.test('any input', async (t) => {
  const axis = fc.record({
    label: anyText,
    unit: fc.constantFrom('', 'FLOP', 'B', 's'),
    scale: fc.constantFrom('linear' as const, 'log' as const),
  });
  const point = fc.record({ x: anyNumber, y: maybeNumber, fault: fc.option(anyText, { nil: undefined, freq: 2 }) });
  const inputs: fc.Arbitrary<CurveFigureInput> = fc.record({
    title: anyText,
    subtitle: anyText,
    x: axis,
    y: axis,
    series: fc.array(fc.record({ name: anyText, points: fc.array(point, { maxLength: 20 }) }), { maxLength: 8 }),
    join: fc.constantFrom(undefined, 'lines', 'steps'),
    places: fc.option(fc.array(fc.record({ x: anyNumber, label: anyText }), { maxLength: 8 }), { nil: undefined }),
    note: fc.option(anyText, { nil: undefined }),
  });
  alwaysSound(t, curveFigure, inputs);
});
