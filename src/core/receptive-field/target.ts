import { Fault } from '../fault.ts';
import { size } from '../operators/call.ts';
import type { Tensor } from '../operators/operator.ts';
import type { Trace } from '../trace.ts';
import { type Flow, movingIn } from './influence/flow.ts';

/** A tensor of whose units a view tells something. */
export interface Target {
  /** Index in `trace.calls` of the call that writes it; -1 for a data input. */
  readonly at: number;
  readonly name: string;
  readonly tensor: Tensor;
}

/** One index of a unit. */
export interface UnitIndex {
  /** Axis of the target. */
  readonly axis: number;
  /** Positions along the axis; null where unknown. */
  readonly size: number | null;
  /** The unit's position, from 0. */
  readonly index: number;
}

/** A tensor as a target, by its name; null where the network has no such data tensor. */
export function targetNamed(trace: Trace, name: string): Target | null {
  const tensor = trace.tensors.get(name);
  if (!tensor || tensor.constant) return null;
  return { at: trace.calls.findIndex(({ node }) => node.outputs.includes(name)), name, tensor };
}

/**
 * The axes of a target by which its units are told apart: those along which positions of the source move, ascending. Empty
 * where all units see alike (behind global pooling) or nothing of the source.
 */
export function unitAxes(flow: Flow, target: Target): readonly Omit<UnitIndex, 'index'>[] {
  return movingIn(flow, target.name).map((axis) => ({ axis, size: size(target.tensor.shape?.[axis]) }));
}

/**
 * The unit that a caller names by one index per axis of `unitAxes`, by default the centre unit, floor(n / 2) on each axis.
 * Faults: `invalid-unit`.
 */
export function unitOf(flow: Flow, target: Target, unit: readonly number[] | undefined): readonly UnitIndex[] {
  const axes = unitAxes(flow, target);
  const expected = `a unit of ${target.name} has ${indices(axes)}`;
  if (!unit && axes.some((axis) => axis.size === null)) {
    throw new Fault('invalid-unit', `${expected}; where a size is unknown there is no centre, so that the unit must be given`);
  }
  const chosen = unit ?? axes.map(({ size }) => Math.floor((size ?? 0) / 2));
  const wrong = chosen.findIndex((index, i) => !Number.isSafeInteger(index) || index < 0 || index >= (axes[i]?.size ?? Infinity));
  if (chosen.length !== axes.length || wrong >= 0) throw new Fault('invalid-unit', `${expected}, not [${chosen.slice(0, 8).join(', ')}]`);
  return axes.map((axis, i) => ({ ...axis, index: chosen[i] as number }));
}

/** What indices are expected, for messages. */
export function indices(axes: readonly { readonly axis: number; readonly size: number | null }[]): string {
  if (axes.length === 0) return 'no index, since all of them see alike';
  const each = axes.map(
    ({ axis, size }) => `axis ${axis} (${size === null ? 'of unknown size' : size === 0 ? 'empty' : `0 to ${size - 1}`})`,
  );
  return `${axes.length} ${axes.length === 1 ? 'index' : 'indices'}: on ${each.join(', ')}`;
}
