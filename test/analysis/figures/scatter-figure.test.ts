import fc from 'fast-check';
import t from 'tap';
import { type ScatterFigureInput, scatterFigure } from '../../../src/analysis/figures/scatter-figure.ts';
import { alwaysSound, anyText, faultsOf, HOSTILE, maybeNumber } from './check.ts';
import { alternative, bounds, classed, texts } from './drawing.ts';

const NETWORKS: ScatterFigureInput = {
  title: 'Cost against receptive field',
  subtitle: 'at 224 × 224',
  x: { label: 'cost', unit: 'MAC', scale: 'log' },
  y: { label: 'receptive field', unit: '', scale: 'linear' },
  points: [
    { name: 'resnet18', x: 1.81e9, y: 435 },
    { name: 'resnet50', x: 4.09e9, y: 427 },
    { name: 'vgg16', x: 15.5e9, y: 212 },
    { name: 'mobilenet_v2', x: 3.0e8, y: 491 },
    { name: 'vit_b_16', x: 17.6e9, y: null },
  ],
};

function middles(svg: string, className: string): { x: number; y: number }[] {
  return classed(svg, className).flatMap((element) =>
    bounds(element).map(({ box }) => ({ x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 })),
  );
}

t.test('says in words and numbers what it shows', async (t) => {
  const svg = scatterFigure(NETWORKS);
  t.strictSame(faultsOf(svg), []);
  t.match(alternative(svg).desc, 'resnet18: cost 1,810,000,000 MAC, receptive field 435; resnet50: cost 4,090,000,000 MAC');
  t.match(alternative(svg).desc, 'vit_b_16: cost 17,600,000,000 MAC, receptive field unknown.');
  for (const text of ['resnet18', 'vgg16', 'mobilenet_v2', '1 resnet18', '1.81\u00a0GMAC', '435', 'unknown'])
    t.ok(texts(svg).includes(text), text);
  t.equal(texts(svg).filter((text) => text === 'vit_b_16').length, 0, 'what has no place is only in the table');
});

t.test('points lie as their measures do', async (t) => {
  const [first, second] = [0, 1].map((n) => middles(scatterFigure(NETWORKS), `f${n}`)[0]) as [
    { x: number; y: number },
    { x: number; y: number },
  ];
  t.ok(first.x < second.x, 'what costs more is further to the right');
  t.ok(first.y < second.y, 'what sees more is higher up');
});

t.test('points on one spot', async (t) => {
  const svg = scatterFigure({ ...NETWORKS, points: Array.from({ length: 30 }, (_, i) => ({ name: `network ${i}`, x: 5, y: 5 })) });
  t.strictSame(faultsOf(svg), []);
  t.ok(texts(svg).some((text) => text.includes('10 more are not in the table')));
});

t.test('no points', async (t) => {
  t.strictSame(faultsOf(scatterFigure({ ...NETWORKS, points: [] })), []);
});

t.test('hostile names', async (t) => {
  for (const name of HOSTILE) {
    const axis = { label: name, unit: name, scale: 'log' } as const;
    const points = [1, 2, 3].map((x) => ({ name, x, y: 4 - x }));
    t.strictSame(faultsOf(scatterFigure({ title: name, subtitle: name, x: axis, y: axis, points, note: name })), [], name.slice(0, 20));
  }
});

t.test('any input', async (t) => {
  const axis = fc.record({ label: anyText, unit: fc.constantFrom('', 'FLOP'), scale: fc.constantFrom('linear' as const, 'log' as const) });
  const inputs: fc.Arbitrary<ScatterFigureInput> = fc.record({
    title: anyText,
    subtitle: anyText,
    x: axis,
    y: axis,
    points: fc.array(fc.record({ name: anyText, x: maybeNumber, y: maybeNumber }), { maxLength: 30 }),
    note: fc.option(anyText, { nil: undefined }),
  });
  alwaysSound(t, scatterFigure, inputs);
});
