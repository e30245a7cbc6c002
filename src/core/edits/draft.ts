import { Fault } from '../fault.ts';
import type { Constant, DType, Graph, GraphInput, Node, Shape } from '../graph.ts';
import { constantTensor } from '../inference/infer.ts';
import type { Call, Tensor } from '../operators/operator.ts';
import type { Trace } from '../trace.ts';
import { captured } from './captured.ts';
import { refuse } from './refusal.ts';

const UNKNOWN: Tensor = Object.freeze({ dtype: null, shape: null, value: null, constant: false });

/** A working copy of a graph while one edit changes it. The graph that it was made of stays as it is. */
export class Draft {
  /** The graph before the edit, with the types of its tensors. */
  readonly trace: Trace;
  readonly constants: Map<string, Constant>;
  /** Ids of the layers that were changed. */
  readonly touched = new Set<string>();
  readonly #graph: Graph;
  readonly #inputs: GraphInput[];
  /** The nodes, in order: those that stand in place of each node of the graph. */
  readonly #slots: (readonly Node[])[];
  readonly #slotOf = new Map<string, number>();
  readonly #makers = new Map<string, Node>();
  readonly #readers = new Map<string, Set<Node>>();
  /** Tensors that subgraphs or the world outside read by their names. */
  readonly #fixed: ReadonlySet<string>;
  readonly #names: Set<string>;
  readonly #resized = new Map<string, string>();
  #room: number;

  /** `room` is how many nodes may be added. */
  constructor(trace: Trace, room: number) {
    const { graph } = trace;
    this.#room = room;
    this.trace = trace;
    this.#graph = graph;
    this.#inputs = [...graph.inputs];
    this.constants = new Map(graph.constants);
    this.#slots = graph.nodes.map((node) => [node]);
    graph.nodes.forEach((node, slot) => {
      this.#slotOf.set(node.id, slot);
      this.#link(node);
    });
    this.#fixed = new Set([...graph.outputs.map(({ name }) => name), ...captured(graph.nodes)]);
    this.#names = new Set([...trace.tensors.keys(), ...graph.constants.keys(), ...graph.nodes.map(({ id }) => id)]);
  }

  get nodes(): readonly Node[] {
    return this.#slots.flat();
  }

  get inputs(): readonly GraphInput[] {
    return this.#inputs;
  }

  /** The node that has this id now. */
  node(id: string): Node | undefined {
    return this.#slots[this.#slotOf.get(id) ?? -1]?.find((node) => node.id === id);
  }

  maker(tensor: string): Node | undefined {
    return this.#makers.get(tensor);
  }

  readers(tensor: string): readonly Node[] {
    return [...(this.#readers.get(tensor) ?? [])];
  }

  /** Whether a tensor is needed under its name by more than the nodes that read it. */
  isFixed(tensor: string): boolean {
    return this.#fixed.has(tensor);
  }

  /** What is known of a tensor: constants as they are now, data as it was before the edit. */
  tensor(name: string): Tensor {
    const constant = this.constants.get(name);
    return constant ? constantTensor(constant) : (this.trace.tensors.get(name) ?? UNKNOWN);
  }

  /** A node with its tensors, as operators look at it. */
  call(node: Node): Call {
    return {
      node,
      inputs: node.inputs.map((name) => (name === '' ? undefined : this.tensor(name))),
      outputs: node.outputs.map((name) => this.tensor(name)),
    };
  }

  /** Puts nodes in the place of one. */
  replace(node: Node, by: readonly Node[]): void {
    const slot = this.#slotOf.get(node.id) ?? -1;
    if (!this.#slots[slot]?.includes(node)) throw new Error(`'${node.id}' was replaced before`);
    this.#room -= by.length - 1;
    if (this.#room < 0) throw new Fault('limit-exceeded', 'the edits add more layers than edits may');
    this.#slots[slot] = (this.#slots[slot] as readonly Node[]).flatMap((one) => (one === node ? by : [one]));
    this.#unlink(node);
    for (const one of by) {
      this.#slotOf.set(one.id, slot);
      this.#names.add(one.id);
      for (const output of one.outputs) this.#names.add(output);
      this.#link(one);
    }
  }

  /** Lets everything that reads one tensor read another. */
  rewire(from: string, to: string): void {
    if (this.#fixed.has(from)) refuse(`the tensor '${from}' is an output, or a subgraph reads it`);
    for (const reader of this.readers(from)) {
      this.replace(reader, [{ ...reader, inputs: reader.inputs.map((name) => (name === from ? to : name)) }]);
    }
  }

  /** Adds a weight: a tensor of which only the shape is known. */
  weight(name: string, shape: readonly number[], dtype: DType): string {
    const free = this.fresh(name);
    this.constants.set(free, { name: free, dtype, shape, data: null });
    return free;
  }

  /**
   * A weight in another shape: the same tensor where only one node reads it, else a new one, which is the same for all nodes
   * that want the old one in this shape.
   */
  resized(weight: Constant, shape: readonly number[], name: string): string {
    if (weight.shape.join() === shape.join()) return weight.name;
    const key = `${shape.join()} ${weight.name}`;
    const made = this.#resized.get(key);
    if (made !== undefined) return made;
    if (this.readers(weight.name).length <= 1 && !this.#fixed.has(weight.name)) {
      this.constants.set(weight.name, { name: weight.name, dtype: weight.dtype, shape, data: null });
      return weight.name;
    }
    const other = this.weight(name, shape, weight.dtype);
    this.#resized.set(key, other);
    return other;
  }

  /** A name that nothing has, this one if it is free. */
  fresh(name: string): string {
    let free = name;
    for (let n = 2; this.#names.has(free) || this.constants.has(free); n++) free = `${name}.${n}`;
    this.#names.add(free);
    return free;
  }

  resizeInput(name: string, shape: Shape): void {
    const at = this.#inputs.findIndex((input) => input.name === name);
    this.#inputs[at] = { ...(this.#inputs[at] as GraphInput), shape };
  }

  /** The edited graph. Weights that nothing reads any more are gone; sizes that the file stated of its tensors hold no longer. */
  graph(): Graph {
    const { name, nodes, outputs, constants, diagnostics } = this.#graph;
    const readBefore = new Set(nodes.flatMap(({ inputs }) => inputs));
    const dropped = (constant: string) =>
      !this.#readers.get(constant)?.size && !this.#fixed.has(constant) && (readBefore.has(constant) || !constants.has(constant));
    return {
      name,
      nodes: this.nodes,
      inputs: this.#inputs,
      outputs: outputs.map(({ name, dtype }) => ({ name, dtype, shape: null })),
      constants: new Map([...this.constants].filter(([constant]) => !dropped(constant))),
      diagnostics,
    };
  }

  #link(node: Node): void {
    for (const output of node.outputs) if (output !== '') this.#makers.set(output, node);
    for (const input of node.inputs) {
      const readers = this.#readers.get(input);
      if (readers) readers.add(node);
      else this.#readers.set(input, new Set([node]));
    }
  }

  #unlink(node: Node): void {
    for (const output of node.outputs) if (this.#makers.get(output) === node) this.#makers.delete(output);
    for (const input of node.inputs) this.#readers.get(input)?.delete(node);
  }
}
