import { add, type Count, times } from './count.ts';
import { type Constant, DTYPE_BITS, type DType, isFloat } from './graph.ts';
import type { Inference } from './inference/infer.ts';
import { known } from './operators/call.ts';

/** Parameters of a network or of one layer, in elements; every tensor once, at the first layer that it reaches. */
export interface ParamCount {
  readonly stored: Count;
  readonly trainable: Count;
  readonly buffers: Count;
}

export interface Params {
  /** Every tensor in the file that counts as stored, by name. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** By index of the layer's call; layers that bring no parameters of their own are missing. */
  readonly byCall: ReadonlyMap<number, ParamCount>;
  readonly total: ParamCount & { readonly logical: Count; readonly scalars: Count; readonly bytes: Count };
}

/** A tensor in the file that counts as stored. */
export interface StoredTensor {
  readonly elements: Count;
  readonly dtype: DType;
  /** Names under which layers read it: itself and its Identity aliases, each with what they read it as. */
  readonly faces: ReadonlyMap<string, Role>;
}

/** What a layer reads a tensor as: trained, running statistics, the scales and zero points of a quantised tensor, or how something is done. */
export type Role = 'weight' | 'buffer' | 'scale' | 'argument';

interface Stored extends StoredTensor {
  readonly faces: Map<string, Role>;
  firstCall: number | null;
}

export const NO_PARAMS: ParamCount = { stored: 0, trainable: 0, buffers: 0 };

const QUANTISED = new Set<DType>(['int8', 'uint8', 'int4', 'uint4', 'int2', 'uint2']);

/**
 * Counts parameters by following every constant that a layer reads back to the tensors in the file that it is made of.
 *
 * Stored are the float and quantised initializers, and tensors of more than one element that Constant or ConstantOfShape
 * nodes make and that reach a layer unchanged (moved, not computed with). Quantised are integers of up to 8 bits, and wider
 * ones where a slot holds quantised numbers (int32 biases) or zero points, so that a quantised network stores its biases
 * too, and has as many trainable elements as the one that it was made of. Scales and zero points are not trainable, and what
 * only says how something is done (scales of a Resize, bounds of a Clip) is no parameter. Each step back is taken once per
 * way of reading it, so that the walk is linear in the graph.
 */
export function countParams(constants: ReadonlyMap<string, Constant>, calls: readonly Inference[]): Params {
  const stored = new Map<string, Stored>();
  for (const constant of constants.values()) {
    if (isFloat(constant.dtype) && !constant.synthetic) stored.set(constant.name, newStored(constant));
  }
  let scalars: Count = 0;
  const producers = new Map<string, Inference>();
  const seen = {
    weight: { moved: new Set<string>(), computed: new Set<string>() },
    scale: { moved: new Set<string>(), computed: new Set<string>() },
    buffer: { moved: new Set<string>(), computed: new Set<string>() },
    argument: { moved: new Set<string>(), computed: new Set<string>() },
  };

  const reach = (start: string, index: number, slot: number) => {
    const layer = calls[index] as Inference;
    const pending = [{ value: start, moved: true, face: start, role: roleOf(layer, slot), quantised: isQuantised(layer, slot) }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { value, moved, face, role, quantised } = next;
      const before = seen[role][moved ? 'moved' : 'computed'];
      const again = before.has(value);
      before.add(value);
      const constant = constants.get(value);
      if (constant && role !== 'argument' && (quantised || QUANTISED.has(constant.dtype)) && !stored.has(value))
        stored.set(value, newStored(constant));
      const producer = producers.get(value);
      if (producer?.operator?.generates && moved && !again) scalars = add(scalars, generate(value, producer, role, stored));
      const tensor = stored.get(value);
      if (tensor) touch(tensor, face, index, role);
      if (!producer || again) continue;
      const alias = producer.node.op === 'Identity';
      const stays = moved && (producer.operator?.moves === true || producer.operator?.generates === true);
      for (const [k, input] of producer.node.inputs.entries()) {
        const read = { role: roleOf(producer, k, role), quantised: isQuantised(producer, k) };
        pending.push({ value: input, moved: stays, face: alias ? face : input, ...read });
      }
    }
  };
  for (let index = 0; index < calls.length; index++) {
    const call = calls[index] as Inference;
    const { inputs, outputs } = call.node;
    if (isConstant(call)) for (const name of outputs) producers.set(name, call);
    else {
      for (let slot = 0; slot < inputs.length; slot++) {
        if (call.inputs[slot]?.constant) reach(inputs[slot] as string, index, slot);
      }
    }
  }
  for (const [name, { elements, faces }] of stored) {
    if (faces.size === 0 || ![...faces.values()].every((role) => role === 'argument')) continue;
    stored.delete(name);
    if (elements === 1) scalars = add(scalars, 1);
  }
  return { tensors: stored, byCall: byCall(stored.values()), total: { ...total(stored.values()), scalars } };
}

/** Whether a node computes the same for every input, and so is no layer. */
export function isConstant(call: Inference): boolean {
  return call.outputs.every((output) => output.constant);
}

/** What a node reads an input as; what makes a weight, statistics or scales is itself read as that. */
export function roleOf({ operator }: Inference, slot: number, output: Role = 'weight'): Role {
  if (operator?.buffers?.includes(slot)) return 'buffer';
  if (operator?.arguments?.includes(slot)) return 'argument';
  return operator?.scales?.(slot) ? 'scale' : output;
}

/** Whether integers of any type are part of a quantised tensor there. */
function isQuantised({ operator }: Inference, slot: number): boolean {
  return operator?.quantised?.includes(slot) || operator?.scales?.(slot) || false;
}

function newStored({ dtype, shape }: Pick<Constant, 'dtype' | 'shape'>): Stored {
  return { elements: times(...shape), dtype, faces: new Map(), firstCall: null };
}

/** Adds the tensor that a Constant or ConstantOfShape makes, or counts it as a scalar; integers are shape arithmetic. */
function generate(value: string, producer: Inference, role: Role, stored: Map<string, Stored>): number {
  const output = producer.outputs[producer.node.outputs.indexOf(value)];
  const shape = output && known(output.shape);
  if (!shape || !output.dtype || !isFloat(output.dtype)) return 0;
  if (times(...shape) === 1) return 1;
  if (role !== 'argument' && !stored.has(value)) stored.set(value, newStored({ dtype: output.dtype, shape }));
  return 0;
}

function touch(tensor: Stored, face: string, index: number, role: Role): void {
  tensor.firstCall = tensor.firstCall === null ? index : Math.min(tensor.firstCall, index);
  tensor.faces.set(face, (tensor.faces.get(face) ?? role) === role ? role : 'weight');
}

/** Whether a tensor holds running statistics only, and so is not trained. */
export function isBuffer({ faces }: StoredTensor): boolean {
  return faces.size > 0 && [...faces.values()].every((role) => role === 'buffer');
}

/** Whether a tensor is trained: some layer reads it as a weight, or none reads it. */
export function isTrained({ faces }: StoredTensor): boolean {
  return faces.size === 0 || [...faces.values()].includes('weight');
}

function byCall(tensors: Iterable<Stored>): Map<number, ParamCount> {
  const counts = new Map<number, ParamCount>();
  for (const tensor of tensors) {
    if (tensor.firstCall !== null) counts.set(tensor.firstCall, withTensor(counts.get(tensor.firstCall) ?? NO_PARAMS, tensor));
  }
  return counts;
}

function withTensor(count: ParamCount, tensor: Stored): ParamCount {
  const buffer = isBuffer(tensor);
  return {
    stored: add(count.stored, tensor.elements),
    trainable: add(count.trainable, isTrained(tensor) ? tensor.elements : 0),
    buffers: add(count.buffers, buffer ? tensor.elements : 0),
  };
}

function total(tensors: Iterable<Stored>): Omit<Params['total'], 'scalars'> {
  let count = NO_PARAMS;
  let logical: Count = 0;
  let bytes: Count = 0;
  for (const tensor of tensors) {
    count = withTensor(count, tensor);
    const weights = tensor.faces.size === 0 ? 1 : [...tensor.faces.values()].filter((role) => role === 'weight').length;
    logical = add(logical, times(weights, tensor.elements));
    bytes = add(bytes, bytesOf(tensor.elements, tensor.dtype));
  }
  return { ...count, logical, bytes };
}

/** Bytes that tensor data takes, 4- and 2-bit types packed. */
export function bytesOf(elements: Count, dtype: DType): Count {
  const bits = times(elements, DTYPE_BITS[dtype]);
  return typeof bits === 'number' ? Math.ceil(bits / 8) : (bits + 7n) / 8n;
}
