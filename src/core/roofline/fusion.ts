import type { LayerFacts } from '../layers.ts';
import type { AxisLink, Relation } from '../operators/operator.ts';
import { elementsOf } from '../operators/shape.ts';
import { type Moved, type NetworkTraffic, once, type Traffic } from './traffic.ts';

/** What a compiler that fuses is taken to do; told in every answer. */
export const FUSION_RULE =
  'A layer that works position by position, or normalises by a mean or variance (not softmax), runs in the kernel that made one of its inputs of the ' +
  'same number of elements, if no kernel that starts later makes another. What only such a kernel itself reads never reaches memory.';

/** Layers that run as one kernel, by index; the first is the producer that the others are fused into. */
export interface Kernel {
  readonly layers: readonly number[];
  readonly traffic: Traffic;
}

/**
 * The layers as a fusing compiler would run them. Kernels run one after another, in the order of their first layers, and read
 * only what those before them made. Views are in none. `outputs` are the names of what the network gives out.
 */
export function kernelsOf(facts: readonly LayerFacts[], { layers: traffic, owners }: NetworkTraffic, outputs: readonly string[]): Kernel[] {
  /** First layer of the kernel that makes a tensor. */
  const headOf = new Map<string, number>();
  const kernels = new Map<number, number[]>();
  for (const [at, fact] of facts.entries()) {
    if (fact.view) continue;
    const { reads, writes } = traffic[at] as Traffic;
    const latest = reads.reduce((head, { name }) => Math.max(head, headOf.get(name) ?? -1), -1);
    const elements = elementsOf(fact.call.outputs[0]);
    // Made by the last kernel that has to run before, with one element for each of the layer's own.
    const beside = reads.some((read) => headOf.get(read.name) === latest && elements !== null && read.elements === elements);
    const joins = beside && isFusible(fact) && facts[latest]?.call.repeats === fact.call.repeats;
    const head = joins ? latest : at;
    if (joins) kernels.get(head)?.push(at);
    else kernels.set(at, [at]);
    for (const { name } of writes) headOf.set(name, head);
  }
  const readers = readersOf(traffic);
  const given = new Set(outputs.map((name) => owners.get(name) ?? name));
  return [...kernels.values()].map((layers) => ({ layers, traffic: shared(layers, traffic, readers, given) }));
}

/** Whether a layer works position by position, but for means and variances. */
function isFusible({ call }: LayerFacts): boolean {
  const { operator, inputs } = call;
  return operator !== undefined && inputs.every((input, i) => !input || input.constant || isPointwise(operator.field(call, i, 0)));
}

function isPointwise(relation: Relation): boolean {
  if (relation === 'elementwise') return true;
  return Array.isArray(relation) && (relation as readonly (AxisLink | null)[]).every((link, axis) => isOwn(link, axis));
}

function isOwn(link: AxisLink | null, axis: number): boolean {
  if (link?.input !== axis) return false;
  const { map } = link;
  return map.kind === 'each' || (map.kind === 'all' && map.statistics === true);
}

function readersOf(traffic: readonly Traffic[]): Map<string, number[]> {
  const readers = new Map<string, number[]>();
  for (const [at, { reads }] of traffic.entries()) {
    for (const { name } of reads) {
      const before = readers.get(name);
      if (before) before.push(at);
      else readers.set(name, [at]);
    }
  }
  return readers;
}

/** What layers move as one kernel: what one of them makes for the others only stays inside. */
function shared(
  layers: readonly number[],
  traffic: readonly Traffic[],
  readers: ReadonlyMap<string, readonly number[]>,
  outputs: ReadonlySet<string>,
): Traffic {
  if (layers.length === 1) return traffic[layers[0] as number] as Traffic;
  const inside = new Set(layers);
  const all = (part: keyof Traffic): Moved[] => layers.flatMap((at) => traffic[at]?.[part] ?? []);
  const made = new Set(all('writes').map(({ name }) => name));
  const stays = (name: string) => {
    const by = readers.get(name) ?? [];
    return by.length > 0 && !outputs.has(name) && by.every((at) => inside.has(at));
  };
  return {
    reads: once(all('reads').filter(({ name }) => !made.has(name))),
    weights: once(all('weights')),
    writes: all('writes').filter(({ name }) => !stays(name)),
  };
}
