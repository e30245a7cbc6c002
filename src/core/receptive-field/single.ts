import type { Shape } from '../graph.ts';
import { size } from '../operators/call.ts';
import { compose } from './compose.ts';
import { EMPTY, type FieldMap, tabulate } from './map.ts';
import type { Paths } from './merge.ts';
import { opaquePath, type Path, straighten } from './path.ts';
import { type Digit, isLayout, type Layout, moves, movingAxes, spread, unitsOf } from './placement.ts';
import { union } from './union.ts';

/** Longest packed axis that is told by its index: the tokens of a large image, not the channels and positions that Flatten packs. */
const MAX_PACKED = 2 ** 12;

/** Most pairs of positions that are looked at one by one: the attention scores of 256 tokens. */
const MAX_PAIRS = 2 ** 16;

const PAIRS = 'each unit pairs positions along several axes of the tensor';

/**
 * The paths of a tensor as one: told by the index of one axis where that is possible, else by a number for each group of
 * units with the same field (`at` is then a layout). Opaque where too many units pair positions.
 */
export function single(paths: Paths, shape: Shape | null): Path {
  const [path, ...more] = paths as [Path];
  if (more.length === 0) return (isLayout(path.at) && shape && isShort(path.at, shape) && straighten(path, shape, 'a packed axis')) || path;
  return (shape && paired(paths, shape)) ?? opaquePath('unknown', PAIRS);
}

function isShort(layout: Layout, shape: Shape): boolean {
  return movingAxes(layout).every((axis) => (size(shape[axis]) ?? 0) <= MAX_PACKED);
}

/** The union of paths that move along different axes, over all combinations of the digits that any of them moves with. */
function paired(paths: Paths, shape: Shape): Path | null {
  const layouts = paths.map(({ at }) => (at === null ? null : spread(at, shape)));
  if (layouts.some((layout) => layout === null)) return null;
  const common = commonLayout(layouts as Layout[]);
  if (!common) return null;
  const units = unitsOf(common);
  if (units > MAX_PAIRS) return null;
  const over = (map: FieldMap, layout: Layout): FieldMap => {
    if (map.kind === 'opaque' || map.kind === 'constant') return map;
    const each = tabulate(map, unitsOf(layout), map.cause ?? PAIRS);
    const positions = unitsWithin(layout, common, units);
    return compose(each, { kind: 'table', lo: positions, hi: positions, reason: PAIRS }, { before: each.lo.length, after: units }, PAIRS);
  };
  const all = (of: (path: Path) => FieldMap) =>
    paths.map((path, i) => over(of(path), layouts[i] as Layout)).reduce((a, b) => union(a, b, units, PAIRS));
  const actual = paths.every((path) => path.actual) ? all((path) => path.actual ?? EMPTY) : null;
  return { at: common, virtual: all((path) => path.virtual), actual };
}

/** Digits that move in any of the layouts, weighed anew; null where the layouts cut an axis differently. */
function commonLayout(layouts: readonly Layout[]): Layout | null {
  const [first] = layouts as [Layout];
  const finest = first.map((_, axis) => layouts.map((layout) => layout[axis] ?? []).reduce((a, b) => (b.length > a.length ? b : a)));
  let weight = 1;
  const common: Digit[][] = finest.map(() => []);
  for (let axis = finest.length - 1; axis >= 0; axis--) {
    const digits = finest[axis] as readonly Digit[];
    for (const layout of layouts) {
      const other = layout[axis] ?? [];
      const free = !moves(other);
      if (!free && !(other.length === digits.length && other.every((digit, i) => digit.size === digits[i]?.size))) return null;
    }
    for (let i = digits.length - 1; i >= 0; i--) {
      const { size } = digits[i] as Digit;
      const moving = layouts.some((layout) => moves(layout[axis]) && layout[axis]?.[i]?.weight !== 0);
      common[axis]?.unshift({ size, weight: moving ? weight : 0 });
      if (moving) weight *= size;
    }
  }
  return common;
}

/** For each unit of a finer layout the unit of a coarser one that it lies in. */
function unitsWithin(coarse: Layout, fine: Layout, units: number): number[] {
  const positions = new Array<number>(units).fill(0);
  fine.forEach((digits, axis) => {
    digits.forEach(({ size, weight }, i) => {
      const step = moves(coarse[axis]) ? (coarse[axis]?.[i]?.weight ?? 0) : 0;
      if (weight === 0 || step === 0) return;
      for (let unit = 0; unit < units; unit++) positions[unit] = (positions[unit] as number) + (Math.floor(unit / weight) % size) * step;
    });
  });
  return positions;
}
