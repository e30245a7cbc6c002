import { arrange, type Box, type Dimension, scaled, sumAlong } from './box.ts';
import type { Budget } from './budget.ts';
import type { Linked, Passage } from './passage.ts';
import { endsAtBorder, regroup } from './regroup.ts';
import { tapWeight, type Variant } from './variant.ts';
import { type Past, pushBack } from './window.ts';

/** The input that weights are pushed to. */
export interface Into {
  /** Sizes of its parts, and behind them of its axes; null where unknown. */
  readonly sizes: readonly (number | null)[];
  /** The parts that its array tells. */
  readonly told: readonly number[];
  readonly past: Past;
  readonly variant: Variant;
}

export interface Arrived {
  /** null where nothing is left. */
  readonly box: Box | null;
  /** Weight that fell into padding. */
  readonly lost: number;
}

/** Whether the size of an axis that decides where weights go is unknown. */
export function needsSizes(passage: Passage, { sizes, past }: Into): boolean {
  if (passage.kind === 'regrouped') return false;
  const windows = past === 'endless' ? [] : passage.carried.flatMap(({ input, map }) => (map ? [input] : []));
  if (past === 'bordered' && passage.limited.some(({ size }) => size === null)) return true;
  return [...windows, ...passage.mixed].some((axis) => sizes[axis] === null);
}

/** Whether a passage has no meaning past the border of a tensor. */
export function endsThere(passage: Passage, sizes: Into['sizes']): boolean {
  if (passage.kind === 'regrouped') return endsAtBorder(passage.pieces, passage.output, passage.input);
  return (
    [...passage.carried, ...passage.limited].some(({ map }) => map?.kind === 'table') || passage.mixed.some((axis) => sizes[axis] !== 1)
  );
}

/** Pushes weights from an output through a passage to an input. */
export function push(box: Box, passage: Passage, into: Into, budget: Budget): Arrived {
  if (passage.kind === 'linked') return pushLinked(box, passage, into, budget);
  return { box: regroup(box, passage.pieces, passage.input, (n) => tapWeight(into.variant, n), budget), lost: 0 };
}

function pushLinked(
  box: Box,
  { carried, dropped, limited, mixed, placed, merged }: Linked,
  { sizes, told, past, variant }: Into,
  budget: Budget,
): Arrived {
  let left = box;
  let lost = 0;
  for (const { output, map, size } of limited) {
    const pushed = pushBack(left, left.axes.indexOf(output), { map, size: size ?? 0, past }, variant, budget);
    lost += pushed.lost;
    if (!pushed.box) return { box: null, lost };
    left = pushed.box;
  }
  for (const axis of dropped) left = sumAlong(left, left.axes.indexOf(axis), budget);
  for (const { output, input, map } of carried) {
    if (!map) continue;
    const pushed = pushBack(left, left.axes.indexOf(output), { map, size: sizes[input] ?? 0, past }, variant, budget);
    lost += pushed.lost;
    if (!pushed.box) return { box: null, lost };
    left = pushed.box;
  }
  const { axes, start, shape } = left;
  const dimensions = [
    ...carried.map(({ output, input }): Dimension => {
      const from = axes.indexOf(output);
      return { axis: input, from, start: start[from] as number, length: shape[from] as number };
    }),
    ...placed.map(({ input, position }): Dimension => ({ axis: input, from: null, start: position, length: 1 })),
    ...mixed.map((axis): Dimension => ({ axis, from: null, start: 0, length: sizes[axis] ?? 0 })),
  ];
  const each = mixed.reduce((weight, axis) => weight * tapWeight(variant, sizes[axis] ?? 0), 1);
  const whole = scaled(left, each, budget);
  const arranged = arrange(
    whole,
    dimensions.sort((a, b) => a.axis - b.axis),
    budget,
  );
  if (merged.length === 0) return { box: arranged, lost };
  const parts = merged.map(({ to }) => to).filter((part) => told.includes(part));
  return { box: regroup(arranged, merged, parts, (n) => tapWeight(variant, n), budget), lost };
}
