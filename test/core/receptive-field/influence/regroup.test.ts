import t from 'tap';
import type { Box } from '../../../../src/core/receptive-field/influence/box.ts';
import { Budget } from '../../../../src/core/receptive-field/influence/budget.ts';
import { refine } from '../../../../src/core/receptive-field/influence/refine.ts';
import { regroup } from '../../../../src/core/receptive-field/influence/regroup.ts';
import { randomFrom } from '../random-network.ts';

// A Reshape by its definition: the same flat index, element by element.

/** The index of flat element `at` under a shape. */
function indexOf(at: number, shape: readonly number[]): number[] {
  let rest = at;
  return shape
    .toReversed()
    .map((n) => {
      const i = rest % n;
      rest = (rest - i) / n;
      return i;
    })
    .reverse();
}

const flatOf = (index: readonly number[], shape: readonly number[]) =>
  index.reduce((flat, i, axis) => flat * (shape[axis] as number) + i, 0);
const volume = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** The same small factors dealt out to axes in two ways. */
function randomShapes(random: (below: number) => number): [number[], number[]] {
  const factors = Array.from({ length: 2 + random(4) }, () => 2 + random(2));
  const deal = () => {
    const shape: number[] = [];
    for (const factor of factors) {
      if (shape.length === 0 || random(2) === 0) shape.push(factor);
      else shape.push((shape.pop() as number) * factor);
      if (random(6) === 0) shape.push(1);
    }
    return shape;
  };
  return [deal(), deal()];
}

/** A box somewhere in the named axes of a shape. */
function randomBox(random: (below: number) => number, shape: readonly number[], axes: readonly number[]): Box {
  const start = axes.map((axis) => random(shape[axis] as number));
  const sizes = axes.map((axis, i) => 1 + random((shape[axis] as number) - (start[i] as number)));
  return { axes, start, shape: sizes, data: Float64Array.from({ length: volume(sizes) }, () => 1 + random(9)) };
}

/** Weight at an index of a tensor, of which the box tells some axes. */
function weightAt({ axes, start, shape, data }: Box, index: readonly number[]): number {
  const at = axes.map((axis, i) => (index[axis] as number) - (start[i] as number));
  return at.every((x, i) => x >= 0 && x < (shape[i] as number)) ? (data[flatOf(at, shape)] as number) : 0;
}

t.test('weights under another shape are those of the same elements', async (t) => {
  for (let seed = 1; seed <= 400; seed++) {
    const random = randomFrom(seed);
    const [from, to] = randomShapes(random);
    const told = (shape: readonly number[]) => shape.flatMap((_, axis) => (random(3) > 0 ? [axis] : []));
    const [fromAxes, toAxes] = [told(from), told(to)];
    if (toAxes.length === 0) continue;
    const box = randomBox(random, from, fromAxes);
    const pieces = refine(from, to, () => true);
    if (!pieces) return t.fail(`seed ${seed}: [${from}] cuts across [${to}]`);
    const found = regroup(box, pieces, toAxes, () => 1, new Budget());
    // Every element counts once; those that differ only on axes that neither side tells are the same one.
    const expected = new Map<string, number>();
    const seen = new Set<string>();
    for (let flat = 0; flat < volume(from); flat++) {
      const [a, b] = [indexOf(flat, from), indexOf(flat, to)];
      const key = String(toAxes.map((axis) => b[axis]));
      const source = `${fromAxes.map((axis) => a[axis])}>${key}`;
      if (seen.has(source)) continue;
      seen.add(source);
      expected.set(key, (expected.get(key) ?? 0) + weightAt(box, a));
    }
    for (let flat = 0; flat < volume(to); flat++) {
      const index = indexOf(flat, to);
      const wanted = expected.get(String(toAxes.map((axis) => index[axis])));
      const weight = found ? weightAt(found, index) : 0;
      if (weight !== wanted) return t.fail(`seed ${seed}: [${from}] to [${to}], at [${index}]: ${weight} instead of ${wanted}`);
    }
  }
  t.pass();
});

t.test('an index under two shapes has the same digits', async (t) => {
  t.same(
    refine([4, 6], [2, 12], () => true),
    [
      { size: 2, from: 0, to: 0 },
      { size: 2, from: 0, to: 1 },
      { size: 6, from: 1, to: 1 },
    ],
  );
  t.equal(
    refine([4, 6], [6, 4], () => true),
    null,
    '4 x 6 cuts across 6 x 4',
  );
  t.same(
    refine([4, 6, 5], [6, 4, 5], (axis) => axis === 2),
    [{ size: 5, from: 2, to: 2 }],
    'which does not matter where no position moves along them',
  );
  t.equal(
    refine([0, 3], [3, 0], () => true),
    null,
    'an empty tensor has no digits',
  );
  t.equal(
    refine([2, 3], [7], () => true),
    null,
    'nor have shapes of unlike size',
  );
});

t.test('positions past the border keep their place where the outermost digit has one', async (t) => {
  const box: Box = { axes: [0], start: [-1], shape: [3], data: Float64Array.of(1, 2, 3) };
  const split = refine([6], [3, 2], () => true) ?? [];
  const found = regroup(box, split, [0], () => 1, new Budget());
  t.match(found, { start: [-1], shape: [2] });
  t.same([...(found?.data ?? [])], [1, 5]);
  const joined = refine([2, 3], [6], () => true) ?? [];
  const inner: Box = { ...box, axes: [1] };
  t.same([...(regroup(inner, joined, [0], () => 1, new Budget())?.data ?? [])], [2, 3, 0, 2, 3], 'and are dropped where it has none');
});
