import type { Shape } from '../graph.ts';
import { known, size } from '../operators/call.ts';
import type { AxisLink, Picked, Relation } from '../operators/operator.ts';
import {
  collapseDigits,
  collapsePath,
  composePath,
  dependsOnNothing,
  lost,
  NOTHING,
  opaquePath,
  type Path,
  pickUnit,
  straighten,
} from './path.ts';
import { isLayout, type Layout, moves, plain, reshapePlacement } from './placement.ts';

const POINTWISE = { kind: 'periodic', shift: 1, lo: [0], hi: [0], step: [1], known: true } as const;

/** One step of a path: through an operator, from an input of one shape to an output of another. */
export interface Step {
  readonly relation: Relation;
  readonly before: Shape | null;
  readonly after: Shape | null;
  /** Whether statistics and gates are left out (the local field). */
  readonly local: boolean;
  /** Size of the source axis; null where unknown. */
  readonly extent: number | null;
  /** The operator, for causes. */
  readonly by: string;
}

export function isPicked(relation: Relation): relation is Picked {
  return typeof relation === 'object' && 'picks' in relation;
}

/** The axis links of a relation; none of one that is told otherwise. */
export function linksOf(relation: Relation): readonly (AxisLink | null)[] {
  if (isPicked(relation)) return relation.links;
  return Array.isArray(relation) ? relation : [];
}

/** Follows one path through one operator. */
export function follow(path: Path, step: Step): Path {
  const { relation, before, after, by } = step;
  if (relation === 'none' || dependsOnNothing(path)) return NOTHING;
  if (relation === 'dataDependent') return path.virtual.kind === 'constant' ? path : opaquePath('dataDependent', by);
  if (typeof relation === 'object' && 'unknown' in relation) return lost(path, `${by}: ${relation.unknown}`);
  if (path.virtual.kind === 'opaque') return path;
  if (!before || !after) return lost(path, `${by}: the rank of a tensor is unknown`);
  if (relation === 'elementwise') return followElementwise(path, before, after, step);
  if (relation === 'reshape') return followReshape(path, before, after, step);
  if (isPicked(relation)) return followPicks(path, relation, before, after, step);
  return followLinks(path, relation, before, after, step);
}

/** Through an operator that reads one position of an axis: what is left is the field of that position. */
function followPicks(path: Path, { links, picks }: Picked, before: Shape, after: Shape, step: Step): Path {
  const straight = isLayout(path.at) ? (straighten(path, before, step.by) ?? path) : path;
  const pick = picks.find(({ input }) => input === straight.at);
  return pick ? pickUnit(straight, pick.position) : followLinks(path, links, before, after, step);
}

function followElementwise(path: Path, before: Shape, after: Shape, step: Step): Path {
  const grown = after.length - before.length;
  const stretched = after.some((dim, axis) => dim !== 1 && (axis < grown || before[axis - grown] === 1));
  if (!stretched && grown === 0) return path;
  const { at } = path;
  const read = typeof at === 'number' && before[at] === 1 && after[at + grown] !== 1;
  // A statistic that is read at every position (a gate, a mean) says nothing of where a unit looks.
  if (step.local && stretched && (at === null || read)) return NOTHING;
  if (at === null) return path;
  if (read) return collapsePath(path, 1, step.extent, step.by);
  if (typeof at === 'number') return grown === 0 ? path : { ...path, at: at + grown };
  const sizes = known(after);
  if (!sizes) return lost(path, `${step.by}: a size is unknown`);
  const widened: Layout = sizes.map((n, axis) => {
    const digits = at[axis - grown] ?? [];
    return digits.length === 0 && n !== 1 ? [{ size: n, weight: 0 }] : digits;
  });
  return { ...path, at: plain(widened) };
}

function followReshape(path: Path, before: Shape, after: Shape, step: Step): Path {
  if (path.at === null) return path;
  const at = reshapePlacement(path.at, before, after);
  if (at === 'mixed') return lost(path, `${step.by}: the new axes cut across the positions`);
  if (at === null) return collapsePath(path, 1, step.extent, step.by);
  return at === path.at ? path : { ...path, at };
}

function followLinks(path: Path, links: readonly (AxisLink | null)[], before: Shape, after: Shape, step: Step): Path {
  const { at } = path;
  if (at === null) return step.local && links.some((link) => link?.map.kind === 'broadcast') ? NOTHING : path;
  if (isLayout(at)) return followDigits(path, at, links, before, after, step);
  const target = links.findIndex((link) => link?.input === at);
  const from = size(before[at]);
  const link = links[target];
  if (!link) return collapsePath(path, from, step.extent, step.by);
  const { map } = link;
  switch (map.kind) {
    case 'each':
      // A crop at the end moves nothing, but what is cut off is gone.
      if (from !== size(after[target])) return composePath(path, POINTWISE, target, from, size(after[target]), step.by);
      return target === at ? path : { ...path, at: target };
    case 'all':
      if (map.statistics && step.local) return target === at ? path : { ...path, at: target };
      return collapsePath(path, from, step.extent, step.by);
    case 'broadcast':
      return step.local ? NOTHING : collapsePath(path, 1, step.extent, step.by);
    case 'dataDependent':
      return opaquePath('dataDependent', step.by);
    case 'unknown':
      return lost(path, `${step.by}: ${map.reason}`);
    default:
      return composePath(path, map, target, from, size(after[target]), step.by);
  }
}

/** A layout through per-axis links: digits move with their axis, are mixed with it, or must first become its plain index. */
function followDigits(path: Path, layout: Layout, links: readonly (AxisLink | null)[], before: Shape, after: Shape, step: Step): Path {
  const kinds = layout.map((_, axis) => {
    const map = links.find((link) => link?.input === axis)?.map;
    if (!map) return 'mixed';
    if (map.kind === 'all') return map.statistics && step.local ? 'each' : 'mixed';
    return map.kind;
  });
  if (layout.some((digits, axis) => moves(digits) && kinds[axis] !== 'each' && kinds[axis] !== 'mixed')) {
    const straight = straighten(path, before, step.by);
    return straight && !isLayout(straight.at)
      ? followLinks(straight, links, before, after, step)
      : lost(path, `${step.by}: moves along a part of an axis that a Reshape took apart`);
  }
  let left = path;
  for (const axis of layout.keys()) {
    if (kinds[axis] === 'mixed' && isLayout(left.at)) left = collapseDigits(left, axis, step.extent, step.by);
    else if (kinds[axis] === 'mixed' && left.at === axis) left = collapsePath(left, size(before[axis]), step.extent, step.by);
  }
  if (left.at === null) return left;
  if (!isLayout(left.at)) {
    const target = links.findIndex((link) => link?.input === left.at);
    return { ...left, at: target };
  }
  return rearrange(left, left.at, links, after, step);
}

function rearrange(path: Path, layout: Layout, links: readonly (AxisLink | null)[], after: Shape, step: Step): Path {
  const sizes = known(after);
  if (!sizes) return lost(path, `${step.by}: a size is unknown`);
  const arranged: Layout = links.map((link, axis) => {
    const digits = link ? (layout[link.input] ?? []) : [];
    if (moves(digits)) return digits;
    return sizes[axis] === 1 ? [] : [{ size: sizes[axis] as number, weight: 0 }];
  });
  return { ...path, at: plain(arranged) };
}
