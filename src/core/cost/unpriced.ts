import type { Count } from '../count.ts';
import type { LayerFacts } from '../layers.ts';
import type { Trace } from '../trace.ts';
import type { Convention } from './conventions/convention.ts';
import { projection } from './conventions/project.ts';
import type { Primitives } from './counters.ts';

/** Layers of one operator that are not priced in full: a total without them is a lower bound. */
export interface Unpriced {
  readonly op: string;
  /** Layers. */
  readonly count: number;
  /** Their ids, at most 100. */
  readonly layers: readonly string[];
  /** What is not known of them. */
  readonly why: string;
}

/** Most ids that are listed of one operator. */
const MAX_LISTED = 100;

/** The layers that some of these conventions cannot price in full, by operator and cause, in the order of the network. */
export function unpriced({ calls }: Trace, facts: readonly LayerFacts[], conventions: readonly Convention[]): readonly Unpriced[] {
  const projections = conventions.map((convention) => ({ id: convention.id, project: projection(convention, calls) }));
  const found = new Map<string, { op: string; count: number; layers: string[]; why: string }>();
  for (const { call, operations } of facts) {
    const figures = projections.map(({ id, project }) => ({ id, figure: operations && project(call, operations) }));
    const why = whyNot(call, operations, figures);
    if (why === null) continue;
    const { op, id } = call.node;
    const entry = found.get(`${op} ${why}`) ?? { op, count: 0, layers: [], why };
    found.set(`${op} ${why}`, entry);
    entry.count += 1;
    if (entry.layers.length < MAX_LISTED) entry.layers.push(id);
  }
  return [...found.values()];
}

interface Figure {
  readonly id: string;
  readonly figure: Count | null;
}

/** Why a layer cannot be priced in full; null where nothing stands against it. */
function whyNot({ operator, repeats }: LayerFacts['call'], operations: Primitives | null, figures: readonly Figure[]): string | null {
  if (!operator) return 'this operator is not known';
  if (!operations) return 'a size that decides its cost is not known';
  const without = figures.filter(({ figure }) => figure === null).map(({ id }) => id);
  if (without.length > 0) return `a size that decides its figure is not known: ${without.join(', ')}`;
  // Nothing, however often, is nothing.
  if (repeats !== null || figures.every(({ figure }) => figure === 0)) return null;
  return 'how often its loop runs is not known: it is counted for one run';
}
