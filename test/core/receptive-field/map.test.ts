import t from 'tap';
import type { AxisMap } from '../../../src/core/operators/operator.ts';
import { compose } from '../../../src/core/receptive-field/compose.ts';
import {
  centerOf,
  EMPTY,
  type FieldMap,
  hullOf,
  IDENTITY,
  identityTable,
  type Periodic,
  periodic,
  type Table,
  tabulate,
} from '../../../src/core/receptive-field/map.ts';
import { misalignment, union } from '../../../src/core/receptive-field/union.ts';

type Window = Extract<AxisMap, { kind: 'periodic' }>;

function window(kernel: number, stride: number, begin: number, dilation = 1): Window {
  return { kind: 'periodic', shift: stride, lo: [-begin], hi: [dilation * (kernel - 1) - begin], step: [dilation], known: true };
}

/** A transposed convolution of kernel 3, stride 2, padding 1: even outputs read one input, odd ones two. */
const TRANSPOSED: Window = { kind: 'periodic', shift: 1, lo: [0, 0], hi: [0, 1], step: [1, 1], known: true };

const UNKNOWN = { before: null, after: null };

function through(...windows: readonly Window[]): FieldMap {
  return windows.reduce<FieldMap>((field, map) => compose(field, map, UNKNOWN, 'test'), IDENTITY);
}

t.test('windows compose to the closed form of a chain', async (t) => {
  t.match(through(window(3, 2, 1), window(3, 1, 1), window(2, 2, 0)), { shift: 4, lo: [-3], hi: [5] });
  t.match(through(window(3, 1, 0, 2)), { shift: 1, lo: [0], hi: [4] });
});

t.test('phases of a decoder repeat with the smallest period', async (t) => {
  t.match(through(window(2, 2, 0), TRANSPOSED), { shift: 2, lo: [0, 0], hi: [1, 3] });
  t.match(through(TRANSPOSED, window(2, 2, 0)), { shift: 1, lo: [0], hi: [1] }, 'striding over all phases leaves one');
  t.match(
    periodic(
      4,
      [0, 2, 4, 6].map((x) => x / 2),
      [0, 1, 2, 3],
      true,
      null,
    ),
    { shift: 1, lo: [0], hi: [0] },
  );
});

t.test('a window of unknown offset keeps size and stride', async (t) => {
  const same: Window = { ...window(3, 2, 0), known: false };
  const field = compose(IDENTITY, same, UNKNOWN, 'conv') as Periodic;
  t.match(field, { shift: 2, lo: [0], hi: [2], known: false, cause: 'SAME padding of an unknown size' });
  t.equal(centerOf(field), null);
  t.match(compose(through(TRANSPOSED), same, UNKNOWN, 'conv'), { kind: 'opaque' });
  t.match(union(field, IDENTITY, null, 'add'), { kind: 'opaque' });
});

t.test('numbers beyond the exact integers are opaque, never wrong', async (t) => {
  t.match(periodic(2 ** 60, [0], [0], true, null), { kind: 'opaque', status: 'unknown' });
});

t.test('a phase that reads nothing sees nothing', async (t) => {
  const holes: Window = { kind: 'periodic', shift: 1, lo: [0, 1], hi: [0, 0], step: [1, 1], known: true };
  const field = compose(IDENTITY, holes, UNKNOWN, 'conv') as Periodic;
  t.match(field, { lo: [0, Infinity], hi: [0, -Infinity] });
  t.equal(centerOf(field), null);
  t.match(compose(field, window(1, 2, 0), UNKNOWN, 'pool'), { shift: 1, lo: [0] });
  t.equal(compose(field, { ...window(1, 2, -1) }, UNKNOWN, 'pool'), EMPTY);
});

t.test('tables clip at the border of their tensor', async (t) => {
  // n=24, kernel 4, stride 2, padding 3, dilation 2: taps -3 and -1 of unit 0 fall into the padding.
  const field = compose(identityTable(24), window(4, 2, 3, 2), { before: 24, after: 12 }, 'conv') as Table;
  t.same([field.lo[0], field.hi[0]], [1, 3]);
  t.match(compose(identityTable(4), window(3, 1, 0), UNKNOWN, 'conv'), { kind: 'opaque' });
  const flipped: AxisMap = { kind: 'table', lo: [3, 2, 1, 0], hi: [3, 2, 1, 0], reason: 'no meaning' };
  const turned = compose(IDENTITY, flipped, { before: 4, after: 4 }, 'flip') as Table;
  t.match(turned, { steady: false, cause: 'flip: no meaning' });
  t.same(hullOf(turned, 0, 1, 1), [2, 3]);
  const windowed = compose(turned, window(3, 1, 1), { before: 4, after: 4 }, 'conv') as Table;
  t.same([...windowed.lo], [2, 1, 0, 0]);
  t.match(compose(IDENTITY, flipped, UNKNOWN, 'flip'), { kind: 'opaque' });
});

t.test('union takes the hull per phase, over all branches', async (t) => {
  t.match(union(through(window(3, 1, 1)), through(window(5, 1, 1)), 8, 'add'), { lo: [-1], hi: [3], shift: 1 });
  const phases = union(through(window(2, 2, 0), TRANSPOSED), IDENTITY, 8, 'add');
  t.match(phases, { shift: 2, lo: [0, 0], hi: [1, 3] });
  t.match(union(through(window(1, 2, 0)), IDENTITY, 4, 'add'), { kind: 'table', cause: 'add: branches of different strides' });
  t.match(union(through(window(1, 2, 0)), IDENTITY, null, 'add'), { kind: 'opaque' });
  t.equal(union(EMPTY, IDENTITY, 4, 'add'), IDENTITY);
});

t.test('misalignment is the distance of the centres', async (t) => {
  t.equal(misalignment(through(window(3, 2, 1)), through(window(2, 2, 0))), 0.5);
  t.equal(misalignment(through(window(3, 2, 1)), IDENTITY), 0);
});

t.test('a table from a rule lists what the rule says', async (t) => {
  const field = through(window(3, 2, 1));
  t.same([...tabulate(field as Periodic, 3, null).lo], [-1, 1, 3]);
});
