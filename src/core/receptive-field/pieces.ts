import type { AxisMap, Relation } from '../operators/operator.ts';
import { linksOf } from './follow.ts';
import { type FieldMap, isEmpty, table } from './map.ts';
import type { Paths } from './merge.ts';
import type { Path } from './path.ts';
import type { AxisField, SourceField } from './propagate.ts';

/** What one input of a Concat brings to its output, and how. */
export interface Piece {
  readonly fields: readonly SourceField[];
  readonly relation: Relation;
}

type Listed = Extract<AxisMap, { kind: 'table' }>;

/**
 * The pieces of a Concat along an axis that positions of a source move along: what the units of a piece see alike (the whole
 * source behind a gate, one position) is told for these units only. Not where the size of the source is unknown.
 */
export function placePieces(pieces: readonly Piece[]): readonly (readonly SourceField[])[] {
  const along = joinedAxis(pieces);
  if (along < 0) return pieces.map(({ fields }) => fields);
  const isMoving = (source: SourceField['source'], axis: number, sight: keyof AxisField) =>
    pieces.some(({ fields }) => fields.find((field) => field.source === source)?.axes[axis]?.[sight].some(({ at }) => at === along));
  return pieces.map(({ fields, relation }) => {
    const map = linksOf(relation)[along]?.map;
    if (map?.kind !== 'table') return fields;
    return fields.map((field) => {
      const place = (axis: AxisField, i: number, sight: keyof AxisField) =>
        isMoving(field.source, i, sight) ? placeAll(axis[sight], map, along) : axis[sight];
      const axes = field.axes.map((axis, i): AxisField => {
        const strict = place(axis, i, 'strict');
        const local = axis.local === axis.strict ? strict : place(axis, i, 'local');
        return strict === axis.strict && local === axis.local ? axis : { strict, local };
      });
      return axes.every((axis, i) => axis === field.axes[i]) ? field : { source: field.source, axes };
    });
  });
}

/** The axis along which the pieces lie behind one another; -1 where there is none. */
function joinedAxis(pieces: readonly Piece[]): number {
  for (const { relation } of pieces) {
    const axis = linksOf(relation).findIndex((link) => link?.map.kind === 'table');
    if (axis >= 0) return axis;
  }
  return -1;
}

function placeAll(paths: Paths, map: Listed, along: number): Paths {
  const placed = paths.map((path) => placeOne(path, map, along));
  return placed.every((path, i) => path === paths[i]) ? paths : placed;
}

function placeOne(path: Path, map: Listed, along: number): Path {
  const { at, virtual, actual } = path;
  if ((at !== null && at !== along) || virtual.kind !== 'constant' || isEmpty(virtual) || !Number.isFinite(virtual.hi)) return path;
  return { at: along, virtual: within(virtual, map), actual: actual && within(actual, map) };
}

/** A field that all units have, as that of the units that read anything. */
function within(field: FieldMap, map: Listed): FieldMap {
  if (field.kind !== 'constant') return field;
  const units = Array.from(map.lo, (lo, unit) => lo <= (map.hi[unit] as number));
  const column = (value: number, none: number) => units.map((reads) => (reads ? value : none));
  return table(column(field.lo, Infinity), column(field.hi, -Infinity), field.cause, field.whole);
}
