import type { FieldStatus } from '../../core/report.ts';
import { digits, type Interval, percent, slice } from './numbers.ts';
import { named } from './words.ts';

/** The field of a unit along one axis of the input. */
export interface RegionAxis {
  /** `H`, `W`, `D`, `T`, or the index of the axis. */
  readonly name: string;
  /** Of the input, in positions; null where unknown. */
  readonly size: number | null;
  /** Says why a box is missing: the field is the whole axis, is decided by the data, is not known, or there is none. */
  readonly status: FieldStatus;
  /** As if no tensor had a border; null where there is no such field. */
  readonly virtual: Interval | null;
  /** After clipping at every border; null where unknown. */
  readonly actual: Interval | null;
  /** The actual field without global statistics and gates; null where it is the same as `actual`. */
  readonly local: Interval | null;
  /** Where a field of known size lies at no known place (SAME padding of an unknown size): its size and why. */
  readonly adrift?: { readonly size: number; readonly cause: string } | null;
  /** Positions between neighbouring units; null where that is no constant. */
  readonly stride: number | null;
}

/** The interval as in the JSON, or that it is empty. */
export function region(interval: Interval): string {
  return interval.stop > interval.start ? slice(interval) : 'empty';
}

const MISSING: Readonly<Record<FieldStatus, string>> = {
  exact: 'unknown',
  global: 'whole axis',
  dataDependent: 'by the data',
  unknown: 'unknown',
  none: 'none',
};

/** The actual field in a cell of the key. */
export function actualText({ actual, status }: RegionAxis): string {
  return actual ? region(actual) : MISSING[status];
}

/** The virtual field in a cell of the key. */
export function virtualText({ virtual, status }: RegionAxis): string {
  return virtual ? region(virtual) : MISSING[status];
}

/** The size of the virtual field, or of the whole axis. */
export function sizeText({ virtual, actual, status, adrift }: RegionAxis): string {
  if (virtual) return digits(virtual.stop - virtual.start);
  if (adrift) return digits(adrift.size);
  return actual && status === 'global' ? digits(actual.stop - actual.start) : MISSING[status];
}

/** How far the virtual field reaches beyond the beginning and the end of the input. */
export function overhangText({ virtual, size }: RegionAxis): string {
  if (!virtual || size === null) return '–';
  return `${digits(Math.max(0, -virtual.start))} + ${digits(Math.max(0, virtual.stop - size))}`;
}

const REASONS: Readonly<Record<FieldStatus, ((names: string) => string) | null>> = {
  exact: null,
  global: (names) => `Along ${names} the unit sees the whole axis, whatever its size.`,
  dataDependent: (names) => `Along ${names} the data decide which positions count.`,
  unknown: (names) => `Along ${names} the field is not known.`,
  none: (names) => `The unit does not depend on the input along ${names}.`,
};

/** Why fields are not intervals of their own, a sentence for each reason. */
export function explain(axes: readonly RegionAxis[]): string[] {
  const adrift = axes.flatMap(({ name, adrift }) =>
    adrift ? [`Along ${name} it is not known where the field lies (${named(adrift.cause, 200)}).`] : [],
  );
  const reasons = Object.entries(REASONS).flatMap(([status, reason]) => {
    const names = axes.filter((axis) => axis.status === status).map(({ name }) => name);
    return reason && names.length > 0 ? [reason(names.join(' and '))] : [];
  });
  return [...reasons, ...adrift];
}

/** The figure in words and numbers. */
export function describe(axes: readonly RegionAxis[], coverage: number | null, note: string | undefined): string {
  const along = axes.map((axis) => {
    const size = axis.size === null ? 'unknown size' : `size ${digits(axis.size)}`;
    const local = axis.local ? `, local field ${region(axis.local)}` : '';
    const stride = axis.stride === null ? '' : `, stride ${digits(axis.stride)}`;
    return `Along ${axis.name} (input of ${size}): actual field ${actualText(axis)}, virtual field ${virtualText(axis)} of size ${sizeText(axis)}${local}${stride}.`;
  });
  const covered = coverage === null ? 'Which share of the input it covers is not known.' : `It covers ${percent(coverage)} of the input.`;
  return [...along, covered, ...explain(axes), ...(note ? [named(note, 400)] : [])].filter(Boolean).join(' ');
}
