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
 * source behind a gate, one position) is told for these units only, or for none where it is not known which ones they are.
 */
export function placePieces(pieces: readonly Piece[]): readonly (readonly SourceField[])[] {
  const along = joinedAxis(pieces);
  if (along < 0) return pieces.map(({ fields }) => fields);
  return pieces.map(({ fields, relation }) => {
    const map = linksOf(relation)[along]?.map;
    if (map?.kind !== 'table' && map?.kind !== 'unknown') return fields;
    return fields.map((field) => {
      const place = (paths: Paths, axis: number, sight: keyof AxisField) => {
        const all = pieces.flatMap((piece) => piece.fields.find(({ source }) => source === field.source)?.axes[axis]?.[sight] ?? []);
        if (map.kind === 'table') return all.some(({ at }) => at === along) ? eachOf(paths, (path) => placed(path, map, along)) : paths;
        const lost = all.find(({ virtual }) => virtual.kind === 'opaque');
        return lost ? eachOf(paths, (path) => (path.virtual.kind === 'constant' && !isEmpty(path.virtual) ? lost : path)) : paths;
      };
      const axes = field.axes.map((axis, i): AxisField => {
        const strict = place(axis.strict, i, 'strict');
        const local = axis.local === axis.strict ? strict : place(axis.local, i, 'local');
        return strict === axis.strict && local === axis.local ? axis : { strict, local };
      });
      return axes.every((axis, i) => axis === field.axes[i]) ? field : { source: field.source, axes };
    });
  });
}

/** The axis along which the pieces lie behind one another; -1 where there is none. */
function joinedAxis(pieces: readonly Piece[]): number {
  for (const { relation } of pieces) {
    const axis = linksOf(relation).findIndex((link) => link?.map.kind === 'table' || link?.map.kind === 'unknown');
    if (axis >= 0) return axis;
  }
  return -1;
}

/** The same list where nothing changes. */
function eachOf(paths: Paths, to: (path: Path) => Path): Paths {
  const changed = paths.map(to);
  return changed.every((path, i) => path === paths[i]) ? paths : changed;
}

function placed(path: Path, map: Listed, along: number): Path {
  const { at, virtual, actual } = path;
  if ((at !== null && at !== along) || virtual.kind !== 'constant' || isEmpty(virtual)) return path;
  return { at: along, virtual: within(virtual, map), actual: actual && within(actual, map) };
}

/** A field that all units have, as that of the units that read anything. */
function within(field: FieldMap, map: Listed): FieldMap {
  if (field.kind !== 'constant') return field;
  const units = Array.from(map.lo, (lo, unit) => lo <= (map.hi[unit] as number));
  const column = (value: number, none: number) => units.map((reads) => (reads ? value : none));
  return table(column(field.lo, Infinity), column(field.hi, -Infinity), field.cause, field.whole);
}
