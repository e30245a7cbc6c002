import { Fault } from '../fault.ts';
import type { Step } from '../inference/runner.ts';
import type { FieldStatus } from '../report.ts';
import type { Trace } from '../trace.ts';
import { callsBetween } from './between.ts';
import type { Source } from './propagate.ts';
import { bestIn, type Followed, type Fronts, isWhole, type Lane, type Route, startOf, walkRoutes } from './routes.ts';
import { sizeOf } from './span.ts';
import { requireSource, type VirtualSize, virtualSizes } from './virtual.ts';
import { type Contribution, waterfallOf } from './waterfall.ts';

/** What is asked: why a tensor sees as much of a source as it does. */
export interface FieldQuestion {
  /** Index among the calls of the trace of the one that writes the tensor. */
  readonly call: number;
  /** Name of the tensor, an output of that call. */
  readonly output: string;
  /** Name of the source: a data input, or any tensor before this one. */
  readonly source: string;
  /** Name of the one axis of the source that is asked for; all followed axes where absent. */
  readonly axis?: string;
}

/** Why a tensor sees as much of a source as it does. */
export interface FieldExplanation {
  /** Id of the layer that writes the tensor. */
  readonly layer: string;
  readonly op: string;
  /** Name of the tensor. */
  readonly output: string;
  /** Name of the source. */
  readonly source: string;
  /** One entry per axis asked for, in the order of the source's axes. */
  readonly axes: readonly AxisExplanation[];
}

export interface AxisExplanation {
  /** Name of the source axis, as in the report. */
  readonly axis: string;
  /** Positions of the source along it; null where unknown. */
  readonly extent: number | null;
  /** Over all paths. */
  readonly strict: ViewExplanation;
  /** Without paths through statistics and gates. */
  readonly local: ViewExplanation;
}

export interface ViewExplanation {
  /** As in the report: the union of all paths. */
  readonly status: FieldStatus;
  /** As in the report: positions that the union of all paths spans, the largest over the output phases; null where unknown. */
  readonly size: number | null;
  /** The path whose own field is the largest. A path that mixes the whole axis counts as larger than any window. */
  readonly largest: Witness;
  /** The path whose own field (its largest over the phases) is the smallest. */
  readonly smallest: Witness;
  /**
   * How `size` comes about along the largest path: the source, then each layer behind which the field is of another size. The
   * contributions add up to `size`.
   */
  readonly waterfall: readonly Contribution[];
  /** What made the largest path see the whole axis; null where the field is not global. */
  readonly globalBy: GlobalBy | null;
}

/** One path through the graph, and what it alone sees. */
export interface Witness {
  /** `none` where no path leads from the source to the tensor; opaque (`unknown`, `dataDependent`) where one cannot be followed. */
  readonly status: FieldStatus;
  /** Why the path cannot be followed, or what made its field something else than its windows say; null where nothing did. */
  readonly cause: string | null;
  /** Positions that its units see at most; the extent of the axis where it is global, 0 for `none`, null where not determinable. */
  readonly size: number | null;
  /** Ids of the layers on it, in order. */
  readonly layers: readonly string[];
}

export interface GlobalBy {
  /** Id of the first layer on the path behind which it sees the whole axis. */
  readonly layer: string;
  readonly op: string;
  /** Ids of the layers from the source to it, itself the last. */
  readonly path: readonly string[];
}

const VIEWS = ['strict', 'local'] as const;
const ENDS = ['largest', 'smallest'] as const;

/**
 * Explains the field of one tensor: the paths that see most and least, what each layer adds, and what made it global. Paths
 * are compared as `covers` says, so that the sizes are exact unless more than `MAX_KEPT` incomparable paths lead to one tensor.
 * Of equal paths that is told which became global or opaque earlier, then the shorter one, then the one by the earlier input.
 *
 * Time and memory are linear in the calls between the two tensors. Faults: `unknown-tensor`, `unknown-axis`.
 */
export function explainField(trace: Trace, question: FieldQuestion): FieldExplanation {
  const call = trace.calls[question.call];
  const source = requireSource(trace, question.source);
  if (!call?.node.outputs.includes(question.output)) {
    throw new Fault('unknown-tensor', `the layer does not write a tensor named ${JSON.stringify(question.output)}`);
  }
  const asked = source.axes.flatMap(({ name }, axis) => (question.axis === undefined || question.axis === name ? [axis] : []));
  if (question.axis !== undefined && asked.length === 0) {
    const names = source.axes.map(({ name }) => name).join(', ');
    throw new Fault('unknown-axis', `the source has no axis ${JSON.stringify(question.axis)}; it has ${names || 'none'}`);
  }
  const calls = callsBetween(trace, source.name, question.output, question.call);
  const lanes = asked.flatMap((axis) => VIEWS.flatMap((view) => ENDS.map((wanted): Lane => ({ axis, local: view === 'local', wanted }))));
  const best = bestPaths(calls, source, lanes, question.output);
  const unions = virtualSizes({ ...trace, calls }, source);
  return {
    layer: call.node.id,
    op: call.node.op,
    output: question.output,
    source: source.name,
    axes: asked.map((axis) => {
      const { name, extent } = source.axes[axis] as Source['axes'][number];
      const explain = (view: 'strict' | 'local'): ViewExplanation => {
        const along = lanes.flatMap((lane, i) => (lane.axis === axis && lane.local === (view === 'local') ? [best[i]] : []));
        return explainView(along, (tensor) => unions(tensor, axis, view), question.output, extent);
      };
      return { axis: name, extent, strict: explain('strict'), local: explain('local') };
    }),
  };
}

/** The best path to the tensor per lane. */
function bestPaths(calls: readonly Step[], source: Source, lanes: readonly Lane[], output: string): readonly (Followed | undefined)[] {
  let found: Fronts = output === source.name ? startOf(source, lanes) : undefined;
  walkRoutes(calls, source, lanes, (call, _, outputs) => {
    const k = call.node.outputs.indexOf(output);
    if (k >= 0) found = outputs[k];
  });
  return lanes.map(({ wanted }, lane) => bestIn(found?.[lane] ?? [], wanted));
}

function explainView(
  [largest, smallest]: readonly (Followed | undefined)[],
  union: (tensor: string) => VirtualSize,
  output: string,
  extent: number | null,
): ViewExplanation {
  const route = wayOf(largest?.route ?? null);
  const turn = largest && isWhole(largest.path) ? largest.turn : null;
  return {
    ...union(output),
    largest: witnessOf(largest, extent),
    smallest: witnessOf(smallest, extent),
    waterfall: largest ? waterfallOf(route, (tensor) => union(tensor).size) : [],
    globalBy: turn && { layer: turn.call.node.id, op: turn.call.node.op, path: idsOf(wayOf(turn)) },
  };
}

function witnessOf(followed: Followed | undefined, extent: number | null): Witness {
  if (!followed) return { status: 'none', cause: null, size: 0, layers: [] };
  const { virtual } = followed.path;
  const layers = idsOf(wayOf(followed.route));
  if (virtual.kind === 'opaque') return { status: virtual.status, cause: virtual.cause, size: null, layers };
  const whole = isWhole(followed.path);
  return { status: whole ? 'global' : 'exact', cause: virtual.cause, size: whole ? extent : sizeOf(virtual), layers };
}

/** A route from its first call on. */
function wayOf(route: Route | null): readonly Route[] {
  const way: Route[] = [];
  for (let at = route; at; at = at.before) way.push(at);
  return way.reverse();
}

function idsOf(way: readonly Route[]): readonly string[] {
  return way.map(({ call }) => call.node.id);
}
