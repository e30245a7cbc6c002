import { Fault } from '../fault.ts';
import type { AxisExtent, FieldAxis } from '../report.ts';
import type { Trace } from '../trace.ts';
import { fieldsFrom, sourceNamed } from './fields.ts';
import type { Source, SourceField } from './propagate.ts';
import { summarize } from './summary.ts';

/** The tensor that a caller names as a source. Fault: `unknown-tensor`. */
export function requireSource(trace: Trace, name: string): Source {
  const source = sourceNamed(trace, name);
  if (source) return source;
  throw new Fault('unknown-tensor', `no tensor that depends on data is named ${JSON.stringify(name)}`);
}

/** The virtual fields of all tensors behind a source. Its borders are not followed, which would cost an entry per position and tensor. */
export function virtualFields(trace: Trace, source: Source): ReadonlyMap<string, SourceField> {
  return fieldsFrom(trace, { ...source, axes: source.axes.map((axis) => ({ ...axis, extent: null })) });
}

/** What a report says of the virtual field of a tensor. */
export type VirtualSize = Pick<AxisExtent, 'status' | 'size'>;

const NOTHING_SEEN: VirtualSize = { status: 'none', size: 0 };

/** Looks up the union of all paths to a tensor along the source axis of an index. */
export function virtualSizes(trace: Trace, source: Source): (tensor: string, axis: number, view: 'strict' | 'local') => VirtualSize {
  const fields = virtualFields(trace, source);
  return (tensor, axis, view) => {
    const field = fields.get(tensor);
    const [summary] = field ? summarize([field], trace.tensors.get(tensor)?.shape ?? null) : [];
    const along: FieldAxis | undefined = summary?.axes[axis];
    const { status, size } = (view === 'local' ? along?.local : along) ?? NOTHING_SEEN;
    return { status, size: status === 'global' ? (source.axes[axis]?.extent ?? null) : size };
  };
}
