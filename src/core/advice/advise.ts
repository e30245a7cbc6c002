import { Draft } from '../edits/draft.ts';
import type { Edit } from '../edits/index.ts';
import type { Trace } from '../trace.ts';
import { type Aimed, candidatesFor } from './candidates.ts';
import { type Budget, isWithin, type Measure, measureAt, type Trial, tryEdits } from './trial.ts';

/** Advice on how to reach a target. */
export interface Advised {
  /** The network as it is. */
  readonly before: Measure & { readonly reaches: boolean; readonly withinBudget: boolean };
  /** Edits that were tried, and how many of them could not be made; at most `limit` single ones and as many pairs. */
  readonly trials: { readonly singles: number; readonly pairs: number; readonly refused: number; readonly limit: number };
  /** Whether some of the edits reach the target within the budget. */
  readonly reached: boolean;
  /** These edits, the cheapest first; where there are none, those within the budget that come nearest. At most 20. */
  readonly advice: readonly Trial[];
}

const MAX_ADVICE = 20;
/** Most of them that do the same to different layers. */
const MAX_ALIKE = 4;
/** Most trials of single edits, and of pairs. */
const MAX_TRIALS = 300;
const MIN_TRIALS = 20;
/** Nodes that trials look at, each as often as there are trials: a few seconds. */
const MAX_NODES = 300_000;

/** What advice may use beside the trace. */
export interface AdviceOptions {
  readonly budget: Budget;
  readonly pairs: boolean;
  /** Makes edits, with the options that the graph was traced with. */
  readonly edit: (trace: Trace, edits: readonly Edit[]) => Trace;
}

/**
 * Edits that bring the receptive field of a layer to a size, ranked by what they cost: the mean of MACs, parameters and peak
 * bytes in proportion to those of the network as it is. Single edits are proposed by their kinds, for every layer before the
 * target; pairs are made of the single edits that do most and of the cheapest.
 */
export function advise(trace: Trace, aimed: Aimed, { budget, pairs, edit }: AdviceOptions): Advised {
  const now = measureAt(trace, aimed);
  const limit = Math.min(MAX_TRIALS, Math.max(MIN_TRIALS, Math.floor(MAX_NODES / Math.max(1, trace.graph.nodes.length))));
  let refused = 0;
  const attempt = (edits: readonly Edit[]): Trial[] => {
    const trial = tryEdits(edits, { now, aimed, budget, edit: (list) => edit(trace, list) });
    if (trial === null) refused += 1;
    return trial === null ? [] : [trial];
  };
  const candidates = spaced(candidatesFor(new Draft(trace, 0), aimed, now.receptiveField), limit);
  const singles = candidates.flatMap((candidate) => attempt([candidate]));
  const couples = pairs ? couplesOf(singles, aimed, limit) : [];
  const all = [...singles, ...couples.flatMap(attempt)];
  const reaching = all.filter(({ reaches, withinBudget }) => reaches && withinBudget).sort(byCost);
  return {
    before: { ...now, reaches: isReached(now, aimed), withinBudget: isWithin(now, budget) },
    trials: { singles: candidates.length, pairs: couples.length, refused, limit },
    reached: reaching.length > 0,
    advice: varied(reaching.length > 0 ? reaching : nearest(all, aimed)).slice(0, MAX_ADVICE),
  };
}

const isReached = ({ receptiveField }: Measure, { size }: Aimed): boolean => receptiveField !== null && receptiveField >= size;

/** The cheapest first. Of those that cost the same, fewer edits, and then windows whose taps lie closer: wide gaps leave pixels out. */
const byCost = (a: Trial, b: Trial): number =>
  a.cost - b.cost || a.edits.length - b.edits.length || widestGap(a.edits) - widestGap(b.edits);

function widestGap(edits: readonly Edit[]): number {
  return Math.max(1, ...edits.flatMap((edit) => ('dilation' in edit && edit.dilation !== undefined ? edit.dilation : [])));
}

/** Not more than a few that do the same to different layers. */
function varied(trials: readonly Trial[]): readonly Trial[] {
  const alike = new Map<string, number>();
  return trials.filter(({ edits }) => {
    const sort = JSON.stringify(edits.map((edit) => Object.keys(edit).map((key) => (key === 'kind' ? edit.kind : key))));
    const before = alike.get(sort) ?? 0;
    alike.set(sort, before + 1);
    return before < MAX_ALIKE;
  });
}

/** Within the budget if anything is, and by how far the field is from the target. */
function nearest(trials: readonly Trial[], { size }: Aimed): readonly Trial[] {
  const affordable = trials.filter(({ withinBudget }) => withinBudget);
  const away = ({ receptiveField }: Trial) => (receptiveField === null ? Number.MAX_VALUE : Math.max(0, size - receptiveField));
  return [...(affordable.length > 0 ? affordable : trials)].sort((a, b) => away(a) - away(b) || byCost(a, b));
}

/** So many of a list, evenly spread over it. */
function spaced<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)] as T);
}

/** Pairs of an edit that brings the field far and another one that is cheap, or brings it far too. */
function couplesOf(singles: readonly Trial[], { size }: Aimed, most: number): readonly (readonly Edit[])[] {
  const side = Math.floor(Math.sqrt(most));
  const field = ({ receptiveField }: Trial) => Math.min(size, receptiveField ?? 0);
  const far = [...singles].sort((a, b) => field(b) - field(a) || byCost(a, b)).slice(0, side);
  const cheap = [...singles].sort(byCost);
  const seconds = new Set([...cheap.slice(0, Math.ceil(side / 2)), ...far].slice(0, side));
  return far.flatMap((a) => [...seconds].flatMap((b) => (isSame(a, b) ? [] : [[...a.edits, ...b.edits]])));
}

/** Whether two edits do the same kind of thing to the same layer. */
function isSame(a: Trial, b: Trial): boolean {
  const named = ({ edits: [edit] }: Trial) => edit && JSON.stringify([edit.kind, 'layer' in edit ? edit.layer : null]);
  return named(a) === named(b);
}
