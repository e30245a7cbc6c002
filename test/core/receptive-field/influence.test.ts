import t from 'tap';
import { effectiveField } from '../../../src/core/receptive-field/effective.ts';
import { sourceNamed } from '../../../src/core/receptive-field/fields.ts';
import { type Influence, influence } from '../../../src/core/receptive-field/influence/backward.ts';
import { flowFrom } from '../../../src/core/receptive-field/influence/flow.ts';
import type { Variant } from '../../../src/core/receptive-field/influence/variant.ts';
import { projectiveField } from '../../../src/core/receptive-field/projective.ts';
import type { Source } from '../../../src/core/receptive-field/propagate.ts';
import { unitRegion } from '../../../src/core/receptive-field/region.ts';
import { type Target, targetNamed } from '../../../src/core/receptive-field/target.ts';
import { type Trace, traceGraph } from '../../../src/core/trace.ts';
import { conv, influenceOf, type Layer2d, network2d, type Op, randomNetwork2d, responsesOf, toGraph2d } from './forward.ts';
import { randomFrom } from './random-network.ts';

const NETWORKS = Number(process.env.FOVEA_ORACLE_NETWORKS ?? 60);
const FIRST_SEED = Number(process.env.FOVEA_ORACLE_SEED ?? 1);

interface Case {
  readonly trace: Trace;
  readonly target: Target;
  readonly source: Source;
}

function traced(network: readonly Layer2d[]): Case {
  const trace = traceGraph(toGraph2d(network), {});
  const target = targetNamed(trace, `t${network.length - 1}`) as Target;
  return { trace, target, source: sourceNamed(trace, 't0') as Source };
}

/** The influence that Fovea finds, over the image and together 1. */
function foundBy({ trace, target, source }: Case, [y, x]: readonly [number, number], variant: Variant): number[][] {
  const way = { variant, clip: true, local: true, only: null };
  const unit = new Map([
    [2, y],
    [3, x],
  ]);
  const { box } = influence(flowFrom(trace, source, target.at), target, unit, way) as Influence;
  const [h = 0, w = 0] = source.axes.map(({ extent }) => extent ?? 0);
  const found = Array.from({ length: h }, () => new Array<number>(w).fill(0));
  const total = box?.data.reduce((a, b) => a + b, 0) || 1;
  box?.data.forEach((value, i) => {
    const columns = box.shape[1] as number;
    const row = found[(box.start[0] as number) + Math.floor(i / columns)] as number[];
    row[(box.start[1] as number) + (i % columns)] = value / total;
  });
  return found;
}

function difference(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  return Math.max(...a.flatMap((row, y) => row.map((value, x) => Math.abs(value - (b[y]?.[x] as number)))));
}

const same: Op = conv([3, 3]);
const NETWORKS_2D: Record<string, Layer2d[]> = {
  'a residual network': network2d([9, 10], 2, [
    { op: same },
    { op: { op: 'relu' } },
    { op: same },
    { op: { op: 'add' }, from: [3, 0] },
    { op: same, channels: 2 },
    { op: { op: 'add' }, from: [5, 4] },
  ]),
  'strides and dilation': network2d([13, 12], 1, [
    { op: conv([3, 5], [2, 1], [1, 2]) },
    { op: { op: 'pool', k: [3, 3], s: [2, 2], d: [1, 1], p: [1, 1, 1, 1] } },
    { op: conv([2, 3], [1, 1], [2, 1]) },
  ]),
  'branches that Concat joins by channels': network2d([8, 8], 3, [
    { op: same, channels: 5 },
    { op: conv([1, 1]), from: [0], channels: 2 },
    { op: { op: 'concat' }, from: [1, 2] },
    { op: conv([1, 7]), channels: 2 },
  ]),
  'a decoder with a skip': network2d([8, 8], 1, [
    { op: same },
    { op: { op: 'pool', k: [2, 2], s: [2, 2], d: [1, 1], p: [0, 0, 0, 0] } },
    { op: same },
    { op: { op: 'transposed', k: [3, 3], s: [2, 2], p: [0, 0] }, channels: 2 },
    { op: { op: 'crop', start: [1, 1], step: [1, 1] } },
    { op: { op: 'concat' }, from: [5, 1] },
    { op: same, channels: 1 },
  ]),
  'one tensor below the other, beside a third': network2d([8, 6], 1, [
    { op: same },
    { op: { op: 'append' }, from: [0, 1] },
    { op: { op: 'transposed', k: [2, 1], s: [2, 1], p: [0, 0] }, from: [0] },
    { op: { op: 'add' }, from: [2, 3] },
    { op: same },
  ]),
  'bilinear upsampling, which clamps at its border': network2d([5, 6], 1, [{ op: { op: 'bilinear' } }, { op: same }]),
};

t.test('the map of a unit equals that of a network that is run forwards', async (t) => {
  for (const [name, network] of Object.entries(NETWORKS_2D)) {
    const responses = responsesOf(network, 'uniform');
    const [h, w] = network.at(-1)?.size ?? [0, 0];
    for (const unit of [
      [h >> 1, w >> 1],
      [0, 0],
      [h - 1, 1],
    ] as const) {
      t.ok(difference(influenceOf(responses, unit), foundBy(traced(network), unit, 'uniform')) < 1e-12, `${name}, unit ${unit}`);
    }
  }
});

t.test(`the same on ${NETWORKS} random networks from seed ${FIRST_SEED}, by all variants`, async (t) => {
  for (const variant of ['uniform', 'random', 'paths'] as const) {
    let reached = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + NETWORKS; seed++) {
      const network = randomNetwork2d(seed, variant === 'paths');
      const [h, w] = network.at(-1)?.size ?? [0, 0];
      const random = randomFrom(seed);
      const responses = responsesOf(network, variant);
      for (const unit of [
        [random(h), random(w)],
        [h - 1, 0],
      ] as const) {
        const expected = influenceOf(responses, unit);
        const off = difference(expected, foundBy(traced(network), unit, variant));
        if (!(off < 1e-12)) return t.fail(`seed ${seed}, ${variant}, unit ${unit}: off by ${off} in ${JSON.stringify(network)}`);
        reached += expected.flat().some((value) => value > 0) ? 1 : 0;
      }
    }
    t.ok(reached > NETWORKS, `${variant}: ${reached} units`);
  }
});

t.test('sigma without borders is that of the map, where no border is in the way', async (t) => {
  for (const variant of ['uniform', 'random', 'paths'] as const) {
    let compared = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + NETWORKS / 2; seed++) {
      const network = randomNetwork2d(seed, variant === 'paths', 9);
      const { trace, target, source } = traced(network);
      const [h, w] = network.at(-1)?.size ?? [0, 0];
      const unit = [h >> 1, w >> 1] as const;
      const { paddingShare, axes } = effectiveField(trace, { target, source, unit });
      const { axes: views } = unitRegion(trace, { target, source, unit });
      const clipped = views.some(({ local }) => JSON.stringify(local.virtual) !== JSON.stringify(local.actual));
      if (paddingShare !== 0 || clipped || axes.some(({ borderless }) => !borderless)) continue;
      const expected = influenceOf(responsesOf(network, variant), unit);
      const rows = expected.map((row) => row.reduce((a, b) => a + b, 0));
      const columns = expected[0]?.map((_, x) => expected.reduce((sum, row) => sum + (row[x] as number), 0)) ?? [];
      const found = effectiveField(trace, { target, source, unit, variant }).axes;
      for (const [axis, weights] of [rows, columns].entries()) {
        const mean = weights.reduce((sum, weight, i) => sum + i * weight, 0);
        const sigma = Math.sqrt(weights.reduce((sum, weight, i) => sum + (i - mean) ** 2 * weight, 0));
        const off = Math.abs((found[axis]?.sigma ?? -1) - sigma) + Math.abs((found[axis]?.mean ?? -1) - mean);
        if (!(off < 1e-9)) return t.fail(`seed ${seed}, ${variant}, axis ${axis}: ${JSON.stringify(found)} is not ${mean}, ${sigma}`);
      }
      compared += 1;
    }
    t.ok(compared > NETWORKS / 5, `${variant}: ${compared} units`);
  }
});

t.test('what a unit depends on, and which units depend on a position, are the same sets, and those of the oracle', async (t) => {
  let [pairs, holes] = [0, 0];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + NETWORKS / 3; seed++) {
    const network = randomNetwork2d(seed);
    const { trace, target, source } = traced(network);
    const responses = responsesOf(network, 'support');
    for (const [y, x] of positionsOf(network.at(-1)?.size)) {
      const reached = responses.map((row) => row.map((shown) => Number((shown[y]?.[x] ?? 0) > 0)));
      const { axes, coverage } = unitRegion(trace, { target, source, unit: [y, x] });
      const found = [...axes.map((axis) => axis.coverage?.positions), coverage?.positions];
      const expected = [...hitsOf(reached).map(({ size }) => size), reached.flat().filter(Boolean).length];
      if (String(found) !== String(expected)) return t.fail(`seed ${seed}, unit ${y},${x}: ${found} instead of ${expected}`);
      const hulls = JSON.stringify(axes.map(({ strict }) => strict.actual));
      const wanted = JSON.stringify(hitsOf(reached).map(hullOf));
      if (hulls !== wanted) return t.fail(`seed ${seed}, unit ${y},${x}: ${hulls} instead of ${wanted}`);
      holes += (coverage?.percent ?? 100) < 100 ? 1 : 0;
    }
    for (const [y, x] of positionsOf(network[0]?.size)) {
      const shown = responses[y]?.[x]?.map((row) => row.map((value) => Number(value > 0))) ?? [];
      const units = shown.flat().filter(Boolean).length;
      const { axes, ...field } = projectiveField(trace, { target, source, position: [y, x] });
      const found = [field.units, ...axes.map(({ hull }) => hull)];
      const expected = [units, ...(axes.length === 0 ? [] : hitsOf(shown).map(hullOf))];
      if (JSON.stringify(found) !== JSON.stringify(expected)) {
        return t.fail(`seed ${seed}, position ${y},${x}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
      }
      pairs += units;
    }
  }
  t.ok(pairs > 40 * NETWORKS && (holes > NETWORKS / 8 || NETWORKS < 60), `${pairs} pairs, ${holes} units with holes`);
});

t.test('rectangles that are too many are not counted, and their hulls are right all the same', async (t) => {
  let [counted, hulls, refused] = [0, 0, 0];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + NETWORKS; seed++) {
    const network = randomNetwork2d(seed);
    const { trace, target, source } = traced(network);
    const responses = responsesOf(network, 'support');
    const random = randomFrom(seed);
    const at = ([h, w]: readonly [number, number] = [0, 0]): [number, number] => [random(h), random(w)];
    for (const [y, x] of [at(network.at(-1)?.size), at(network.at(-1)?.size)]) {
      const reached = hitsOf(responses.map((row) => row.map((shown) => Number((shown[y]?.[x] ?? 0) > 0))));
      const { axes, coverage, coverageCause } = unitRegion(trace, { target, source, unit: [y, x] }, 1);
      t.equal(coverage === null, coverageCause !== null);
      if (axes.some((axis) => axis.coverage === null)) refused += 1;
      else if (String(axes.map((axis) => axis.coverage?.positions)) !== String(reached.map(({ size }) => size))) {
        return t.fail(`seed ${seed}, unit ${y},${x}: ${JSON.stringify(axes)}`);
      } else hulls += coverage === null ? 1 : 0;
    }
    for (const [y, x] of [at(network[0]?.size), at(network[0]?.size)]) {
      const shown = responses[y]?.[x]?.map((row) => row.map((value) => Number(value > 0))) ?? [];
      const { axes, status, cause, units } = projectiveField(trace, { target, source, position: [y, x] }, 1);
      if (status === 'unknown') refused += 1;
      else if (axes.length > 0 && JSON.stringify(axes.map(({ hull }) => hull)) !== JSON.stringify(hitsOf(shown).map(hullOf))) {
        return t.fail(`seed ${seed}, position ${y},${x}: ${JSON.stringify(axes)}`);
      } else if (units === null) hulls += 1;
      else if (units !== shown.flat().filter(Boolean).length) return t.fail(`seed ${seed}, position ${y},${x}: ${units} units`);
      else counted += 1;
      t.equal(units === null, cause !== null);
    }
  }
  t.ok(counted > NETWORKS / 2 && (NETWORKS < 60 || hulls > NETWORKS / 100), `${counted} counted, ${hulls} hulls alone, ${refused} refused`);
});

function positionsOf([h, w]: readonly [number, number] = [0, 0]): [number, number][] {
  return Array.from({ length: h * w }, (_, i) => [Math.floor(i / w), i % w]);
}

/** Rows and columns that hold anything. */
function hitsOf(plane: readonly (readonly number[])[]): [Set<number>, Set<number>] {
  const hits: [Set<number>, Set<number>] = [new Set(), new Set()];
  plane.forEach((row, y) => {
    row.forEach((value, x) => {
      if (value) hits[0].add(y);
      if (value) hits[1].add(x);
    });
  });
  return hits;
}

function hullOf(set: ReadonlySet<number>): { start: number; stop: number } | null {
  return set.size === 0 ? null : { start: Math.min(...set), stop: Math.max(...set) + 1 };
}
