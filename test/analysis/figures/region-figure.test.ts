import fc from 'fast-check';
import t from 'tap';
import { type RegionFigureInput, regionFigure } from '../../../src/analysis/figures/region-figure.ts';
import type { RegionAxis } from '../../../src/analysis/figures/region-words.ts';
import { alwaysSound, anyNumber, anyText, faultsOf, HOSTILE, maybeNumber } from './check.ts';
import { alternative, classed, texts } from './drawing.ts';

/** relu3 of AlexNet: unit (6, 6) sees [62, 161) of 224 pixels. */
const H: RegionAxis = {
  name: 'H',
  size: 224,
  status: 'exact',
  virtual: { start: 62, stop: 161 },
  actual: { start: 62, stop: 161 },
  local: null,
  stride: 16,
};
const ALEXNET: RegionFigureInput = {
  title: 'alexnet',
  layer: 'features.7',
  unit: [6, 6],
  axes: [H, { ...H, name: 'W' }],
  coverage: 99 ** 2 / 224 ** 2,
};

function rectangle(svg: string, ...classes: string[]): { x: number; y: number; width: number; height: number } {
  const { x, y, width, height } = classed(svg, ...classes).find(({ name }) => name === 'rect')?.attributes ?? {};
  return { x: Number(x), y: Number(y), width: Number(width), height: Number(height) };
}

t.test('says in words and numbers what it shows', async (t) => {
  const svg = regionFigure(ALEXNET);
  t.strictSame(faultsOf(svg), []);
  const { title, desc } = alternative(svg);
  t.equal(title, 'Receptive field of features.7, unit (6, 6), in alexnet');
  t.equal(
    desc,
    'Along H (input of size 224): actual field [62, 161), virtual field [62, 161) of size 99, stride 16. ' +
      'Along W (input of size 224): actual field [62, 161), virtual field [62, 161) of size 99, stride 16. It covers 19.5 % of the input.',
  );
  for (const text of ['features.7, unit (6, 6)', '[62, 161)', '99', '16', '111', '224', 'Covers 19.5\u00a0% of the input.']) {
    t.ok(texts(svg).includes(text), text);
  }
});

t.test('a field of known size at no known place', async (t) => {
  const adrift = { size: 23, cause: 'SAME padding of an unknown size' };
  const axis: RegionAxis = { ...H, size: null, virtual: null, actual: null, adrift };
  const svg = regionFigure({ ...ALEXNET, coverage: null, axes: [axis, { ...axis, name: 'W', adrift: null }] });
  t.strictSame(faultsOf(svg), []);
  const { desc } = alternative(svg);
  t.match(desc, 'Along H (input of unknown size): actual field unknown, virtual field unknown of size 23, stride 16.');
  t.match(desc, 'Along H it is not known where the field lies (SAME padding of an unknown size).');
  t.notMatch(desc, 'Along W it is not known');
});

t.test('without a coverage that of the box is told', async (t) => {
  t.match(alternative(regionFigure({ ...ALEXNET, coverage: null })).desc, 'It covers 19.5 % of the input.');
  t.match(alternative(regionFigure({ ...ALEXNET, coverage: null, axes: [H, { ...H, actual: null }] })).desc, 'it covers is not known');
});

t.test('boxes stand at their true places', async (t) => {
  const svg = regionFigure({
    ...ALEXNET,
    axes: [
      { ...H, virtual: { start: -20, stop: 90 }, actual: { start: 0, stop: 90 } },
      { ...H, name: 'W' },
    ],
  });
  const input = rectangle(svg, 'panel');
  const actual = rectangle(svg, 'f0');
  t.ok(Math.abs(input.width - input.height) < 0.1, 'a square input is a square');
  const pixel = input.width / 224;
  t.ok(Math.abs(actual.x - input.x - 62 * pixel) < 0.02);
  t.ok(Math.abs(actual.width - 99 * pixel) < 0.02);
  t.ok(Math.abs(actual.y - input.y) < 0.02);
  t.ok(Math.abs(actual.height - 90 * pixel) < 0.02);
  const above = Math.min(
    ...classed(svg, 'line', 'dash').flatMap(({ attributes }) => Number(attributes.d?.match(/M\S+ (\S+?)L/)?.[1] ?? Infinity)),
  );
  t.ok(Math.abs(input.y - above - 20 * pixel) < 0.02, 'the virtual box begins above the input');
  t.equal(classed(svg, 'hatch').length, 2, 'what is outside is hatched, there and in the key');
});

t.test('without an overhang nothing is hatched', async (t) => {
  t.equal(classed(regionFigure(ALEXNET), 'hatch').length, 0);
});

t.test('one axis is a strip, three are two views', async (t) => {
  const T = { ...H, name: 'T', size: 16_000 };
  t.equal(classed(regionFigure({ ...ALEXNET, axes: [T], unit: [6] }), 'panel').length, 2, 'the strip and the key');
  const volume = regionFigure({
    ...ALEXNET,
    axes: [{ ...H, name: 'D', size: 16, actual: { start: 0, stop: 16 } }, H, { ...H, name: 'W' }],
  });
  t.equal(classed(volume, 'panel').length, 3, 'two views and the key');
  t.strictSame(faultsOf(volume), []);
});

t.test('a local field has a box of its own', async (t) => {
  const global: RegionAxis = { ...H, status: 'global', virtual: null, actual: { start: 0, stop: 224 }, local: { start: 80, stop: 140 } };
  const svg = regionFigure({ ...ALEXNET, axes: [global, { ...global, name: 'W', local: { start: 60, stop: 140 } }], coverage: 1 });
  const [input, local] = [rectangle(svg, 'panel'), rectangle(svg, 'f1')];
  t.ok(Math.abs(local.width - (80 / 224) * input.width) < 0.02);
  t.match(alternative(svg).desc, /virtual field whole axis of size 224, local field \[80, 140\)/);
  t.match(alternative(svg).desc, /Along H and W the unit sees the whole axis/);
});

t.test('what is not known is said', async (t) => {
  const unknown: RegionAxis = { name: 'H', size: null, status: 'unknown', virtual: null, actual: null, local: null, stride: null };
  const svg = regionFigure({
    ...ALEXNET,
    unit: null,
    coverage: null,
    axes: [unknown, { ...unknown, name: 'W', size: 640, status: 'dataDependent' }],
  });
  t.strictSame(faultsOf(svg), []);
  t.match(alternative(svg).desc, /Along H \(input of unknown size\): actual field unknown/);
  t.match(alternative(svg).desc, /Along W the data decide which positions count/);
  t.equal(classed(svg, 'f0').length, 1, 'no box but that of the key');
});

t.test('a field far larger than its input goes on beyond the picture', async (t) => {
  const far: RegionAxis = { ...H, size: 32, virtual: { start: -197, stop: 230 }, actual: { start: 0, stop: 32 } };
  const svg = regionFigure({ ...ALEXNET, axes: [far, { ...far, name: 'W' }] });
  t.ok(rectangle(svg, 'panel').width > 50, 'the input is still to be seen');
  t.ok(texts(svg).some((text) => text.includes('goes on beyond')));
  t.ok(texts(svg).includes('[−197, 230)'));
});

t.test('coordinates that would touch make way', async (t) => {
  for (let stop = 850; stop <= 1_000; stop += 5) {
    const axis = { ...H, size: 1_000, actual: { start: 0, stop }, virtual: { start: -10, stop } };
    t.strictSame(faultsOf(regionFigure({ ...ALEXNET, axes: [axis] })), [], `one axis to ${stop}`);
    t.strictSame(faultsOf(regionFigure({ ...ALEXNET, axes: [axis, axis, axis] })), [], `three to ${stop}`);
  }
});

t.test('hostile names', async (t) => {
  for (const name of HOSTILE) {
    const svg = regionFigure({
      title: name,
      layer: name,
      unit: [1, 2],
      axes: [
        { ...H, name },
        { ...H, name },
      ],
      coverage: 0.5,
      note: name,
    });
    t.strictSame(faultsOf(svg), [], name.slice(0, 20));
    t.ok(svg.length < 20_000);
  }
});

t.test('any input', async (t) => {
  const interval = fc.option(fc.record({ start: anyNumber, stop: anyNumber }), { nil: null });
  const axis: fc.Arbitrary<RegionAxis> = fc.record({
    name: anyText,
    size: maybeNumber,
    status: fc.constantFrom('exact', 'global', 'dataDependent', 'unknown', 'none'),
    virtual: interval,
    actual: interval,
    local: interval,
    stride: maybeNumber,
  });
  const inputs: fc.Arbitrary<RegionFigureInput> = fc.record({
    title: anyText,
    layer: anyText,
    unit: fc.option(fc.array(anyNumber, { maxLength: 4 }), { nil: null }),
    axes: fc.array(axis, { maxLength: 4 }),
    coverage: maybeNumber,
    note: fc.option(anyText, { nil: undefined }),
  });
  alwaysSound(t, regionFigure, inputs);
});
