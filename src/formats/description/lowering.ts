import { Fault } from '../../core/fault.ts';
import type { Attribute, Constant, Diagnostic, Graph, GraphInput, Node } from '../../core/graph.ts';
import { constantTensor, inferNode } from '../../core/inference/infer.ts';
import type { Tensor } from '../../core/operators/operator.ts';
import type { Limits } from '../format.ts';
import { scopeOf } from '../scope.ts';
import { exceeded } from './bounds.ts';
import { invalid } from './check.ts';
import { isNumber, type TensorLiteral, toConstant } from './tensor.ts';

const UNKNOWN: Tensor = { dtype: null, shape: null, value: null, constant: false };

/** The graph as it grows, node by node, with what is known of its values so far. */
export class Lowering {
  readonly #limits: Limits;
  readonly #start = performance.now();
  readonly #nodes: Node[] = [];
  readonly #ids = new Set<string>();
  readonly #inputs: GraphInput[] = [];
  readonly #constants = new Map<string, Constant>();
  readonly #tensors = new Map<string, Tensor>();
  #kept = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** What is known of a value that exists. */
  tensor(name: string): Tensor {
    return this.#tensors.get(name) as Tensor;
  }

  input(input: GraphInput): void {
    this.#inputs.push(input);
    this.#tensors.set(input.name, { ...UNKNOWN, dtype: input.dtype, shape: input.shape });
  }

  constant(constant: Constant, pointer: string): void {
    this.#claim(constant.name, pointer);
    if (constant.shape.length > this.#limits.dims) exceeded(`a tensor of more than ${this.#limits.dims} axes`, pointer);
    this.#keep(8 * ((constant.data?.length ?? 0) + constant.shape.length), pointer);
    this.#constants.set(constant.name, constant);
    this.#tensors.set(constant.name, constantTensor(constant));
  }

  /** Adds a tensor that the document writes out. A number becomes a Constant node, as in ONNX, so that it counts as a scalar. */
  literal(name: string, literal: TensorLiteral, pointer: string): void {
    const constant = toConstant(name, literal, pointer);
    if (isNumber(literal)) {
      const attributes = new Map([['value', { ...constant, name: '' }]]);
      this.node({ id: name, name, scope: scopeOf(name), op: 'Constant', attributes, inputs: [], outputs: [name] }, pointer);
    } else this.constant(constant, pointer);
  }

  /** Adds a node and infers its outputs; what contradicts its operator is a fault at `pointer`. */
  node(node: Node, pointer: string): void {
    if (this.#ids.has(node.id)) invalid(pointer, `the name ${JSON.stringify(node.id)} is taken`);
    this.#ids.add(node.id);
    for (const output of node.outputs) if (output !== '') this.#claim(output, pointer);
    this.step(pointer);
    if (this.#nodes.length >= this.#limits.nodes) exceeded(`more than ${this.#limits.nodes} nodes`, pointer);
    this.#keep(weight(node), pointer);
    this.#nodes.push(node);
    try {
      inferNode(node, this.#tensors);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      throw new Fault('invalid-description', error.message, { pointer, node: node.id });
    }
  }

  /** To be called for every step of work, so that the whole takes a bounded time. */
  step(pointer: string): void {
    if (performance.now() - this.#start > this.#limits.deadlineMs)
      exceeded(`it takes more than ${this.#limits.deadlineMs} ms to read`, pointer);
  }

  graph(name: string, outputs: readonly string[]): Graph {
    const diagnostics: Diagnostic[] = [];
    return {
      name,
      nodes: this.#nodes,
      inputs: this.#inputs,
      outputs: outputs.map((output) => {
        const { dtype, shape } = this.tensor(output);
        return { name: output, dtype, shape };
      }),
      constants: this.#constants,
      diagnostics,
    };
  }

  #claim(name: string, pointer: string): void {
    if (this.#tensors.has(name)) invalid(pointer, `the name ${JSON.stringify(name)} is taken`);
    this.#keep(2 * name.length, pointer);
  }

  #keep(bytes: number, pointer: string): void {
    this.#kept += bytes;
    if (this.#kept > this.#limits.keptBytes)
      exceeded(`its names, attributes and small tensors take more than ${this.#limits.keptBytes} bytes`, pointer);
  }
}

function weight(node: Node): number {
  let bytes = 2 * (node.id.length + node.scope.length);
  for (const name of node.inputs) bytes += 2 * name.length;
  for (const [name, attribute] of node.attributes) bytes += 2 * name.length + attributeWeight(attribute);
  return bytes;
}

/** Of the attributes that a description can have: numbers, strings, lists of them and tensors. */
function attributeWeight(attribute: Attribute): number {
  if (typeof attribute === 'string') return 2 * attribute.length;
  if (typeof attribute !== 'object') return 8;
  if (Array.isArray(attribute)) return attribute.reduce((bytes, item) => bytes + (typeof item === 'string' ? 2 * item.length : 8), 0);
  const { shape, data } = attribute as Constant;
  return 8 * (shape.length + (data?.length ?? 0));
}
