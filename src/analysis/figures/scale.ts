import { scaleLinear, scaleLog } from 'd3-scale';
import { drawable, si } from './numbers.ts';

/** How values lie on an axis; a logarithmic axis has no place for 0 and below. */
export type ScaleKind = 'linear' | 'log';

/** An axis of a plot, as it is asked for. */
export interface Axis {
  /** What is measured: `input size`. */
  readonly label: string;
  /** `FLOP`, `B`, `s`; empty for plain numbers. */
  readonly unit: string;
  readonly scale: ScaleKind;
}

/** From values to pixels. */
export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly { readonly place: number; readonly text: string }[];
}

/** The value as it can stand on the axis; null where it cannot. */
export function placeable(value: number | null | undefined, kind: ScaleKind): number | null {
  const plain = drawable(value);
  return plain === null || (kind === 'log' && plain <= 0) ? null : plain;
}

/** A scale over the values, widened to round numbers; a linear one begins at 0 where that is near. `count` is about how many ticks. */
export function scaleOf(values: readonly number[], kind: ScaleKind, range: readonly [number, number], count: number): Scale {
  const [least, most] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  return kind === 'log' ? logarithmic(least, most, range, count) : linear(least, most, range, count);
}

function linear(least: number, most: number, range: readonly [number, number], count: number): Scale {
  let [lo, hi] = least <= most ? [least, most] : [0, 1];
  if (lo > 0 && lo < hi * 0.5) lo = 0;
  if (hi - lo <= Math.abs(hi) * 1e-9) [lo, hi] = hi === 0 ? [0, 1] : [Math.min(0, 2 * hi), Math.max(0, 2 * hi)];
  const scale = scaleLinear([lo, hi], range).nice(count);
  return { place: (value) => scale(value), ticks: scale.ticks(count).map((tick) => ({ place: scale(tick), text: si(tick, '', 6) })) };
}

function logarithmic(least: number, most: number, range: readonly [number, number], count: number): Scale {
  const [lo, hi] = least <= most ? [least, most] : [1, 10];
  const apart = hi / lo > 1.5 ? [lo, hi] : [lo / 2, hi * 2];
  const narrow = (apart[1] as number) / (apart[0] as number) < 30;
  const scale = narrow ? scaleLog(apart, range) : scaleLog(apart, range).nice();
  const steps = scale.ticks(narrow ? 3 : count);
  const some = steps.filter((tick) => isRound(tick, narrow));
  const round = some.length > 1 ? some : steps;
  const every = Math.max(1, Math.ceil(round.length / (count + 1)));
  const ticks = round.filter((_, i) => i % every === 0);
  return { place: (value) => scale(value), ticks: ticks.map((tick) => ({ place: scale(tick), text: si(tick, '', 6) })) };
}

/** A power of ten, or over few decades also twice and five times one. */
function isRound(tick: number, narrow: boolean): boolean {
  const leading = Number(tick.toExponential(0).split('e')[0]);
  return leading === 1 || (narrow && (leading === 2 || leading === 5));
}
