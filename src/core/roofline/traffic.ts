import { type Count, sum, times } from '../count.ts';
import type { DType } from '../graph.ts';
import type { Inference } from '../inference/infer.ts';
import type { LayerFacts } from '../layers.ts';
import type { Operator, Tensor } from '../operators/operator.ts';
import { elementsOf } from '../operators/shape.ts';
import { bytesOf } from '../params.ts';
import { asIf, type Precision } from '../precision.ts';

/** A tensor that a layer reads or writes: the bytes that move, null where they are unknown. Names are those of what owns the memory. */
export interface Moved {
  readonly name: string;
  readonly bytes: Count | null;
  readonly elements: Count | null;
  /** The type that it is taken to have. */
  readonly dtype: DType | null;
}

/** What one run of a layer moves; each tensor once. */
export interface Traffic {
  readonly reads: readonly Moved[];
  readonly weights: readonly Moved[];
  readonly writes: readonly Moved[];
}

/** What each of the layers moves, and what owns the memory of views, by name. */
export interface NetworkTraffic {
  readonly layers: readonly Traffic[];
  readonly owners: ReadonlyMap<string, string>;
}

const NOTHING: Traffic = { reads: [], weights: [], writes: [] };

/**
 * What the layers move between memory and processor if each runs on its own: inputs, weights and outputs, every tensor once.
 * Views move nothing. What only picks or copies elements (Gather, Slice, ...) reads no more of an input than it writes.
 * Shapes, axes and single numbers are arguments: they do not count. Weights that DequantizeLinear makes, perhaps moved, are
 * read as they are stored, with their scales and zero points: `calls` are those of the trace, constants among them.
 */
export function trafficOf(facts: readonly LayerFacts[], calls: readonly Inference[], precision: Precision): NetworkTraffic {
  const owners = new Map<string, string>();
  const quantised = quantisedWeights(calls);
  const layers = facts.map((fact): Traffic => {
    const { node, inputs, outputs } = fact.call;
    if (fact.view) {
      const shown = node.inputs.find((_, i) => inputs[i]?.constant === false) ?? '';
      for (const name of node.outputs) owners.set(name, owners.get(shown) ?? shown);
      return NOTHING;
    }
    const read = inputs.flatMap((tensor, i) => {
      if (!tensor || !isData(fact, tensor, i)) return [];
      const name = node.inputs[i] as string;
      const elements = readOf(fact, tensor, i);
      const stored = tensor.constant ? quantised.get(name) : undefined;
      if (stored)
        return partsOf(stored, elements).map((part) => ({ ...moved(part.name, part.tensor, part.elements, precision), constant: true }));
      return [{ ...moved(owners.get(name) ?? name, tensor, elements, precision), constant: tensor.constant }];
    });
    return {
      reads: once(read.filter(({ constant }) => !constant)),
      weights: once(read.filter(({ constant }) => constant)),
      writes: outputs.flatMap((tensor, k) => {
        const name = node.outputs[k];
        return name ? [moved(name, tensor, elementsOf(tensor), precision)] : [];
      }),
    };
  });
  return { layers, owners };
}

/** The constant calls of DequantizeLinear by the weights that they make, and by what only moves these. */
function quantisedWeights(calls: readonly Inference[]): ReadonlyMap<string, Inference> {
  const found = new Map<string, Inference>();
  for (const call of calls) {
    const { node, outputs, operator } = call;
    if (!outputs[0]?.constant) continue;
    const made = node.op === 'DequantizeLinear' ? call : operator?.moves && !grows(call) ? found.get(node.inputs[0] ?? '') : undefined;
    if (made) for (const name of node.outputs) found.set(name, made);
  }
  return found;
}

/** Whether more comes out than the first input has: copies of it, or other tensors beside it. */
function grows({ inputs: [input], outputs: [output] }: Inference): boolean {
  const [before, after] = [input && elementsOf(input), output && elementsOf(output)];
  return !(typeof before === 'number' && typeof after === 'number' && after <= before);
}

/** What is read of a quantised tensor for so many of its elements; of scales and zero points no more than there are, single ones not. */
function partsOf({ node, inputs }: Inference, elements: Count | null): { name: string; tensor: Tensor; elements: Count | null }[] {
  return inputs.flatMap((tensor, i) => {
    const all = tensor ? elementsOf(tensor) : 0;
    if (!tensor || (i > 0 && all === 1)) return [];
    const read = i === 0 || (elements !== null && all !== null && elements < all) ? elements : all;
    return [{ name: node.inputs[i] as string, tensor, elements: read }];
  });
}

/** Whether an input is data that the layer goes through, and not an argument of it. */
function isData({ call }: LayerFacts, tensor: Tensor, i: number): boolean {
  const { operator, outputs } = call;
  if (tensor.constant && elementsOf(tensor) === 1) return false;
  if (!operator || operator.tables?.includes(i)) return true;
  const relations = outputs.map((_, k) => operator.field(call, i, k));
  return relations.some((relation) => relation !== 'none' && !(tensor.constant && relation === 'dataDependent'));
}

/** Elements of an input that are read: all, but no more than are written where elements are only picked or copied. */
function readOf({ call }: LayerFacts, tensor: Tensor, i: number): Count | null {
  const elements = elementsOf(tensor);
  if (call.operator?.iterates === 'collects') return written(call.outputs);
  const limit = picked(call.operator, i) ? written(call.outputs.slice(0, call.operator?.moves ? undefined : 1)) : null;
  return limit !== null && elements !== null && limit < elements ? limit : elements;
}

const picked = (operator: Operator | undefined, i: number) => operator?.moves === true || operator?.tables?.includes(i) === true;

function written(outputs: readonly Tensor[]): Count | null {
  const sizes = outputs.map(elementsOf);
  return sizes.includes(null) ? null : sum(sizes as readonly Count[]);
}

function moved(name: string, tensor: Tensor, elements: Count | null, { weights, activations }: Precision): Moved {
  const dtype = asIf(tensor.dtype, tensor.constant ? weights : activations);
  return { name, elements, dtype, bytes: elements !== null && dtype ? bytesOf(elements, dtype) : null };
}

/** Every tensor once, with the most of it that is read. */
export function once(tensors: readonly Moved[]): Moved[] {
  const found = new Map<string, Moved>();
  for (const tensor of tensors) {
    const before = found.get(tensor.name);
    if (!before || (before.bytes !== null && (tensor.bytes === null || tensor.bytes > before.bytes))) found.set(tensor.name, tensor);
  }
  return [...found.values()];
}

/** Bytes of several tensors, times over; null where one is unknown. */
export function bytesMoved(tensors: readonly Moved[], repeats: Count): Count | null {
  const bytes = tensors.map((tensor) => tensor.bytes);
  return bytes.includes(null) ? null : times(repeats, sum(bytes as readonly Count[]));
}
