import type { DType } from '../../core/graph.ts';
import type { Tensor } from '../../core/operators/operator.ts';
import { scopeOf } from '../scope.ts';
import { invalid } from './check.ts';
import type { Attributes, Layer } from './layer.ts';
import type { Lowering } from './lowering.ts';
import { suggestion } from './nearest.ts';
import { at } from './pointer.ts';
import { weightType } from './tensor.ts';

/** Names of constants by layer and parameter. */
export type Parameters = Map<string, Map<string, string>>;

/** Which layer it is: where it stands in the document, and in the graph. */
export interface Place {
  readonly pointer: string;
  readonly type: string;
  /** Stands before the names of its sequence. */
  readonly path: string;
  readonly name: string;
  readonly inputs: readonly string[];
  /** Names of its sequence for what it gives; '' for what is left out. */
  readonly outputs: readonly string[] | undefined;
  /** The layer whose parameters it shares. */
  readonly lender: string | undefined;
}

/** The hands of a layer type: adds the nodes and constants of one layer to the graph, under the layer's name. */
export class LayerLowering implements Layer {
  readonly name: string;
  readonly type: string;
  readonly pointer: string;
  readonly inputs: readonly string[];
  readonly #path: string;
  readonly #outputs: readonly string[] | undefined;
  readonly #lender: string | undefined;
  readonly #lowering: Lowering;
  readonly #parameters: Parameters;

  constructor(lowering: Lowering, parameters: Parameters, place: Place) {
    this.name = place.path + place.name;
    this.type = place.type;
    this.pointer = place.pointer;
    this.inputs = place.inputs;
    this.#path = place.path;
    this.#outputs = place.outputs;
    this.#lender = place.lender;
    this.#lowering = lowering;
    this.#parameters = parameters;
  }

  tensor(value: string): Tensor {
    return this.#lowering.tensor(value);
  }

  emit(op: string, inputs: readonly string[], attributes: Attributes = {}, suffix = ''): string {
    const id = this.#suffixed(suffix);
    const outputs = this.#named(suffix, [id]);
    this.#node(id, op, inputs, attributes, outputs);
    return outputs[0] as string;
  }

  emitMany(op: string, inputs: readonly string[], attributes: Attributes, count: number, suffix = ''): string[] {
    const id = this.#suffixed(suffix);
    const numbered = Array.from({ length: count }, (_, index) => `${id}.${index}`);
    const outputs = this.#named(suffix, numbered);
    this.#node(id, op, inputs, attributes, outputs);
    return outputs.filter((output) => output !== '');
  }

  /** What the node that gives the layer's result gives, under the names that the layer has for it. */
  #named(suffix: string, outputs: readonly string[]): readonly string[] {
    const names = this.#outputs;
    if (suffix !== '' || names === undefined) return outputs;
    const given = names.filter((name) => name !== '');
    if (given.length === 0 || new Set(given).size < given.length) this.refuse('"outputs" must be different names', 'outputs');
    if (names.length !== outputs.length)
      this.refuse(`"outputs" has ${names.length} names, but the layer gives ${outputs.length}`, 'outputs');
    return names.map((name) => (name === '' ? '' : this.#path + name));
  }

  #node(id: string, op: string, inputs: readonly string[], attributes: Attributes, outputs: readonly string[]): void {
    const node = { id, name: id, scope: scopeOf(this.name), op, attributes: new Map(Object.entries(attributes)), inputs, outputs };
    this.#lowering.node(node, this.pointer);
  }

  parameter(name: string, shape: readonly number[]): string {
    const shared = this.#shared(name);
    const constant = shared ?? this.#suffixed(name);
    const dtype = weightType(this.tensor(this.inputs[0] as string)?.dtype);
    if (shared === undefined) this.#lowering.constant({ name: constant, dtype, shape, data: null }, this.pointer);
    const lent = this.#lowering.tensor(constant).shape as readonly number[];
    if (lent.join() !== shape.join()) {
      this.refuse(
        `the shared ${name} ${JSON.stringify(constant)} has the shape ${JSON.stringify(lent)}; this layer needs ${JSON.stringify(shape)}`,
        'weights',
      );
    }
    const own = this.#parameters.get(this.name);
    if (own) own.set(name, constant);
    else this.#parameters.set(this.name, new Map([[name, constant]]));
    return constant;
  }

  sharedShape(name: string): readonly number[] | undefined {
    const shared = this.#shared(name);
    return shared === undefined ? undefined : (this.#lowering.tensor(shared).shape as readonly number[]);
  }

  #shared(name: string): string | undefined {
    if (this.#lender === undefined) return undefined;
    const lent = this.#parameters.get(this.#lender);
    const lender = JSON.stringify(this.#lender);
    if (!lent)
      this.refuse(`there is no earlier layer ${lender} with parameters${suggestion(this.#lender, this.#parameters.keys())}`, 'weights');
    return lent.get(name) ?? this.refuse(`${lender} has no ${name} to share`, 'weights');
  }

  constant(suffix: string, data: readonly number[], dtype: DType = 'int64', shape: readonly number[] = [data.length]): string {
    const name = this.#suffixed(suffix);
    this.#lowering.constant({ name, dtype, shape, data, synthetic: true }, this.pointer);
    return name;
  }

  refuse(message: string, key?: string): never {
    return invalid(key === undefined ? this.pointer : at(this.pointer, key), message);
  }

  #suffixed(suffix: string): string {
    return suffix === '' ? this.name : `${this.name}.${suffix}`;
  }
}
