import type { Lane } from './extent.ts';
import { drawable, type Interval } from './numbers.ts';

/** An effective receptive field as a grid of cells, outermost axis first. */
export interface HeatGrid {
  /** Position of the input at which the first cell begins, for each axis. */
  readonly start: readonly number[];
  /** Cells along each axis. */
  readonly shape: readonly number[];
  /** Positions along the edge of a cell, one or more. */
  readonly scale: number;
  /** Share of the whole influence that each cell has, row by row. */
  readonly values: readonly number[];
}

/** One axis of the input, and the effective field along it. */
export interface HeatAxis {
  readonly name: string;
  /** Of the input, in positions; null where unknown. */
  readonly size: number | null;
  /** The theoretical field, as if no tensor had a border; null where there is none. */
  readonly theoretical: Interval | null;
  /** Index of the position in the middle; null where unknown. */
  readonly center: number | null;
  /** Standard deviation of the influence, in positions; null where unknown. */
  readonly sigma: number | null;
}

/** An axis with its place in the drawing. */
export interface PlacedAxis extends HeatAxis {
  readonly lane: Lane;
}

/** The interval around the centre that holds a share of the influence, for each axis. */
export type MassSpans = readonly { readonly share: number; readonly spans: readonly (Interval | null)[] }[];

export interface Drawing {
  readonly markup: string;
  readonly bottom: number;
  /** What a reader must know of it; empty for nothing. */
  readonly note: string;
}

/** Whether the grid has so many axes and a value for each of its cells. */
export function wellFormed({ start, shape, scale, values }: HeatGrid, axes: number): boolean {
  const numbers = [...start, ...shape, scale].every((value) => drawable(value) !== null);
  const cells = shape.reduce((product, size) => product * size, 1);
  return numbers && start.length === axes && shape.length === axes && scale >= 1 && values.length > 0 && cells === values.length;
}
