import { type Count, less, plus, sum, times } from '../count.ts';
import { stopsGradient } from '../gradients.ts';
import type { LayerFacts } from '../layers.ts';
import type { Tensor } from '../operators/operator.ts';
import { savesOf } from '../operators/saves.ts';
import { bytesOf } from '../params.ts';
import { asIf, type Precision } from '../precision.ts';
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
  /** Operators of which is not known what they keep, and why. */
  readonly unknown: readonly Silent[];
  /** Whether everything that is kept is known. */
  readonly complete: boolean;
}

/** Layers of one operator of which is not known what they keep. */
export interface Silent {
  readonly op: string;
  readonly count: number;
  readonly reason: string;
}

/** What the layers keep for their gradients, of which only some are `needed`. */
export function savedBy(facts: readonly LayerFacts[], needed: ReadonlySet<string>, as: Precision): Saved {
  const isLearning = ({ node }: LayerFacts['call']) => node.outputs.some((name) => needed.has(name));
  const learning = facts.filter(({ call }) => isLearning(call));
  const silent = facts.filter(({ call }) => stopsGradient(call, needed) || (isLearning(call) && !savesOf(call)));
  const tensors = savedTensors(learning, ownersOf(facts), needed, as);
  const own = learning.map(({ call }) => {
    return { bytes: besideOf(call, as), repeats: call.repeats };
  });
  const known = [...tensors, ...own].every(({ bytes }) => bytes !== null) && learning.every(({ call }) => call.repeats !== null);
  return {
    tensors,
    beside: sum(own.map(({ bytes, repeats }) => times(bytes ?? 0, repeats ?? 1))),
    unknown: countedByOperator(silent.map(({ call }) => call)),
    complete: known && silent.length === 0,
  };
}

/** What a call keeps that is no tensor of the graph, in bytes; null where a size or the type is unknown. */
function besideOf(call: LayerFacts['call'], { activations }: Precision): Count | null {
  const { beside, within } = savesOf(call) ?? {};
  const own = beside ? beside(call) : 0;
  const elements = within ? within(call) : 0;
  const dtype = asIf(call.outputs[0]?.dtype ?? null, activations);
  if (own === null || elements === null || (dtype === null && elements !== 0)) return null;
  return dtype === null ? own : plus(own, bytesOf(elements, dtype));
}

function countedByOperator(calls: readonly LayerFacts['call'][]): Silent[] {
  const found = new Map<string, Silent>();
  for (const { node, operator } of calls) {
    const reason = operator ? (operator.noGradient ?? 'Fovea has no rule for what it keeps') : 'Fovea does not know the operator';
    found.set(node.op, { op: node.op, count: (found.get(node.op)?.count ?? 0) + 1, reason });
  }
  return [...found.values()];
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
    const shown = view && !savesOf(call)?.copies ? dataInputs(fact)[0] : undefined;
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
    const { node, inputs, outputs } = fact.call;
    for (const slot of keptInputs(fact, needed)) keep(node.inputs[slot], inputs[slot], node.id);
    for (const k of savesOf(fact.call)?.outputs ?? []) keep(node.outputs[k], outputs[k], node.id);
  }
  return [...kept.values()];
}

/** Slots of the inputs that a layer keeps: those its own gradient needs, and operands whose partners need one. */
function keptInputs({ call }: LayerFacts, needed: ReadonlySet<string>): Set<number> {
  const { inputs = [], operands = [] } = savesOf(call) ?? {};
  const slots = operands === 'all' ? [...call.inputs.keys()] : operands;
  const partners = [...new Set([...slots, ...inputs])].filter((slot) => needed.has(call.node.inputs[slot] ?? ''));
  return new Set([...inputs, ...slots.filter((slot) => partners.some((partner) => partner !== slot))]);
}
