import type { Diagnostic, Shape } from '../graph.ts';
import type { Inference } from '../inference/infer.ts';
import type { Relation, Tensor } from '../operators/operator.ts';
import { follow, linksOf, type Step } from './follow.ts';
import { IDENTITY, identityTable, type Table } from './map.ts';
import { mergePaths, type Paths } from './merge.ts';
import { dependsOnNothing } from './path.ts';

/** A data input with the axes whose receptive field is followed: all but batch and channel. */
export interface Source {
  readonly index: number;
  readonly name: string;
  readonly axes: readonly { readonly axis: number; readonly name: string; readonly extent: number | null }[];
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
    const bySource = new Map<number, SourceField>();
    inputs.forEach((fields, i) => {
      if (!fields?.length) return;
      const relation: Relation = call.operator?.field(call, i, k) ?? { unknown: `the operator is not known` };
      if (relation === 'none') return;
      for (const field of fields) {
        const moved = followField(field, relation, call.inputs[i] as Tensor, output, by);
        const before = bySource.get(field.source.index);
        bySource.set(field.source.index, before ? mergeFields(before, moved, output.shape, merge) : moved);
      }
    });
    return [...bySource.values()].filter(seesAnything).sort((a, b) => a.source.index - b.source.index);
  });
  if (offset > 0) {
    const message = `its branches look at centres that lie ${offset} input pixels apart`;
    report({ code: 'misaligned-merge', severity: 'info', message, node: call.node.id });
  }
  return outputs;
}

interface Merge {
  readonly by: string;
  readonly onMisaligned: (offset: number) => void;
}

function seesAnything(field: SourceField): boolean {
  return field.axes.length === 0 || field.axes.some(({ strict }) => !strict.every(dependsOnNothing));
}

function followField(field: SourceField, relation: Relation, input: Tensor, output: Tensor, by: string): SourceField {
  let changed = false;
  const axes = field.axes.map((axis, i) => {
    const extent = field.source.axes[i]?.extent ?? null;
    const step = { relation, before: input.shape, after: output.shape, extent, by };
    const to = followAxis(axis, step);
    changed ||= to !== axis;
    return to;
  });
  return changed ? { source: field.source, axes } : field;
}

function followAxis(axis: AxisField, step: Omit<Step, 'local'>): AxisField {
  const strict = followAll(axis.strict, { ...step, local: false });
  const links = linksOf(step.relation);
  const statistics = links.some((link) => link?.map.kind === 'all' && link.map.statistics);
  const gates = step.relation === 'elementwise' || links.some((link) => link?.map.kind === 'broadcast');
  if (axis.local === axis.strict && !statistics && !gates) return strict === axis.strict ? axis : { strict, local: strict };
  const local = followAll(axis.local, { ...step, local: true });
  if (strict === axis.strict && local === axis.local) return axis;
  return { strict, local: axis.local === axis.strict && samePaths(strict, local) ? strict : local };
}

function followAll(paths: Paths, step: Step): Paths {
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
