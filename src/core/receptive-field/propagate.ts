import type { Diagnostic, Shape } from '../graph.ts';
import type { Inference } from '../inference/infer.ts';
import type { Relation, Tensor } from '../operators/operator.ts';
import { follow, linksOf, type Step } from './follow.ts';
import { IDENTITY, identityTable, type Table } from './map.ts';
import { mergePaths, type Paths } from './merge.ts';
import { dependsOnNothing, type Path } from './path.ts';

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
  const by = `${call.node.id} (${call.node.op})`;
  let offset = 0;
  const merge: Merge = { by, onMisaligned: (by) => (offset = Math.max(offset, by)) };
  const outputs = call.outputs.map((output, k) => {
    let merged: readonly SourceField[] = [];
    inputs.forEach((fields, i) => {
      if (!fields?.length) return;
      const relation: Relation = call.operator?.field(call, i, k) ?? { unknown: 'the operator is not known' };
      if (relation === 'none') return;
      const input = call.inputs[i] as Tensor;
      const moved = passes(relation, input.shape, output.shape)
        ? fields
        : fields.map((field) => followField(field, relation, input, output, by));
      merged = merged.length === 0 ? moved : mergeSources(merged, moved, output.shape, merge);
    });
    return merged.every(seesAnything) ? merged : merged.filter(seesAnything);
  });
  if (offset > 0) {
    const message = `its branches look at centres that lie ${offset} input pixels apart`;
    report({ code: 'misaligned-merge', severity: 'info', message, node: call.node.id });
  }
  return outputs;
}

/** Whether an output unit sees just what the input unit of the same index sees. */
function passes(relation: Relation, before: Shape | null, after: Shape | null): boolean {
  if (relation !== 'elementwise' || !before || before.length !== after?.length) return false;
  return before.every((dim, axis) => dim !== 1 || after[axis] === 1);
}

/** The union of what two inputs bring, source by source; both lists are in the order of the sources. */
function mergeSources(a: readonly SourceField[], b: readonly SourceField[], shape: Shape | null, merge: Merge): readonly SourceField[] {
  const merged: SourceField[] = [];
  let j = 0;
  for (const field of a) {
    while (j < b.length && (b[j] as SourceField).source.index < field.source.index) merged.push(b[j++] as SourceField);
    const twin = b[j]?.source === field.source ? (b[j++] as SourceField) : undefined;
    merged.push(twin ? mergeFields(field, twin, shape, merge) : field);
  }
  return [...merged, ...b.slice(j)];
}

interface Merge {
  readonly by: string;
  readonly onMisaligned: (offset: number) => void;
}

function seesAnything(field: SourceField): boolean {
  return field.axes.length === 0 || field.axes.some(({ strict }) => !strict.every(dependsOnNothing));
}

function followField(field: SourceField, relation: Relation, input: Tensor, output: Tensor, by: string): SourceField {
  const links = linksOf(relation);
  const statistics = links.some((link) => link?.map.kind === 'all' && link.map.statistics);
  const parts = relation === 'elementwise' || statistics || links.some((link) => link?.map.kind === 'broadcast');
  let changed = false;
  const axes = field.axes.map((axis, i) => {
    const extent = field.source.axes[i]?.extent ?? null;
    const to = followAxis(axis, { relation, before: input.shape, after: output.shape, local: false, extent, by }, parts);
    changed ||= to !== axis;
    return to;
  });
  return changed ? { source: field.source, axes } : field;
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
  const axes = a.axes.map((axis, i) => {
    const other = b.axes[i] as AxisField;
    if (axis === other) return axis;
    const strict = mergePaths(axis.strict, other.strict, shape, merge.by, merge.onMisaligned);
    if (axis.local === axis.strict && other.local === other.strict) return { strict, local: strict };
    const local = mergePaths(axis.local, other.local, shape, merge.by, () => {});
    return { strict, local };
  });
  return axes.every((axis, i) => axis === a.axes[i]) ? a : { source: a.source, axes };
}
