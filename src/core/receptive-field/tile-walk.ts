import type { Step } from '../inference/runner.ts';
import type { Relation } from '../operators/operator.ts';
import type { Trace } from '../trace.ts';
import { fieldsFrom } from './fields.ts';
import { linksOf } from './follow.ts';
import type { Path } from './path.ts';
import { isLayout, type Layout, moves } from './placement.ts';
import type { FollowedAxis, SourceField } from './propagate.ts';
import { single } from './single.ts';

/** Which of the two fields: all that a unit depends on, or without statistics and gates. */
export type Sight = 'strict' | 'local';

/** A tensor between source and output, with what its units see of one axis of the source as if no tensor had a border. */
export interface Seen {
  readonly name: string;
  /** The call that writes it; null for the source. */
  readonly call: Step | null;
  readonly strict: Path;
  readonly local: Path;
}

/** Everything between one axis of a source and an output. */
export interface Walk {
  readonly trace: Trace;
  /** Calls that the output depends on, in order. */
  readonly calls: readonly Step[];
  /** Tensors by name, in the order of the calls; the source first and the output last. */
  readonly seen: ReadonlyMap<string, Seen>;
  /** The calls that read a tensor. */
  readonly readers: ReadonlyMap<string, readonly Step[]>;
}

/** What lies between an axis of `source` and `output`; null where the output does not depend on the source. */
export function walkBetween(trace: Trace, source: string, axis: FollowedAxis, output: string): Walk | null {
  const fields = fieldsAlong(trace, source, axis);
  if (!fields.has(output)) return null;
  const readers = new Map<string, Step[]>([[output, []]]);
  const calls: Step[] = [];
  for (const call of trace.calls.toReversed()) {
    if (!call.node.outputs.some((name) => readers.has(name) && fields.has(name))) continue;
    calls.push(call);
    call.node.inputs.forEach((name, i) => {
      if (!fields.has(name) || call.outputs.every((_, k) => relationOf(call, i, k) === 'none')) return;
      const others = readers.get(name);
      if (others) others.push(call);
      else readers.set(name, [call]);
    });
  }
  calls.reverse();
  const seen = new Map<string, Seen>();
  const add = (name: string, call: Step | null) => {
    const field = fields.get(name)?.axes[0];
    if (!field || !readers.has(name)) return;
    const shape = trace.tensors.get(name)?.shape ?? null;
    const strict = single(field.strict, shape);
    seen.set(name, { name, call, strict, local: field.local === field.strict ? strict : single(field.local, shape) });
  };
  add(source, null);
  for (const call of calls) for (const name of call.node.outputs) add(name, call);
  return { trace, calls, seen, readers };
}

/** Fields along one axis without borders: an axis of unknown extent is not followed unit by unit. */
export function fieldsAlong(trace: Trace, name: string, axis: FollowedAxis): ReadonlyMap<string, SourceField> {
  return fieldsFrom(trace, { index: 0, name, axes: [{ ...axis, extent: null }] });
}

/** How output k of a call depends on input i. */
export function relationOf(call: Step, i: number, k: number): Relation {
  return call.operator?.field(call, i, k) ?? { unknown: 'the operator is not known' };
}

/** Calls that read, beside the data, a tensor that differs from position to position of the source axis: an embedding of positions. */
export function positional({ trace, calls, seen }: Walk): { readonly call: Step; readonly tensor: string }[] {
  return calls.flatMap((call) =>
    call.node.inputs
      .filter((tensor, i) => !seen.has(tensor) && call.node.outputs.some((name, k) => varies(trace, call, i, k, seen.get(name)?.strict.at)))
      .map((tensor) => ({ call, tensor })),
  );
}

/** Whether input i of a call, which does not depend on the source, differs along the axis where the source moves in output k. */
function varies(trace: Trace, call: Step, i: number, k: number, at: Path['at'] | undefined): boolean {
  const shape = call.inputs[i]?.shape;
  if (at === null || at === undefined || !shape) return false;
  const relation = relationOf(call, i, k);
  const links = linksOf(relation);
  const grown = (call.outputs[k]?.shape?.length ?? 0) - shape.length;
  const inputAxis = (axis: number) => (relation === 'elementwise' ? axis - grown : links[axis]?.input);
  return axesOf(at).some((axis) => (shape[inputAxis(axis) ?? -1] ?? 1) !== 1) && !isUniform(trace, call.node.inputs[i] as string);
}

/** Axes along which the outermost steps of a source axis are told apart: windows alike repeat along the other ones. */
function axesOf(at: number | Layout): number[] {
  if (!isLayout(at)) return [at];
  const outermost = Math.max(...at.flat().map(({ weight }) => weight));
  return at.flatMap((digits, axis) => (moves(digits) && digits.some(({ weight }) => weight === outermost) ? [axis] : []));
}

function isUniform({ calls, tensors }: Trace, name: string): boolean {
  const value = tensors.get(name)?.value;
  if (value) return value.every((element) => element === value[0]);
  return calls.some(({ node }) => node.op === 'ConstantOfShape' && node.outputs.includes(name));
}
