import { Fault } from '../../../core/fault.ts';
import type { Attribute, Constant, DType, Node } from '../../../core/graph.ts';
import { constantTensor, inferNode } from '../../../core/inference/infer.ts';
import type { Tensor } from '../../../core/operators/operator.ts';
import type { Attributes, Layer } from '../layer.ts';
import { weightType } from '../tensor.ts';

/** What a value of a trial stands for in the layer. */
export type Part =
  | { readonly kind: 'source'; readonly index: number }
  | { readonly kind: 'parameter'; readonly name: string; readonly constant: Constant }
  | { readonly kind: 'argument'; readonly name: string; readonly constant: Constant }
  | { readonly kind: 'result'; readonly suffix: string; readonly output: number };

/** Lowers a layer without a graph around it, to see which nodes it makes. Its values have names of their own; `parts` tells what they are. */
export class Trial implements Layer {
  readonly name = '';
  readonly pointer = '';
  readonly type: string;
  readonly inputs: readonly string[];
  /** The nodes in order; an id is what the layer's name is followed by. */
  readonly nodes: Node[] = [];
  readonly parts = new Map<string, Part>();
  readonly #tensors = new Map<string, Tensor>();

  constructor(type: string, sources: readonly Tensor[]) {
    this.type = type;
    this.inputs = sources.map((tensor, index) => this.#value({ kind: 'source', index }, tensor));
  }

  tensor(value: string): Tensor {
    return this.#tensors.get(value) as Tensor;
  }

  emit(op: string, inputs: readonly string[], attributes: Attributes = {}, suffix = ''): string {
    return this.#emit(op, inputs, attributes, 1, suffix)[0] as string;
  }

  emitMany(op: string, inputs: readonly string[], attributes: Attributes, count: number, suffix = ''): string[] {
    if (suffix === '' && count === 1) this.refuse('a single part would be called by a number');
    return this.#emit(op, inputs, attributes, count, suffix);
  }

  parameter(name: string, shape: readonly number[]): string {
    return this.#constant('parameter', name, weightType(this.tensor(this.inputs[0] as string)?.dtype), shape, null);
  }

  sharedShape(): undefined {
    return undefined;
  }

  constant(suffix: string, data: readonly number[], dtype: DType = 'int64', shape: readonly number[] = [data.length]): string {
    return this.#constant('argument', suffix, dtype, shape, data);
  }

  refuse(message: string): never {
    throw new Fault('invalid-description', message);
  }

  #emit(op: string, inputs: readonly string[], attributes: Attributes, count: number, suffix: string): string[] {
    const outputs = Array.from({ length: count }, (_, output) => this.#name({ kind: 'result', suffix, output }));
    const node = {
      id: suffix,
      name: '',
      scope: '',
      op,
      attributes: new Map<string, Attribute>(Object.entries(attributes)),
      inputs,
      outputs,
    };
    this.nodes.push(node);
    inferNode(node, this.#tensors);
    return outputs;
  }

  #constant(kind: 'parameter' | 'argument', name: string, dtype: DType, shape: readonly number[], data: readonly number[] | null): string {
    const constant = { name, dtype, shape, data };
    return this.#value({ kind, name, constant }, constantTensor(constant));
  }

  #value(part: Part, tensor: Tensor): string {
    const name = this.#name(part);
    this.#tensors.set(name, tensor);
    return name;
  }

  #name(part: Part): string {
    const name = String(this.parts.size);
    this.parts.set(name, part);
    return name;
  }
}
