import type { Shape } from '../graph.ts';
import type { AxisExtent, FieldAxis, ReceptiveField } from '../report.ts';
import { gcd } from './integers.ts';
import { centerOf, type FieldMap, isEmpty, type Periodic, type Table } from './map.ts';
import type { Path } from './path.ts';
import { isLayout, movingAxes, type Placement } from './placement.ts';
import type { AxisField, FollowedAxis, SourceField } from './propagate.ts';
import { single } from './single.ts';

const NO_JUMP = { stride: null, strideRatio: null, padding: null, center: null } as const;
const NOTHING_SEEN: AxisExtent = { status: 'none', size: 0, sizeMin: 0, visible: 0, ...NO_JUMP };

/** What a report says of the receptive fields of one tensor: one entry per source that reaches it. */
export function summarize(fields: readonly SourceField[], shape: Shape | null): readonly ReceptiveField[] {
  return fields.map(({ source, axes }) => ({
    source: source.name,
    axes: axes.map((axis, i) => summarizeAxis(axis, source.axes[i] as FollowedAxis, shape)),
  }));
}

function summarizeAxis(field: AxisField, { name, extent }: FollowedAxis, shape: Shape | null): FieldAxis {
  const strict = single(field.strict, shape);
  const local = field.local === field.strict ? strict : single(field.local, shape);
  const outputAxis = axisOf(local.at) ?? axisOf(strict.at);
  const own = extentOf(strict, extent);
  const cause = strict.virtual.kind === 'constant' && isEmpty(strict.virtual) ? null : strict.virtual.cause;
  return {
    axis: name,
    outputAxis,
    ...own,
    ...(cause !== null && { cause }),
    local: local === strict ? own : extentOf(local, extent),
  };
}

/** The one axis along which units move; null where there is none, or several. */
function axisOf(at: Placement): number | null {
  if (!isLayout(at)) return at;
  const [axis, ...more] = movingAxes(at);
  return axis === undefined || more.length > 0 ? null : axis;
}

/** Size, stride and position of the fields of all units of one tensor along one axis. */
function extentOf(path: Path, extent: number | null): AxisExtent {
  const { virtual, actual } = path;
  const visible = actual ? widest(actual) : null;
  switch (virtual.kind) {
    case 'opaque':
      return { status: virtual.status, size: null, sizeMin: null, visible: null, ...NO_JUMP };
    case 'constant': {
      if (isEmpty(virtual)) return { ...NOTHING_SEEN, visible: visible ?? 0 };
      if (virtual.whole) return { status: 'global', size: extent, sizeMin: extent, visible, ...NO_JUMP };
      const size = virtual.hi - virtual.lo + 1;
      return { status: 'exact', size, sizeMin: size, visible, ...NO_JUMP };
    }
    default: {
      const [size, sizeMin] = [widest(virtual), narrowest(virtual)];
      // As long as one of the units that see the whole axis is left.
      const global = virtual.kind === 'table' && virtual.whole && size !== null && size >= (extent ?? Infinity);
      // Units that several axes tell apart have no neighbours along any one of them.
      return {
        status: global ? 'global' : 'exact',
        size: global ? extent : size,
        sizeMin: global ? finite(Math.min(sizeMin, extent ?? Infinity)) : sizeMin,
        visible,
        ...(isLayout(path.at) ? NO_JUMP : jump(virtual)),
      };
    }
  }
}

/** null for the whole of an axis of unknown size. */
function finite(size: number): number | null {
  return size === Infinity ? null : size;
}

function widest(map: FieldMap): number | null {
  if (map.kind === 'opaque') return null;
  if (map.kind === 'constant') return Math.max(0, map.hi - map.lo + 1);
  let size = 0;
  for (let i = 0; i < map.lo.length; i++) size = Math.max(size, (map.hi[i] as number) - (map.lo[i] as number) + 1);
  return size;
}

function narrowest(map: Periodic | Table): number {
  let size = Infinity;
  for (let i = 0; i < map.lo.length; i++) size = Math.min(size, (map.hi[i] as number) - (map.lo[i] as number) + 1);
  return map.lo.length === 0 ? 0 : Math.max(0, size);
}

/**
 * Stride: mean distance between the fields of neighbouring units, a rational. Padding: how far the field of unit 0 reaches
 * beyond position 0. Center: of unit 0, on the line through all centres (Araujo et al. 2019, section 3, per axis).
 */
function jump(map: Periodic | Table): Pick<AxisExtent, 'stride' | 'strideRatio' | 'padding' | 'center'> {
  if (map.kind === 'table') return evenJump(map);
  const common = gcd(map.shift, map.lo.length);
  const strideRatio = [map.shift / common, map.lo.length / common] as const;
  const first = map.lo[0] as number;
  const padding = map.known && Number.isFinite(first) ? 0 - first : null;
  return { stride: map.shift / map.lo.length, strideRatio, padding, center: centerOf(map) };
}

function evenJump({ lo, hi }: Table): Pick<AxisExtent, 'stride' | 'strideRatio' | 'padding' | 'center'> {
  const first = lo[0] as number;
  const by = (lo[1] as number) - first;
  const even = (column: readonly number[]) => column.every((value, i) => i === 0 || value - (column[i - 1] as number) === by);
  if (lo.length < 2 || !(by > 0 && by < Infinity) || !even(lo) || !even(hi)) return NO_JUMP;
  return { stride: by, strideRatio: [by, 1], padding: 0 - first, center: (first + (hi[0] as number)) / 2 };
}
