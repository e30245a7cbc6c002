import type { Graph, Node } from '../graph.ts';

/**
 * Names of a subgraph's own values in the flat graph that an analysis works on. What a subgraph does not define it takes
 * from the graph around it, under the name that it has there (ONNX: outer scope capture).
 */
export class Scope {
  readonly #own: Map<string, string>;
  readonly #outer: Scope | null;
  readonly path: string;
  /** The same path for all iterations of the loops around: what is one tensor in all of them is called by it. */
  readonly #shared: string;

  private constructor(path: string, shared: string, own: Map<string, string>, outer: Scope | null) {
    this.path = path;
    this.#shared = shared;
    this.#own = own;
    this.#outer = outer;
  }

  static readonly ROOT = new Scope('', '', new Map(), null);

  /**
   * The scope of a subgraph of a node. What it defines is called `<path>/<name>`; `given` names what it is handed (its
   * inputs) or what is to be called otherwise; `shared` is the path in all iterations.
   */
  inner(path: string, shared: string, body: Graph, given: ReadonlyMap<string, string>): Scope {
    const own = new Map<string, string>();
    const define = (name: string) => {
      if (name !== '') own.set(name, given.get(name) ?? `${path}/${name}`);
    };
    for (const { name } of body.inputs) define(name);
    for (const name of body.constants.keys()) define(name);
    for (const { outputs } of body.nodes) for (const name of outputs) define(name);
    return new Scope(path, shared, own, this);
  }

  /** A path in this scope as it is in all iterations of the loops around. */
  sharedPath(path: string): string {
    return this.#shared + path.slice(this.path.length);
  }

  /** The flat name of a value that is called `name` here. */
  resolve(name: string): string {
    return this.#own.get(name) ?? this.#outer?.resolve(name) ?? name;
  }

  /** A node of this scope's graph as one of the flat graph. */
  flat(node: Node): Node {
    if (this.#outer === null) return node;
    const rename = (name: string) => (name === '' ? '' : this.resolve(name));
    return {
      ...node,
      id: `${this.path}/${node.id}`,
      scope: node.scope === '' ? this.path : `${this.path}/${node.scope}`,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    };
  }
}
