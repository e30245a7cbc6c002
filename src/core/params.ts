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
  /** Names under which layers read it: itself and its Identity aliases, each with whether only statistics slots do. */
  readonly faces: ReadonlyMap<string, boolean>;
}

interface Stored extends StoredTensor {
  readonly faces: Map<string, boolean>;
  firstCall: number | null;
}

export const NO_PARAMS: ParamCount = { stored: 0, trainable: 0, buffers: 0 };

const QUANTISED = new Set<DType>(['int8', 'uint8', 'int4', 'uint4', 'int2', 'uint2']);

/**
 * Counts parameters by following every constant that a layer reads back to the tensors in the file that it is made of.
 *
 * Stored are the float and quantised initializers, and tensors of more than one element that Constant or ConstantOfShape
 * nodes make and that reach a layer unchanged (moved, not computed with). Each step back is taken once per way of reading
 * it, so that the walk is linear in the graph.
 */
export function countParams(constants: ReadonlyMap<string, Constant>, calls: readonly Inference[]): Params {
  const stored = new Map<string, Stored>();
  for (const constant of constants.values()) {
    if (isFloat(constant.dtype) && !constant.synthetic) stored.set(constant.name, newStored(constant));
  }
  let scalars: Count = 0;
  const producers = new Map<string, Inference>();
  const seen = {
    weights: { moved: new Set<string>(), computed: new Set<string>() },
    buffers: { moved: new Set<string>(), computed: new Set<string>() },
  };

  const reach = (start: string, index: number, buffer: boolean) => {
    const pending = [{ value: start, moved: true, face: start }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { value, moved, face } = next;
      const before = seen[buffer ? 'buffers' : 'weights'][moved ? 'moved' : 'computed'];
      const again = before.has(value);
      before.add(value);
      const constant = constants.get(value);
      if (constant && QUANTISED.has(constant.dtype) && !stored.has(value)) stored.set(value, newStored(constant));
      const producer = producers.get(value);
      if (producer?.operator?.generates && moved && !again) scalars = add(scalars, generate(value, producer, stored));
      const tensor = stored.get(value);
      if (tensor) touch(tensor, face, index, buffer);
      if (!producer || again) continue;
      const alias = producer.node.op === 'Identity';
      const stays = moved && (producer.operator?.moves === true || producer.operator?.generates === true);
      for (const input of producer.node.inputs) pending.push({ value: input, moved: stays, face: alias ? face : input });
    }
  };
  for (let index = 0; index < calls.length; index++) {
    const call = calls[index] as Inference;
    const { inputs, outputs } = call.node;
    if (isConstant(call)) for (const name of outputs) producers.set(name, call);
    else {
      for (let slot = 0; slot < inputs.length; slot++) {
        if (call.inputs[slot]?.constant) reach(inputs[slot] as string, index, call.operator?.buffers?.includes(slot) ?? false);
      }
    }
  }
  return { tensors: stored, byCall: byCall(stored.values()), total: { ...total(stored.values()), scalars } };
}

/** Whether a node computes the same for every input, and so is no layer. */
export function isConstant(call: Inference): boolean {
  return call.outputs.every((output) => output.constant);
}

function newStored({ dtype, shape }: Pick<Constant, 'dtype' | 'shape'>): Stored {
  return { elements: times(...shape), dtype, faces: new Map(), firstCall: null };
}

/** Adds the tensor that a Constant or ConstantOfShape makes, or counts it as a scalar; integers are shape arithmetic. */
function generate(value: string, producer: Inference, stored: Map<string, Stored>): number {
  const output = producer.outputs[producer.node.outputs.indexOf(value)];
  const shape = output && known(output.shape);
  if (!shape || !output.dtype || !isFloat(output.dtype)) return 0;
  if (times(...shape) === 1) return 1;
  if (!stored.has(value)) stored.set(value, newStored({ dtype: output.dtype, shape }));
  return 0;
}

function touch(tensor: Stored, face: string, index: number, buffer: boolean): void {
  tensor.firstCall = tensor.firstCall === null ? index : Math.min(tensor.firstCall, index);
  tensor.faces.set(face, buffer && (tensor.faces.get(face) ?? true));
}

/** Whether a tensor holds running statistics only, and so is not trained. */
export function isBuffer({ faces }: StoredTensor): boolean {
  return faces.size > 0 && [...faces.values()].every(Boolean);
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
    trainable: add(count.trainable, buffer ? 0 : tensor.elements),
    buffers: add(count.buffers, buffer ? tensor.elements : 0),
  };
}

function total(tensors: Iterable<Stored>): Omit<Params['total'], 'scalars'> {
  let count = NO_PARAMS;
  let logical: Count = 0;
  let bytes: Count = 0;
  for (const tensor of tensors) {
    count = withTensor(count, tensor);
    const weights = tensor.faces.size === 0 ? 1 : [...tensor.faces.values()].filter((buffer) => !buffer).length;
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
