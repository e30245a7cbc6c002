import { type Count, times } from '../count.ts';
import { Fault } from '../fault.ts';
import type { Attribute, Constant, Diagnostic, Graph, Node } from '../graph.ts';
import type { Tensor } from '../operators/operator.ts';
import { constantTensor, type Inference, inferNode } from './infer.ts';
import { Scope } from './scope.ts';

/** Most nodes of subgraphs that are looked at, each as often as it is: loops in loops are looked at again and again. */
const MAX_INNER = 100_000;
/** Most subgraphs within subgraphs. */
const MAX_DEPTH = 32;

/** One of the two ways through an If whose condition is not known. */
export interface Way {
  readonly decision: string;
  readonly taken: 'then' | 'else';
}

/** A loop whose body stands in the flat graph once, for all iterations. */
export interface Repeated {
  /** Iterations; null where not known. */
  readonly trips: Count | null;
  /** The loop of this kind that it stands in itself. */
  readonly around: Repeated | null;
}

/** A call of the flat graph, with how often it runs and on which way through undecided Ifs. */
export interface Step extends Inference {
  /** Iterations of the loops around it; null where not known. */
  readonly repeats: Count | null;
  /** The innermost of these loops; null where there is none. */
  readonly loop: Repeated | null;
  readonly ways: readonly Way[];
  /** Numbers of the values that it reads and writes: entries of a run's `numbers`. */
  readonly reads: readonly number[];
  readonly writes: readonly number[];
}

/** A graph with its control flow laid flat: subgraphs' nodes and constants stand among the others. */
export interface Run {
  readonly steps: readonly Step[];
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** A number for every value that a step reads or writes, so that no pass over the steps looks names up; 0 for what is left out. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly constants: ReadonlyMap<string, Constant>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Lays a node of control flow flat; false leaves the node as it is, an operator that is not known. */
export type Control = (runner: Runner, node: Node, scope: Scope) => boolean;

/** What a handler of control flow works with. */
export class Runner implements Run {
  readonly steps: Step[] = [];
  readonly tensors = new Map<string, Tensor>();
  readonly numbers = new Map([['', 0]]);
  readonly constants = new Map<string, Constant>();
  readonly diagnostics: Diagnostic[] = [];
  readonly #controls: ReadonlyMap<string, Control>;
  readonly #shared = new Map<string, number>();
  #repeats: Count | null = 1;
  #loop: Repeated | null = null;
  #ways: readonly Way[] = [];
  #depth = 0;
  #inner = 0;

  constructor(controls: ReadonlyMap<string, Control>) {
    this.#controls = controls;
  }

  /** Adds constants of a graph; those of a loop's body are the same tensors in each iteration. */
  declare(graph: Graph, scope: Scope): void {
    for (const constant of graph.constants.values()) this.constant({ ...constant, name: scope.resolve(constant.name) });
  }

  constant(constant: Constant): string {
    this.constants.set(constant.name, constant);
    this.tensors.set(constant.name, constantTensor(constant));
    return constant.name;
  }

  /** Whether so many more nodes of subgraphs may be looked at. */
  fits(nodes: number): boolean {
    return this.#inner + nodes <= MAX_INNER;
  }

  /** Runs the nodes of a graph in a scope. */
  run(graph: Graph, scope: Scope): void {
    if (this.#depth > MAX_DEPTH) throw new Fault('limit-exceeded', `subgraphs nest deeper than ${MAX_DEPTH}`);
    this.#depth += 1;
    try {
      for (const node of graph.nodes) this.node(scope.flat(node), scope);
    } finally {
      this.#depth -= 1;
    }
  }

  /** Runs one node of the flat graph, whose subgraphs (if any) lie in `scope`. */
  node(node: Node, scope: Scope): void {
    const control = this.#controls.get(node.op);
    if (control?.(this, node, scope)) return;
    if (this.#depth > 1) this.#inner += 1;
    if (this.#inner > MAX_INNER) throw new Fault('limit-exceeded', `control flow makes more than ${MAX_INNER} nodes`, { node: node.id });
    const { inputs, outputs, operator } = inferNode(node, this.tensors);
    const reads = node.inputs.map(this.#number);
    const writes = node.outputs.map(this.#number);
    this.steps.push({ node, inputs, outputs, operator, repeats: this.#repeats, loop: this.#loop, ways: this.#ways, reads, writes });
  }

  /** Runs a node that is the same in all iterations of a body, unless it is among the steps. */
  once(node: Node, scope: Scope): void {
    const at = this.#shared.get(node.id);
    // Steps may have been undone since.
    if (at !== undefined && this.steps[at]?.node.id === node.id) return;
    this.#shared.set(node.id, this.steps.length);
    this.node(node, scope);
  }

  readonly #number = (name: string): number => {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.numbers.set(name, this.numbers.size);
    return this.numbers.size - 1;
  };

  /** Adds a node that stands for what control flow itself does. */
  add(id: string, op: string, inputs: readonly string[], output: string, attributes: Record<string, Attribute> = {}): void {
    const node: Node = { id, name: '', scope: '', op, attributes: new Map(Object.entries(attributes)), inputs, outputs: [output] };
    this.node(node, Scope.ROOT);
  }

  /** Does something that happens `trips` times as often as what is around it. */
  repeated(trips: Count | null, run: () => void): void {
    const [before, around] = [this.#repeats, this.#loop];
    this.#repeats = before === null || trips === null ? null : times(before, trips);
    this.#loop = { trips, around };
    try {
      run();
    } finally {
      this.#repeats = before;
      this.#loop = around;
    }
  }

  /** Does something that happens on one way through an undecided If only. */
  way(way: Way, run: () => void): void {
    const before = this.#ways;
    this.#ways = [...before, way];
    try {
      run();
    } finally {
      this.#ways = before;
    }
  }

  /** Does something; where a node in it contradicts its operator, undoes it and gives that fault. */
  attempt(run: () => void): Fault | null {
    const steps = this.steps.length;
    try {
      run();
      return null;
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'malformed-node') throw error;
      this.steps.length = steps;
      return error;
    }
  }

  /** Does something and forgets that it did: for types that have to be found before the real run. */
  rehearse(run: () => void): void {
    const [steps, diagnostics] = [this.steps.length, this.diagnostics.length];
    run();
    this.steps.length = steps;
    this.diagnostics.length = diagnostics;
  }
}
