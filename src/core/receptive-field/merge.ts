import type { Shape } from '../graph.ts';
import { known, size } from '../operators/call.ts';
import { dependsOnNothing, opaquePath, type Path, straighten } from './path.ts';
import { isLayout, type Placement, samePlacement, unitsOf } from './placement.ts';
import { misalignment, union } from './union.ts';

/**
 * What the units of one tensor see along one source axis: the union of its paths. Paths that move along the same axes are
 * one; there are several only where a tensor pairs positions with positions (attention scores).
 */
export type Paths = readonly Path[];

/** Attention scores need two; more come only from graphs that transpose positions against themselves. */
const MAX_PATHS = 8;

/** The union of two sets of paths; `shape` is that of the tensor, `by` names the merge. */
export function mergePaths(a: Paths, b: Paths, shape: Shape | null, by: string, onMisaligned: (offset: number) => void): Paths {
  if (a === b || b.every(dependsOnNothing) || a.some(seesAll)) return a;
  if (a.every(dependsOnNothing) || b.some(seesAll)) return b;
  if (a.length === 1 && b.length === 1 && a[0] === b[0]) return a;
  let merged: Path[] = [...a];
  for (const path of b) {
    const twin = merged.findIndex((other) => samePlacement(other.at, path.at));
    if (twin < 0) merged.push(path);
    else merged[twin] = mergeTwins(merged[twin] as Path, path, shape, by, onMisaligned);
  }
  if (merged.length > 1) merged = straightenAll(merged, shape, by, onMisaligned);
  if (merged.length > MAX_PATHS) return [opaquePath('unknown', `${by}: positions pair along more than ${MAX_PATHS} groups of axes`)];
  return merged;
}

/** Whether every unit sees the whole source, to which no other path can add; after a crop, mixing a whole axis is less. */
function seesAll({ at, virtual, actual }: Path): boolean {
  if (at !== null || virtual.kind !== 'constant' || !virtual.whole) return false;
  return actual === null || (actual.kind === 'constant' && actual.lo <= virtual.lo && actual.hi >= virtual.hi);
}

function mergeTwins(a: Path, b: Path, shape: Shape | null, by: string, onMisaligned: (offset: number) => void): Path {
  if (a === b) return a;
  const length = unitsAt(a.at, shape);
  const offset = misalignment(a.virtual, b.virtual);
  if (offset !== 0) onMisaligned(offset);
  const actual = a.actual && b.actual ? union(a.actual, b.actual, length, by) : null;
  return { at: a.at, virtual: union(a.virtual, b.virtual, length, by), actual: actual?.kind === 'opaque' ? null : actual };
}

function unitsAt(at: Placement, shape: Shape | null): number | null {
  if (isLayout(at)) return unitsOf(at);
  return at === null ? 1 : size(shape?.[at]);
}

/**
 * Makes one of paths that move along the same axis once packed axes are told by their plain index. Only those: a plain index
 * no longer shows which of the packed positions the field moves with.
 */
function straightenAll(paths: readonly Path[], shape: Shape | null, by: string, onMisaligned: (offset: number) => void): Path[] {
  const out: { path: Path; straight: Path }[] = [];
  for (const path of paths) {
    const straight = (shape && known(shape) && straighten(path, shape, by)) || path;
    const twin = out.find((other) => samePlacement(other.straight.at, straight.at) || fixedBeside(other.straight, straight));
    if (!twin) out.push({ path, straight });
    else {
      const merge = samePlacement(twin.straight.at, straight.at) ? mergeTwins : mergeFixed;
      twin.path = merge(twin.straight, straight, shape, by, onMisaligned);
      twin.straight = twin.path;
    }
  }
  return out.map(({ path }) => path);
}

/** Whether one of the two is the same for all units, and the other moves along one axis. */
function fixedBeside(a: Path, b: Path): boolean {
  return (a.at === null) !== (b.at === null) && !isLayout(a.at) && !isLayout(b.at);
}

function mergeFixed(a: Path, b: Path, shape: Shape | null, by: string): Path {
  const at = a.at ?? b.at;
  return mergeTwins({ ...a, at }, { ...b, at }, shape, by, () => {});
}
