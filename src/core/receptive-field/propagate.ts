import type { Diagnostic, Node, Shape } from '../graph.ts';
import type { Inference } from '../inference/infer.ts';
import type { AxisLink, Relation, Tensor } from '../operators/operator.ts';
import { follow, linksOf, type Step } from './follow.ts';
import { IDENTITY, identityTable, type Table } from './map.ts';
import { mergePaths, type Paths } from './merge.ts';
import { dependsOnNothing, type Path } from './path.ts';
import { type Piece, placePieces } from './pieces.ts';

/** A data input with the axes whose receptive field is followed: all but batch and channel. */
export interface Source {
  readonly index: number;
  readonly name: string;
  readonly axes: readonly FollowedAxis[];
}

export interface FollowedAxis {
  readonly axis: number;
  readonly name: string;
  /** Size of the axis; null where unknown. */
  readonly extent: number | null;
}

/** What one tensor sees along one axis of a source; `local` leaves out statistics and gates, and is the same object where that changes nothing. */
export interface AxisField {
  readonly strict: Paths;
  readonly local: Paths;
}

/** What one tensor sees of one source, per followed axis of it. */
export interface SourceField {
  readonly source: Source;
  readonly axes: readonly AxisField[];
}

/** Longest axis whose borders are followed; of longer ones only the virtual field is known. */
const MAX_BORDERED = 2 ** 20;

/** The field of a source in itself. `starts` holds the tables of axes by their length, so that axes of one length share theirs. */
export function sourceField(source: Source, starts: Map<number, Table>): SourceField {
  const start = (axis: number, extent: number | null): AxisField => {
    const actual = extent !== null && extent <= MAX_BORDERED ? (starts.get(extent) ?? identityTable(extent)) : null;
    if (actual) starts.set(actual.lo.length, actual);
    const strict: Paths = [{ at: axis, virtual: IDENTITY, actual }];
    return { strict, local: strict };
  };
  return { source, axes: source.axes.map(({ axis, extent }) => start(axis, extent)) };
}

/**
 * The fields of a node's outputs from those of its inputs: every path followed through the operator's index relation, and
 * their union. `inputs[i]` is undefined or empty for an input without data. Misaligned merges go to `report`.
 */
export function propagate(
  call: Inference,
  inputs: readonly (readonly SourceField[] | undefined)[],
  report: (diagnostic: Diagnostic) => void,
): readonly (readonly SourceField[])[] {
  const merge: Merge = { node: call.node, offset: 0 };
  const outputs = call.outputs.map((_, k) => fieldsOfOutput(call, k, inputs, merge));
  if (merge.offset > 0) {
    const message = `its branches look at centres that lie ${merge.offset} input pixels apart`;
    report({ code: 'misaligned-merge', severity: 'info', message, node: call.node.id });
  }
  return outputs;
}

const NO_FIELDS: readonly SourceField[] = Object.freeze([]);
const UNKNOWN_OPERATOR: Relation = Object.freeze({ unknown: 'the operator is not known' });

function fieldsOfOutput(
  call: Inference,
  k: number,
  inputs: readonly (readonly SourceField[] | undefined)[],
  merge: Merge,
): readonly SourceField[] {
  const output = call.outputs[k] as Tensor;
  const pieces: Piece[] = [];
  for (let i = 0; i < inputs.length; i++) {
    const fields = inputs[i];
    if (!fields?.length) continue;
    const relation = call.operator?.field(call, i, k) ?? UNKNOWN_OPERATOR;
    if (relation === 'none') continue;
    const input = call.inputs[i] as Tensor;
    const moved = passes(relation, input.shape, output.shape) ? fields : followFields(fields, relation, input, output, named(call.node));
    pieces.push({ fields: moved, relation });
  }
  const apart = call.operator?.exclusive && pieces.length > 1 ? placePieces(pieces) : pieces.map(({ fields }) => fields);
  let merged = NO_FIELDS;
  for (const fields of apart) merged = merged.length === 0 ? fields : mergeSources(merged, fields, output.shape, merge);
  return merged.every(seesAnything) ? merged : merged.filter(seesAnything);
}

/** Whether an output unit sees just what the input unit of the same index sees. */
function passes(relation: Relation, before: Shape | null, after: Shape | null): boolean {
  if (relation !== 'elementwise' || !before || before.length !== after?.length) return false;
  return before === after || before.every((dim, axis) => dim !== 1 || after[axis] === 1);
}

/** The union of what two inputs bring, source by source; both lists are in the order of the sources. */
function mergeSources(a: readonly SourceField[], b: readonly SourceField[], shape: Shape | null, merge: Merge): readonly SourceField[] {
  if (a === b) return a;
  const merged: SourceField[] = [];
  let j = 0;
  for (const field of a) {
    while (j < b.length && (b[j] as SourceField).source.index < field.source.index) merged.push(b[j++] as SourceField);
    const twin = b[j]?.source === field.source ? (b[j++] as SourceField) : undefined;
    merged.push(twin ? mergeFields(field, twin, shape, merge) : field);
  }
  return [...merged, ...b.slice(j)];
}

/** A node where the fields of several inputs meet, and the largest distance between their centres. */
interface Merge {
  readonly node: Node;
  offset: number;
}

/** A node, as causes name it. */
function named({ id, op }: Node): string {
  return `${id} (${op})`;
}

function seesAnything(field: SourceField): boolean {
  return field.axes.length === 0 || field.axes.some(({ strict }) => !strict.every(dependsOnNothing));
}

/** The same list where nothing changes, so that what is known of it holds on. */
function followFields(
  fields: readonly SourceField[],
  relation: Relation,
  input: Tensor,
  output: Tensor,
  by: string,
): readonly SourceField[] {
  const moved = fields.map((field) => followField(field, relation, input, output, by));
  return moved.every((field, i) => field === fields[i]) ? fields : moved;
}

function followField(field: SourceField, relation: Relation, input: Tensor, output: Tensor, by: string): SourceField {
  const links = linksOf(relation);
  const parts = relation === 'elementwise' || links.some(takesApart);
  let changed = false;
  const axes = field.axes.map((axis, i) => {
    const extent = field.source.axes[i]?.extent ?? null;
    const to = followAxis(axis, { relation, before: input.shape, after: output.shape, local: false, extent, by }, parts);
    changed ||= to !== axis;
    return to;
  });
  return changed ? { source: field.source, axes } : field;
}

/** Whether strict and local fields differ behind a link. */
function takesApart(link: AxisLink | null): boolean {
  return link?.map.kind === 'broadcast' || (link?.map.kind === 'all' && link.map.statistics === true);
}

/** `parts` says that the step may take strict and local apart. */
function followAxis(axis: AxisField, step: Step, parts: boolean): AxisField {
  const strict = followAll(axis.strict, step);
  if (axis.local === axis.strict && !parts) return strict === axis.strict ? axis : { strict, local: strict };
  const local = followAll(axis.local, { ...step, local: true });
  if (strict === axis.strict && local === axis.local) return axis;
  return { strict, local: axis.local === axis.strict && samePaths(strict, local) ? strict : local };
}

function followAll(paths: Paths, step: Step): Paths {
  if (paths.length === 1) {
    const [path] = paths as [Path];
    const moved = follow(path, step);
    return moved === path ? paths : [moved];
  }
  const moved = paths.map((path) => follow(path, step));
  if (moved.every((path, i) => path === paths[i])) return paths;
  return moved.map((path): Paths => [path]).reduce((a, b) => mergePaths(a, b, step.after, step.by, () => {}));
}

function samePaths(a: Paths, b: Paths): boolean {
  return a.length === b.length && a.every((path, i) => path === b[i]);
}

function mergeFields(a: SourceField, b: SourceField, shape: Shape | null, merge: Merge): SourceField {
  if (a === b) return a;
  const by = named(merge.node);
  const onMisaligned = (offset: number): void => {
    merge.offset = Math.max(merge.offset, offset);
  };
  const axes = a.axes.map((axis, i) => {
    const other = b.axes[i] as AxisField;
    if (axis === other) return axis;
    const strict = mergePaths(axis.strict, other.strict, shape, by, onMisaligned);
    if (axis.local === axis.strict && other.local === other.strict) return { strict, local: strict };
    const local = mergePaths(axis.local, other.local, shape, by, () => {});
    return { strict, local };
  });
  return axes.every((axis, i) => axis === a.axes[i]) ? a : { source: a.source, axes };
}
