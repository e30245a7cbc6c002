import { type Count, less, sum, times } from '../count.ts';
import type { LayerFacts } from '../layers.ts';
import type { Tensor } from '../operators/operator.ts';
import type { Precision } from '../precision.ts';
import { dataInputs, dataOutputs, tensorBytes } from './steps.ts';

/** A tensor that the forward pass keeps, under the name of what owns its memory. */
export interface SavedTensor {
  readonly name: string;
  /** All iterations of a loop together, one where their number is unknown; null where a size is unknown. */
  readonly bytes: Count | null;
  /** Ids of the layers whose gradients need it. */
  readonly neededBy: string[];
}

export interface Saved {
  readonly tensors: readonly SavedTensor[];
  /** Bytes that layers keep beside tensors of the graph, as far as they are known. */
  readonly beside: Count;
  /** Operators that do not say what they keep. */
  readonly unknown: readonly { readonly op: string; readonly count: number }[];
  /** Whether everything that is kept is known. */
  readonly complete: boolean;
}

/** What the layers keep for their gradients, of which only some are `needed`. */
export function savedBy(facts: readonly LayerFacts[], needed: ReadonlySet<string>, as: Precision): Saved {
  const learning = facts.filter(({ call }) => call.node.outputs.some((name) => needed.has(name)));
  const silent = learning.filter(({ call }) => !call.operator?.saves).map(({ call }) => call.node.op);
  const tensors = savedTensors(learning, ownersOf(facts), needed, as);
  const own = learning.map(({ call }) => {
    const bytes = call.operator?.saves?.beside?.(call);
    return { bytes: bytes === undefined ? 0 : bytes, repeats: call.repeats };
  });
  const known = [...tensors, ...own].every(({ bytes }) => bytes !== null) && learning.every(({ call }) => call.repeats !== null);
  return {
    tensors,
    beside: sum(own.map(({ bytes, repeats }) => times(bytes ?? 0, repeats ?? 1))),
    unknown: [...counted(silent)].map(([op, count]) => ({ op, count })),
    complete: known && silent.length === 0,
  };
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** What owns the memory of a tensor, and how many of its pieces are meant; null where that is not known. */
interface Owner {
  readonly name: string;
  readonly pieces: Count | null;
}

/** Owners of a tensor: of what the iterations of a loop begin with these are what the loop was given, and what it makes. */
type OwnersOf = (name: string) => readonly Owner[];

/** Owners of all tensors that layers write; what training copies owns its memory. */
function ownersOf(facts: readonly LayerFacts[]): OwnersOf {
  const shows = new Map<string, string>();
  const pieces = new Map<string, Count | null>();
  const carried = new Map<string, LayerFacts['call']>();
  for (const fact of facts) {
    const { call, view } = fact;
    if (call.operator?.iterates === 'begins') carried.set(call.node.outputs[0] as string, call);
    const shown = view && !call.operator?.saves?.copies ? dataInputs(fact)[0] : undefined;
    for (const { name } of dataOutputs(fact)) {
      pieces.set(name, call.repeats);
      if (shown !== undefined) shows.set(name, shown);
    }
  }
  const rootOf = (name: string): string => {
    let root = name;
    for (let shown = shows.get(root); shown !== undefined && !carried.has(root); shown = shows.get(root)) root = shown;
    return root;
  };
  const piecesOf = (root: string) => (pieces.has(root) ? (pieces.get(root) as Count | null) : 1);
  const owners: OwnersOf = (name) => {
    const root = rootOf(name);
    const carry = carried.get(root);
    if (!carry) return [{ name: root, pieces: piecesOf(root) }];
    const { node, inputs, repeats, loop } = carry;
    const given = inputs[0]?.constant ? [] : owners(node.inputs[0] as string);
    const made = rootOf(node.inputs[1] as string);
    if (inputs[1]?.constant || carried.has(made)) return given;
    if (repeats === null || !loop?.trips) return [...given, { name: made, pieces: repeats }];
    // All but the last iteration hand on to another one.
    return [...given, { name: made, pieces: less(repeats, BigInt(repeats) / BigInt(loop.trips)) }];
  };
  return owners;
}

function savedTensors(facts: readonly LayerFacts[], owners: OwnersOf, needed: ReadonlySet<string>, as: Precision) {
  const kept = new Map<string, SavedTensor>();
  const keep = (alias: string | undefined, tensor: Tensor | undefined, by: string) => {
    if (!alias || !tensor || tensor.constant) return;
    const bytes = tensorBytes(tensor, as);
    for (const { name, pieces } of owners(alias)) {
      const all = bytes && times(bytes, pieces ?? 1);
      const { bytes: before = 0, neededBy = [] } = kept.get(name) ?? {};
      neededBy.push(by);
      kept.set(name, { name, bytes: before === null || all === null ? null : before > all ? before : all, neededBy });
    }
  };
  for (const fact of facts) {
    const { node, inputs, outputs, operator } = fact.call;
    for (const slot of keptInputs(fact, needed)) keep(node.inputs[slot], inputs[slot], node.id);
    for (const k of operator?.saves?.outputs ?? []) keep(node.outputs[k], outputs[k], node.id);
  }
  return [...kept.values()];
}

/** Slots of the inputs that a layer keeps: those its own gradient needs, and operands whose partners need one. */
function keptInputs({ call }: LayerFacts, needed: ReadonlySet<string>): Set<number> {
  const { inputs = [], operands = [] } = call.operator?.saves ?? {};
  const slots = operands === 'all' ? [...call.inputs.keys()] : operands;
  const partners = [...new Set([...slots, ...inputs])].filter((slot) => needed.has(call.node.inputs[slot] ?? ''));
  return new Set([...inputs, ...slots.filter((slot) => partners.some((partner) => partner !== slot))]);
}
