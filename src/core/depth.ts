import type { Repeated } from './inference/runner.ts';
import type { LayerFacts } from './layers.ts';

export interface Depth {
  /** Most contractions with weights on any one path: the "50" of ResNet-50. */
  readonly depth: number;
  /** Whether that is all: false where a path goes on through a loop longer than it was followed. */
  readonly complete: boolean;
}

/** Most layers that are looked at again because they stand in a loop. */
const MAX_AGAIN = 200_000;

/**
 * The depth of a network. The body of a loop that stands in the graph once is walked again for each iteration, until nothing
 * in it gets deeper: what an iteration hands to the next one makes paths longer.
 */
export function depthOf(facts: readonly LayerFacts[]): Depth {
  /** The depth of each value, by its number. */
  const depths: number[] = [];
  let [deepest, left, complete] = [0, MAX_AGAIN, true];

  /** Walks some layers that stand in a loop (or in none), and says whether any value got deeper. */
  const walk = (from: number, to: number, inside: Repeated | null): boolean => {
    let deeper = false;
    for (let at = from; at < to; ) {
      const fact = facts[at] as LayerFacts;
      const loop = inner(fact.call.loop, inside);
      const end = loop ? endOf(facts, at, to, loop) : at + 1;
      if (loop ? iterate(at, end, loop) : visit(fact)) deeper = true;
      at = end;
    }
    return deeper;
  };

  const iterate = (from: number, to: number, loop: Repeated): boolean => {
    const values = writtenIn(facts, from, to);
    const earlier = values.map((value) => depths[value]);
    // What the loop handed on when it ran before is not what it begins with.
    for (const value of values) depths[value] = 0;
    let deeper = walk(from, to, loop);
    for (let done = 1; deeper && (loop.trips === null || done < loop.trips); done++) {
      if (left < to - from) {
        complete = false;
        break;
      }
      left -= to - from;
      const [once, before] = [values.map((value) => depths[value] as number), deepest];
      deeper = walk(from, to, loop);
      if (!deeper || loop.trips !== null) continue;
      // How often it goes on is not known: one iteration is a lower bound.
      values.forEach((value, i) => {
        depths[value] = once[i] as number;
      });
      [deepest, complete] = [before, false];
      break;
    }
    return values.some((value, i) => depths[value] !== earlier[i]);
  };

  const visit = ({ call, operations }: LayerFacts): boolean => {
    let before = 0;
    for (const value of call.reads) before = Math.max(before, depths[value] ?? 0);
    const depth = before + (learns(call.inputs, operations) ? 1 : 0);
    let deeper = false;
    for (const value of call.writes) {
      if (value === 0 || depths[value] === depth) continue;
      depths[value] = depth;
      deeper = true;
    }
    deepest = Math.max(deepest, depth);
    return deeper;
  };

  walk(0, facts.length, null);
  return { depth: deepest, complete };
}

/** The loop directly inside another one (or none) in which a layer stands; null where it stands there itself. */
function inner(loop: Repeated | null, inside: Repeated | null): Repeated | null {
  let at = loop === inside ? null : loop;
  while (at && at.around !== inside) at = at.around;
  return at;
}

function endOf(facts: readonly LayerFacts[], from: number, to: number, loop: Repeated): number {
  let end = from + 1;
  while (end < to && isWithin(facts[end]?.call.loop ?? null, loop)) end += 1;
  return end;
}

/** Numbers of the values that layers write. */
function writtenIn(facts: readonly LayerFacts[], from: number, to: number): number[] {
  return facts.slice(from, to).flatMap(({ call }) => call.writes.filter((value) => value !== 0));
}

function isWithin(loop: Repeated | null, around: Repeated): boolean {
  for (let at = loop; at; at = at.around) if (at === around) return true;
  return false;
}

function learns(inputs: LayerFacts['call']['inputs'], operations: LayerFacts['operations']): boolean {
  return operations !== null && operations.mac > 0 && inputs.some((input) => input?.constant);
}
