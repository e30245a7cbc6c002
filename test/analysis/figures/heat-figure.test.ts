import fc from 'fast-check';
import t from 'tap';
import { type HeatFigureInput, heatFigure } from '../../../src/analysis/figures/heat-figure.ts';
import { alwaysSound, anyNumber, anyText, faultsOf, HOSTILE, maybeNumber } from './check.ts';
import { all, alternative, classed, type Element, parse, points, texts } from './drawing.ts';

function bell(size: number, middle: number, sigma: number): number[] {
  return Array.from({ length: size }, (_, i) => Math.exp(-((i - middle) ** 2) / (2 * sigma ** 2)) / (sigma * Math.sqrt(2 * Math.PI)));
}

function product(rows: readonly number[], columns: readonly number[]): number[] {
  return rows.flatMap((row) => columns.map((column) => row * column));
}

const AXIS = { name: 'H', size: 224, theoretical: { start: -101, stop: 326 }, center: 112, sigma: 31.2 };
const RESNET: HeatFigureInput = {
  title: 'resnet50',
  layer: 'layer4.2.conv3',
  unit: [3, 3],
  axes: [AXIS, { ...AXIS, name: 'W' }],
  mass: [
    { share: 0.5, sides: [42.1, 42.1] },
    { share: 0.95, sides: [122, 122] },
    { share: 0.99, sides: [160, 160] },
  ],
  grid: { start: [0, 0], shape: [224, 224], scale: 1, values: product(bell(224, 112, 31.2), bell(224, 112, 31.2)) },
  size: 137.4,
  ratio: 137.4 / 427,
};

function windowOf(svg: string): Element {
  const found = all(parse(svg)).find(({ name, attributes }) => name === 'svg' && attributes.x !== undefined);
  if (!found) throw new Error('no heat map');
  return found;
}

/** The colour of every cell, painted as the paths say; cells that no path reaches have the colour of the lowest step. */
function painted(svg: string, rows: number, columns: number): string[] {
  const { children } = windowOf(svg);
  const cells = new Array<string>(rows * columns).fill(children[0]?.attributes.fill ?? '');
  for (const { attributes } of children.slice(1)) {
    let pen = { x: 0, y: 0 };
    for (const point of points(attributes.d ?? '')) {
      if (point.command === 'h') for (let x = pen.x; x < point.x; x++) cells[Math.floor(point.y) * columns + x] = attributes.stroke ?? '';
      pen = point;
    }
  }
  return cells;
}

t.test('says in words and numbers what it shows', async (t) => {
  const svg = heatFigure(RESNET);
  t.strictSame(faultsOf(svg), []);
  const { title, desc } = alternative(svg);
  t.equal(title, 'Effective receptive field of layer4.2.conv3, unit (3, 3), in resnet50');
  t.match(
    desc,
    'Along H (input of size 224): sigma 31.2, theoretical field [−101, 326) of size 427, 50 % of the influence within 42.1 positions',
  );
  t.match(desc, '99 % of the influence within 160 positions');
  t.match(desc, 'Effective size (positions above 1 − 95.45 % of the peak): 137.4, 32.2 % of the theoretical size.');
  for (const text of ['31.2', '427', '42.1', '122', '160', '[−101, 326)']) t.ok(texts(svg).includes(text), text);
  t.ok(svg.length < 60_000, 'a smooth field is a small file');
});

t.test('every cell has the colour of its step', async (t) => {
  const rows = 7;
  const columns = 11;
  const values = Array.from({ length: rows * columns }, (_, i) => ((i * 37) % 24) / 23);
  const svg = heatFigure({ ...RESNET, grid: { start: [0, 0], shape: [rows, columns], scale: 8, values } });
  const cells = painted(svg, rows, columns);
  const colorOf = new Map<number, Set<string>>();
  values.forEach((value, i) => {
    const step = Math.min(23, Math.floor(value * 24));
    colorOf.set(step, (colorOf.get(step) ?? new Set()).add(cells[i] as string));
  });
  t.equal(colorOf.size, 24);
  for (const [step, colors] of colorOf) t.equal(colors.size, 1, `one colour for step ${step}`);
  t.equal(new Set([...colorOf.values()].map(([color]) => color)).size, 24, 'another colour for each step');
  t.strictSame([...(colorOf.get(0) ?? [])], ['#440154'], 'dark for the least');
  t.strictSame([...(colorOf.get(23) ?? [])], ['#fde725'], 'bright for the most');
});

t.test('cells stand at their true places', async (t) => {
  const svg = heatFigure({ ...RESNET, grid: { start: [10, 20], shape: [5, 5], scale: 4, values: new Array(25).fill(1) } });
  const { attributes } = windowOf(svg);
  const [left = 0, top = 0, width = 0, height = 0] = (attributes.viewBox ?? '').split(' ').map(Number);
  const input = classed(svg, 'panel')[0]?.attributes ?? {};
  // A cell is four positions, and the input begins 20 positions before the grid.
  const x = Number(attributes.x) + ((-20 / 4 - left) / width) * Number(attributes.width);
  const y = Number(attributes.y) + ((-10 / 4 - top) / height) * Number(attributes.height);
  t.ok(Math.abs(x - Number(input.x)) < 0.05);
  t.ok(Math.abs(y - Number(input.y)) < 0.05);
  t.ok(texts(svg).some((text) => text.includes('per 4 × 4 positions, 24 levels')));
});

t.test('a ragged field is drawn coarser, and stays small', async (t) => {
  const values = Array.from({ length: 256 * 256 }, (_, i) => ((i * 2654435761) % 1000) / 1e7);
  const svg = heatFigure({ ...RESNET, grid: { start: [0, 0], shape: [256, 256], scale: 1, values } });
  t.strictSame(faultsOf(svg), []);
  t.match(texts(svg).join(' '), 'The map shows means of 2 × 2 cells.');
});

t.test('a small field is shown larger', async (t) => {
  const axis = { ...AXIS, size: 2_000, theoretical: { start: 90, stop: 134 }, sigma: 6 };
  const mass = [{ share: 0.5, sides: [9, 9] }];
  const svg = heatFigure({
    ...RESNET,
    axes: [axis, axis],
    mass,
    grid: { start: [90, 90], shape: [44, 44], scale: 1, values: product(bell(44, 22, 6), bell(44, 22, 6)) },
  });
  t.strictSame(faultsOf(svg), []);
  t.ok(texts(svg).some((text) => text.includes('Only a part of the input is shown')));
});

t.test('one axis is a curve that peaks where the influence does', async (t) => {
  const svg = heatFigure({
    ...RESNET,
    axes: [{ ...AXIS, name: 'T', size: 400, theoretical: { start: 50, stop: 350 }, center: 199 }],
    mass: [{ share: 0.5, sides: [60] }],
    grid: { start: [0], shape: [400], scale: 1, values: bell(400, 199, 45) },
  });
  t.strictSame(faultsOf(svg), []);
  const curve = points(classed(svg, 's0', 'none')[0]?.attributes.d ?? '');
  const top = curve.reduce((a, b) => (b.y < a.y ? b : a));
  const [from, to] = [curve[0]?.x as number, curve.at(-1)?.x as number];
  t.ok(Math.abs((top.x - from) / (to - from) - 199.5 / 400) < 0.005);
});

t.test('three axes are a map of the last two, and a curve of the first', async (t) => {
  const theoretical = { start: 2, stop: 11 };
  const depth = { name: 'D', size: 16, theoretical, center: 6, sigma: 1.5 };
  const profile = { start: [2], shape: [9], scale: 1, values: bell(9, 4, 1.5) };
  const volume: HeatFigureInput = {
    ...RESNET,
    axes: [depth, ...RESNET.axes],
    mass: [{ share: 0.5, sides: [5, 42, 42] }],
    profile,
  };
  const svg = heatFigure(volume);
  t.strictSame(faultsOf(svg), []);
  t.match(alternative(svg).desc, /Along D .*sigma 1.5.* Along H .* Along W /);
  for (const name of ['D', 'H', 'W']) t.ok(texts(svg).includes(name), name);
  t.match(texts(svg).join(' '), 'The map is over H and W, the curve along D');
  const curve = points(classed(svg, 's0', 'none')[0]?.attributes.d ?? '');
  const top = curve.reduce((a, b) => (b.y < a.y ? b : a));
  const map = windowOf(svg).attributes;
  t.ok(top.y > Number(map.y) + Number(map.height), 'it stands under the map');
  t.equal(curve.filter(({ command }) => command === 'H').length, 9);
  t.strictSame(faultsOf(heatFigure({ ...volume, grid: null, profile: null })), []);
});

t.test('what is not known is said', async (t) => {
  const nothing = { ...AXIS, size: null, theoretical: null, center: null, sigma: null };
  const svg = heatFigure({ ...RESNET, axes: [nothing, nothing], grid: null, size: null, ratio: null });
  t.strictSame(faultsOf(svg), []);
  t.ok(texts(svg).includes('not known'));
  t.match(alternative(svg).desc, /sigma unknown, theoretical field unknown/);
  t.match(alternative(svg).desc, /effective size is not known/);
});

t.test('hostile names', async (t) => {
  for (const name of HOSTILE) {
    const svg = heatFigure({
      ...RESNET,
      title: name,
      layer: name,
      axes: [
        { ...AXIS, name },
        { ...AXIS, name },
      ],
      note: name,
    });
    t.strictSame(faultsOf(svg), [], name.slice(0, 20));
  }
});

t.test('any input', async (t) => {
  const axis = fc.record({
    name: anyText,
    size: maybeNumber,
    theoretical: fc.option(fc.record({ start: anyNumber, stop: anyNumber }), { nil: null }),
    center: maybeNumber,
    sigma: maybeNumber,
  });
  const grid = fc.tuple(fc.nat(20), fc.nat(20), fc.boolean()).chain(([rows, columns, flat]) =>
    fc.record({
      start: fc.array(anyNumber, { minLength: flat ? 1 : 2, maxLength: 2 }),
      shape: fc.constant(flat ? [columns] : [rows, columns]),
      scale: anyNumber,
      values: fc.array(anyNumber, { minLength: flat ? columns : rows * columns, maxLength: flat ? columns : rows * columns }),
    }),
  );
  const inputs: fc.Arbitrary<HeatFigureInput> = fc.record({
    title: anyText,
    layer: anyText,
    unit: fc.option(fc.array(anyNumber, { maxLength: 3 }), { nil: null }),
    axes: fc.array(axis, { maxLength: 3 }),
    mass: fc.array(fc.record({ share: anyNumber, sides: fc.array(maybeNumber, { maxLength: 2 }) }), { maxLength: 4 }),
    grid: fc.option(grid, { nil: null }),
    profile: fc.option(grid, { nil: undefined }),
    size: maybeNumber,
    ratio: maybeNumber,
    note: fc.option(anyText, { nil: undefined }),
  });
  alwaysSound(t, heatFigure, inputs);
});
