import fc from 'fast-check';
import t from 'tap';
import { type BarsFigureInput, barsFigure } from '../../../src/analysis/figures/bars-figure.ts';
import { alwaysSound, anyText, faultsOf, HOSTILE, maybeNumber } from './check.ts';
import { alternative, bounds, classed, parse, texts } from './drawing.ts';

const RESNET: BarsFigureInput = {
  title: 'Where the receptive field comes from',
  subtitle: 'resnet18, H',
  unit: '',
  cumulative: true,
  total: 'receptive field',
  bars: [
    { label: 'input', value: 1 },
    { label: 'conv1', value: 6 },
    { label: 'maxpool', value: 4 },
    { label: 'layer1', value: 32 },
    { label: 'layer2', value: 56 },
    { label: 'layer3', value: 112 },
    { label: 'layer4', value: 224 },
  ],
};

function spans(svg: string, ...classes: string[]): { left: number; right: number }[] {
  return classed(svg, ...classes).flatMap((element) => bounds(element).map(({ box }) => ({ left: box.left, right: box.right })));
}

t.test('a waterfall adds up to its total', async (t) => {
  const svg = barsFigure(RESNET);
  t.strictSame(faultsOf(svg), []);
  const bars = spans(svg, 'f0');
  const [total] = spans(svg, 'solid') as [{ left: number; right: number }];
  const unit = (total.right - total.left) / 435;
  let level = 0;
  for (const [i, { value }] of RESNET.bars.entries()) {
    t.ok(Math.abs((bars[i]?.left ?? 0) - total.left - level * unit) < 0.03, `bar ${i} begins where the one before ends`);
    level += value ?? 0;
    t.ok(Math.abs((bars[i]?.right ?? 0) - total.left - level * unit) < 1.03, `bar ${i} is as long as it says, or a pixel`);
  }
  t.ok(texts(svg).includes('435'));
  t.ok(texts(svg).includes('+224'));
  t.match(
    alternative(svg).desc,
    'A waterfall: input: 1; conv1: 6; maxpool: 4; layer1: 32; layer2: 56; layer3: 112; layer4: 224; sum, receptive field: 435.',
  );
});

t.test('bars beside one another have shares and kinds', async (t) => {
  const svg = barsFigure({
    title: 'Parameters by layer',
    subtitle: 'vgg16',
    unit: '',
    cumulative: false,
    bars: [
      { label: 'classifier.0', value: 102_764_544, kind: 'Gemm' },
      { label: 'features.28', value: 2_359_808, kind: 'Conv' },
      { label: 'rest', value: null },
    ],
  });
  t.strictSame(faultsOf(svg), []);
  t.ok(texts(svg).includes('103\u00a0M'), 'no shares where a value is not known');
  t.ok(texts(svg).includes('unknown'));
  t.equal(classed(svg, 'weave1').length, 2, 'the second kind has a texture, in the bar and in the key');
  t.match(alternative(svg).desc, 'classifier.0: 102,764,544; features.28: 2,359,808; rest: unknown');
});

t.test('what goes down is hatched', async (t) => {
  const svg = barsFigure({
    ...RESNET,
    bars: [
      { label: 'a', value: 10 },
      { label: 'b', value: -4 },
    ],
  });
  t.equal(classed(svg, 'hatch').length, 1);
  t.ok(texts(svg).includes('−4'));
  t.ok(texts(svg).includes('6'));
});

t.test('of many bars the last are one', async (t) => {
  const svg = barsFigure({
    ...RESNET,
    cumulative: false,
    bars: Array.from({ length: 1_000 }, (_, i) => ({ label: `layer ${i}`, value: 1_000 - i })),
  });
  t.strictSame(faultsOf(svg), []);
  t.match(alternative(svg).desc, '971 others: 471,906');
  t.ok(Number(parse(svg).attributes.viewBox?.split(' ')[3]) < 700);
});

t.test('hostile names', async (t) => {
  for (const name of HOSTILE) {
    const bars = [
      { label: name, value: 3, kind: name },
      { label: name, value: 5, kind: 'x' },
    ];
    t.strictSame(
      faultsOf(barsFigure({ title: name, subtitle: name, unit: name, cumulative: false, bars, note: name })),
      [],
      name.slice(0, 20),
    );
    t.strictSame(faultsOf(barsFigure({ ...RESNET, bars, total: name })), [], name.slice(0, 20));
  }
});

t.test('any input', async (t) => {
  const bar = fc.record({
    label: anyText,
    value: maybeNumber,
    kind: fc.option(fc.oneof(anyText, fc.constantFrom('Conv', 'Gemm')), { nil: undefined }),
  });
  const inputs: fc.Arbitrary<BarsFigureInput> = fc.record({
    title: anyText,
    subtitle: anyText,
    unit: fc.constantFrom('', 'FLOP', 'B', 's'),
    bars: fc.array(bar, { maxLength: 40 }),
    cumulative: fc.boolean(),
    total: fc.option(anyText, { nil: undefined }),
    note: fc.option(anyText, { nil: undefined }),
  });
  alwaysSound(t, barsFigure, inputs);
});
