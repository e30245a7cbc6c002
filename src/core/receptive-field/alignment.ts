import type { Trace } from '../trace.ts';
import { type Arrival, arrivalsAt, meetingsOf, type Offset, offsetOf, strideOf, type Verdict } from './branches.ts';
import { centerOf } from './map.ts';
import { CenterTree, type Shift } from './shifts.ts';
import { sizeOf } from './span.ts';
import { requireSource, virtualFields } from './virtual.ts';

/**
 * Where the branches of a network that are merged position by position look at different places of the source. Fields are the
 * local ones: without statistics and gates, which look at the whole source and have no centre.
 */
export interface Alignment {
  /** Name of the source. */
  readonly source: string;
  /** Merges that were looked at: calls in which two or more inputs that move along an axis of the source meet position by position. */
  readonly merges: number;
  /** Merges of which all branches look at the same centres on all axes. */
  readonly aligned: number;
  /** Merges of which some branches look at different centres. */
  readonly misaligned: number;
  /** Merges of which that could not be determined, and no branches are known to differ. */
  readonly undetermined: number;
  /** One entry per merge, axis and branch that does not look where the first branch looks, or may not, the furthest apart first. */
  readonly offsets: readonly MergeOffset[];
}

/** How far one branch of a merge looks from the first one. Distances are in positions of the source. */
export interface MergeOffset extends Offset {
  /** Id of the layer that merges. */
  readonly merge: string;
  readonly op: string;
  /** Name of the source axis. */
  readonly axis: string;
  /** The first branch and the one that is compared with it: an offset is the centre of the second less that of the first. */
  readonly branches: readonly [Branch, Branch];
  /**
   * The layers between the fork of the two branches and the merge that shift the centre, the largest shift first. The shifts on
   * branch 1 less those on branch 0, and `rest`, add up to `offset`. null where that could not be told, empty where `offset` is null.
   */
  readonly causes: readonly Shift[] | null;
  /** What smaller shifts than those listed add to the offset; 0 where all are listed. */
  readonly rest: number;
  /** The largest of the causes; null where there is none. */
  readonly cause: Shift | null;
}

/** One branch as it arrives at the merge. */
export interface Branch {
  /** Index among the inputs of the merge. */
  readonly input: number;
  /** Name of the tensor at that input. */
  readonly tensor: string;
  /** Centre of unit 0, on the line through the centres of all units; null where there is no such line, or it is not known. */
  readonly center: number | null;
  /** Mean distance between the fields of neighbouring units; null where it is not constant. */
  readonly stride: number | null;
  /** Positions that the field of a unit spans, the largest over the phases; null where unknown. */
  readonly size: number | null;
}

/**
 * Looks for merges whose branches look at different centres, and for the layers that made them (even kernels, uneven padding).
 * Linear in the graph but for the walks back to the causes, which are bounded. Fault: `unknown-tensor`.
 */
export function alignmentOf(trace: Trace, sourceName: string): Alignment {
  const source = requireSource(trace, sourceName);
  const fields = virtualFields(trace, source);
  const trees = source.axes.map(() => new CenterTree(source.name));
  const offsets: MergeOffset[] = [];
  const counts = { merges: 0, aligned: 0, misaligned: 0, undetermined: 0 };
  for (const call of trace.calls) {
    const found: Offset[] = [];
    call.node.outputs.forEach((output, k) => {
      if (!fields.has(output) || output === source.name) return;
      source.axes.forEach(({ name: axis }, i) => {
        const fieldAt = (tensor: string) => fields.get(tensor)?.axes[i]?.local;
        const tree = trees[i] as CenterTree;
        const arrivals = arrivalsAt(call, k, fieldAt);
        tree.add(call, output, fieldAt(output) ?? [], arrivals);
        for (const [first, ...others] of meetingsOf(arrivals)) {
          for (const other of others) {
            const apart = offsetOf(first, other, call, k);
            found.push(apart);
            if (apart.verdict === 'aligned') continue;
            const told = apart.offset === null ? { shifts: [], rest: 0 } : tree.between(call, first, other);
            const [causes, rest] = [told?.shifts ?? null, told?.rest ?? 0];
            const branches = [branchOf(first), branchOf(other)] as const;
            offsets.push({ merge: call.node.id, op: call.node.op, axis, ...apart, branches, causes, rest, cause: causes?.[0] ?? null });
          }
        }
      });
    });
    if (found.length === 0) continue;
    counts.merges += 1;
    counts[verdictOn(found)] += 1;
  }
  return { source: source.name, ...counts, offsets: offsets.toSorted((a, b) => distance(b) - distance(a)) };
}

function verdictOn(found: readonly Offset[]): Verdict {
  if (found.some(({ verdict }) => verdict === 'misaligned')) return 'misaligned';
  return found.every(({ verdict }) => verdict === 'aligned') ? 'aligned' : 'undetermined';
}

/** How far apart two branches look at most; -1 where that is not known. */
function distance({ offset, min, max }: Offset): number {
  if (offset !== null) return Math.abs(offset);
  return min === null || max === null ? -1 : Math.max(Math.abs(min), Math.abs(max));
}

function branchOf({ input, tensor, path: { virtual } }: Arrival): Branch {
  return { input, tensor, center: centerOf(virtual), stride: strideOf(virtual), size: virtual.kind === 'opaque' ? null : sizeOf(virtual) };
}
