import { Fault } from '../fault.ts';
import type { Graph } from '../graph.ts';
import type { AnalyzeOptions } from '../options.ts';
import { type Trace, traceGraph } from '../trace.ts';
import { Draft } from './draft.ts';
import { type Edit, editKindOf } from './index.ts';
import type { EditContext } from './kind.ts';
import { refit } from './refit.ts';
import type { Suggest } from './select.ts';

/** Most edits of one network; each looks at the whole graph. */
export const MAX_EDITS = 20;
/** Most nodes that edits may add: patterns may name every layer of a large network. */
const MAX_ADDED = 2000;
/** Most ids that an answer lists of one edit. */
const MAX_LISTED = 100;

/** What one edit did. */
export interface AppliedEdit {
  readonly kind: string;
  /** How many layers it changed. */
  readonly touched: number;
  /** Their ids, at most 100, in the order of the network. A layer that was taken out is named too. */
  readonly layers: readonly string[];
  /** How many layers behind them got weights of another shape. */
  readonly refitted: number;
  /** Their ids, at most 100. */
  readonly refittedLayers: readonly string[];
}

/** A network after edits. */
export interface Edited {
  readonly graph: Graph;
  readonly trace: Trace;
  readonly edits: readonly AppliedEdit[];
}

/** What edits may use beside the graph. */
export interface EditOptions {
  /** The sizes that the caller gave: the edited graph has to hold for them. */
  readonly options?: AnalyzeOptions;
  /** Ends a sentence about a name that is not known with the nearest one. */
  readonly suggest?: Suggest;
}

/**
 * A network with edits made one after the other. Pure: the graph that is given stays as it is. Every edit leaves a graph that
 * traces without faults, or is a fault `edit-not-applicable` that says which edit, which layer and why. Other faults:
 * `limit-exceeded`, and those of tracing the graph before its first edit.
 */
export function applyEdits(graph: Graph, edits: readonly Edit[], options: EditOptions = {}): Edited {
  return editTrace(traceGraph(graph, options.options ?? {}), edits, options);
}

/** The same for a graph that was traced with these options. */
export function editTrace(trace: Trace, edits: readonly Edit[], { options = {}, suggest = () => '' }: EditOptions = {}): Edited {
  if (edits.length > MAX_EDITS) throw new Fault('limit-exceeded', `a network takes at most ${MAX_EDITS} edits at a time`);
  const applied: AppliedEdit[] = [];
  let now = trace;
  for (const [index, edit] of edits.entries()) {
    const room = MAX_ADDED - (now.graph.nodes.length - trace.graph.nodes.length);
    const next = within(index, edit, () => applyEdit(new Draft(now, room), edit, { options, suggest }));
    now = next.trace;
    applied.push(next.applied);
  }
  return { graph: now.graph, trace: now, edits: applied };
}

function applyEdit(draft: Draft, edit: Edit, context: EditContext): { trace: Trace; applied: AppliedEdit } {
  const kind = editKindOf(edit.kind);
  if (!kind) throw new Fault('edit-not-applicable', 'there is no such edit');
  kind.apply(draft, { ...edit }, context);
  const refitted = kind.refits ? refit(draft) : [];
  const touched = [...draft.touched];
  return {
    trace: traceGraph(draft.graph(), context.options),
    applied: {
      kind: edit.kind,
      touched: touched.length,
      layers: touched.slice(0, MAX_LISTED),
      refitted: refitted.length,
      refittedLayers: refitted.slice(0, MAX_LISTED),
    },
  };
}

/** Runs one edit, so that what goes wrong says which edit it was. */
function within<T>(index: number, { kind }: Edit, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'limit-exceeded') throw error;
    const { node } = error.spot;
    throw new Fault('edit-not-applicable', `edit ${index} (${kind}): ${error.message}`, node === undefined ? {} : { node });
  }
}
