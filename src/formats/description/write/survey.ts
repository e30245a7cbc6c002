import type { Constant, Graph, Node } from '../../../core/graph.ts';
import { constantTensor, type Inference, inferNode } from '../../../core/inference/infer.ts';
import type { Tensor } from '../../../core/operators/operator.ts';
import { numberJson } from './literals.ts';

const UNKNOWN: Tensor = { dtype: null, shape: null, value: null, constant: false };

/** What has to be known of a graph to write it down. */
export class Survey {
  readonly graph: Graph;
  /** Every node with the types of its tensors, as a reader of the description will find them. */
  readonly calls: readonly Inference[];
  /** The tensors of Constant nodes that can stand where they are read. */
  readonly made: ReadonlyMap<string, Constant>;
  /** Those of the other Constant nodes that count as parameters where they are read. */
  readonly #weights: ReadonlyMap<string, Constant>;
  readonly #tensors = new Map<string, Tensor>();
  readonly #readers = new Map<string, number[]>();
  readonly #outputs: ReadonlySet<string>;

  constructor(graph: Graph) {
    this.graph = graph;
    this.#outputs = new Set(graph.outputs.map(({ name }) => name));
    for (const { name, dtype, shape } of graph.inputs) this.#tensors.set(name, { ...UNKNOWN, dtype, shape });
    for (const constant of graph.constants.values()) this.#tensors.set(constant.name, constantTensor(constant));
    this.calls = graph.nodes.map((node) => inferNode(node, this.#tensors));
    for (const [index, { inputs }] of graph.nodes.entries()) for (const name of inputs) this.#read(name, index);
    const constants = graph.nodes.flatMap(madeBy);
    this.made = new Map(constants.filter(([, constant]) => numberJson(constant) !== undefined));
    this.#weights = new Map(constants.filter(([, { shape }]) => shape.some((size) => size !== 1)));
  }

  tensor(value: string): Tensor {
    return this.#tensors.get(value) ?? UNKNOWN;
  }

  /** A tensor that can be a layer's own: of the file, or of a Constant node, where it counts as a parameter just the same. */
  weight(value: string): Constant | undefined {
    const constant = this.graph.constants.get(value) ?? this.#weights.get(value);
    return constant?.synthetic ? undefined : constant;
  }

  /** Indices of the nodes that read a value, one for every time that they do. */
  readers(value: string): readonly number[] {
    return this.#readers.get(value) ?? [];
  }

  isOutput(value: string): boolean {
    return this.#outputs.has(value);
  }

  #read(value: string, node: number): void {
    if (value === '') return;
    const readers = this.#readers.get(value);
    if (readers) readers.push(node);
    else this.#readers.set(value, [node]);
  }
}

/** The tensor that a Constant node makes. */
function madeBy({ op, attributes, outputs: [output = ''] }: Node): [string, Constant][] {
  const value = op === 'Constant' && attributes.size === 1 ? attributes.get('value') : undefined;
  if (typeof value !== 'object' || !('dtype' in value) || output === '') return [];
  return [[output, value]];
}
