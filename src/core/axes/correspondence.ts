import type { Shape } from '../graph.ts';
import { known } from '../operators/call.ts';
import type { Relation } from '../operators/operator.ts';
import { isPicked, linksOf } from '../receptive-field/follow.ts';
import { mix, pack, type Role, type Roles, split } from './role.ts';

/** Axes of an input and of an output that hold the same: one and one, or several where a Reshape packs them or takes them apart. */
export interface Group {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** The axes of an input that the axes of an output move along. */
export function groupsOf(relation: Relation, before: Shape, after: Shape): readonly Group[] {
  if (relation === 'elementwise') {
    const grown = after.length - before.length;
    return before.flatMap((_, axis) => (axis + grown < 0 ? [] : [{ from: [axis], to: [axis + grown] }]));
  }
  if (relation === 'reshape') return regrouped(before, after);
  return linksOf(relation).flatMap((link, axis) => (link ? [{ from: [link.input], to: [axis] }] : []));
}

/** Axes of an input of rank `rank` that are mixed as a whole (contracted, reduced), by one who says so axis by axis. */
export function mixedBy(relation: Relation, rank: number): readonly number[] {
  const links = linksOf(relation);
  if (links.length === 0) return [];
  const kept = new Set(links.map((link) => link?.input));
  if (isPicked(relation)) for (const { input } of relation.picks) kept.add(input);
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !kept.has(axis));
}

/** New axes of an output in the place of those that are mixed: one for each, or else all for all. */
export function replaced(from: readonly number[], to: readonly number[]): readonly Group[] {
  if (from.length === 0 || to.length === 0) return [];
  return from.length === to.length ? from.map((axis, i) => ({ from: [axis], to: [to[i] as number] })) : [{ from, to }];
}

/** Axes in row-major order that hold the same elements: equal ones at both ends, and between them what comes out even first. */
function regrouped(before: Shape, after: Shape): readonly Group[] {
  const least = Math.min(before.length, after.length);
  const same = (i: number, j: number) => before[i] !== null && before[i] !== 0 && before[i] === after[j];
  let head = 0;
  while (head < least && same(head, head)) head += 1;
  let tail = 0;
  while (tail < least - head && same(before.length - 1 - tail, after.length - 1 - tail)) tail += 1;
  const [lastFrom, lastTo] = [before.length - tail, after.length - tail];
  return [
    ...Array.from({ length: head }, (_, i) => ({ from: [i], to: [i] })),
    ...evenly(before.slice(head, lastFrom), after.slice(head, lastTo)).map(({ from, to }) => ({
      from: from.map((i) => i + head),
      to: to.map((j) => j + head),
    })),
    ...Array.from({ length: tail }, (_, i) => ({ from: [lastFrom + i], to: [lastTo + i] })),
  ];
}

function evenly(before: Shape, after: Shape): readonly Group[] {
  const [ins, outs] = [known(before), known(after)];
  const all = { from: [...before.keys()], to: [...after.keys()] };
  if (!ins || !outs || ins.includes(0) || outs.includes(0)) return before.length > 0 && after.length > 0 ? [all] : [];
  const groups: Group[] = [];
  for (let i = 0, j = 0; i < ins.length && j < outs.length; ) {
    const group = { from: [i], to: [j] };
    let [p, q] = [ins[i++] as number, outs[j++] as number];
    while (p !== q) {
      if (p < q ? i === ins.length : j === outs.length) return [...groups, group];
      if (p < q) {
        p *= ins[i] as number;
        group.from.push(i++);
      } else {
        q *= outs[j] as number;
        group.to.push(j++);
      }
    }
    groups.push(group);
  }
  return groups;
}

/** Which way roles are carried: from inputs to outputs, or `back`. */
export interface Way {
  readonly before: Shape;
  readonly after: Shape;
  readonly back: boolean;
}

/** The roles of an output's axes by those of an input's, or `back`. */
export function carry(groups: readonly Group[], roles: Roles, { before, after, back }: Way): Roles {
  const [shape, target] = back ? [after, before] : [before, after];
  const carried: (Role | undefined)[] = Array(target.length).fill(undefined);
  for (const group of groups) {
    const [from, to] = back ? [group.to, group.from] : [group.from, group.to];
    if (from.length === 1 && to.length === 1) {
      carried[to[0] as number] = roles[from[0] as number];
      continue;
    }
    // A batch of one is a batch; other axes of one position hold nothing.
    const held = some(from, (axis) => shape[axis] !== 1 || roles[axis] === 'N' || roles[axis] === 'B');
    const of = held.map((axis) => roles[axis]);
    const batched = of[0] === 'N' || of[0] === 'B';
    const holding = some(to, (axis, i) => target[axis] !== 1 || (i === 0 && batched));
    between(of, holding.length, back).forEach((role, i) => {
      carried[holding[i] as number] = role;
    });
  }
  return carried;
}

function some(axes: readonly number[], wanted: (axis: number, i: number) => boolean): readonly number[] {
  const found = axes.filter(wanted);
  return found.length === 0 ? axes : found;
}

function between(roles: Roles, count: number, back: boolean): Roles {
  if (count === 1) return [pack(roles)];
  if (roles.length === 1) return split(roles[0], count, back);
  return Array(count).fill(mix(roles));
}

/** The roles of axes that stand in the place of others: what was packed of channels and positions is channels by then. */
export function carryReplaced(groups: readonly Group[], roles: Roles, rank: number, back: boolean): Roles {
  const carried: (Role | undefined)[] = Array(rank).fill(undefined);
  for (const group of groups) {
    const [from, to] = back ? [group.to, group.from] : [group.from, group.to];
    const found = new Set(from.map((axis) => roles[axis]));
    const [role] = found.size === 1 ? found : [from.some((axis) => roles[axis] === 'M') ? ('M' as const) : undefined];
    for (const axis of to) carried[axis] = role === 'M' && !back ? 'C' : role;
  }
  return carried;
}
