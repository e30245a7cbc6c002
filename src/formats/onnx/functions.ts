import { Fault } from '../../core/fault.ts';
import { isStandard } from './opset.ts';
import { type AttributeRecord, type FunctionRecord, type GraphRecord, type NodeRecord, newNode } from './records.ts';

/** What a node that calls a function says of it. */
type Key = Pick<NodeRecord, 'domain' | 'overload'>;

function keyOf(key: Key, name: string): string {
  return JSON.stringify([isStandard(key) ? '' : key.domain, name, key.overload]);
}

/** The functions that a file defines. */
export class Functions {
  private readonly byKey = new Map<string, FunctionRecord>();

  constructor(functions: readonly FunctionRecord[]) {
    for (const record of functions) {
      const key = keyOf(record, record.name);
      if (this.byKey.has(key)) throw new Fault('malformed-file', `there are two functions '${record.name}' of domain '${record.domain}'`);
      this.byKey.set(key, record);
    }
  }

  /** The function that a node calls; undefined where its operator is none of the file's own. */
  of(node: NodeRecord): FunctionRecord | undefined {
    return this.byKey.size === 0 ? undefined : this.byKey.get(keyOf(node, node.op));
  }
}

/** What an inlined function needs of the file around it. */
export interface Site {
  /** A name for a value that no other one has: `wanted`, or like it. */
  name(wanted: string): string;
  keep(bytes: number): void;
}

/** What a copy of a node costs in memory beyond its names. */
const COPY_BYTES = 64;

/** The nodes of a function in place of a node `id` that calls it. They carry names of values and nodes that are free. */
export function inline(called: FunctionRecord, call: NodeRecord, id: string, site: Site): NodeRecord[] {
  checkArity(called, call, id);
  const names = new Map([['', '']]);
  called.inputs.forEach((formal, k) => {
    names.set(formal, call.inputs[k] ?? '');
  });
  const aliases: NodeRecord[] = [];
  call.outputs.forEach((actual, k) => {
    const formal = called.outputs[k] as string;
    const same = names.get(formal);
    if (same === undefined) names.set(formal, actual || site.name(`${id}/${formal}`));
    // What the function passes through, or gives out twice, has a name already.
    else if (actual !== '') aliases.push({ ...newNode(), name: `${id}/${formal}`, op: 'Identity', inputs: [same], outputs: [actual] });
  });
  const copier = new Copier(id, names, argumentsOf(called, call), site);
  return [...called.nodes.map((node, index) => copier.node(node, index)), ...aliases];
}

function checkArity(called: FunctionRecord, call: NodeRecord, node: string): void {
  for (const what of ['inputs', 'outputs'] as const) {
    const [has, given] = [called[what].length, call[what].length];
    if (given <= has) continue;
    throw new Fault('malformed-node', `node '${node}' has ${given} ${what}, but its function '${called.name}' only ${has}`, { node });
  }
}

function argumentsOf(called: FunctionRecord, call: NodeRecord): Map<string, AttributeRecord> {
  return new Map([...called.defaults, ...call.attributes].map((a) => [a.name, a]));
}

/** Copies what stands in a function, with the names and attributes of one call of it. */
class Copier {
  private readonly id: string;
  private readonly names: Map<string, string>;
  private readonly given: ReadonlyMap<string, AttributeRecord>;
  private readonly site: Site;

  constructor(id: string, names: Map<string, string>, given: ReadonlyMap<string, AttributeRecord>, site: Site) {
    this.id = id;
    this.names = names;
    this.given = given;
    this.site = site;
  }

  node(node: NodeRecord, index: number): NodeRecord {
    const name = `${this.id}/${node.name || node.outputs.find((output) => output !== '') || `${node.op}_${index}`}`;
    this.site.keep(COPY_BYTES + name.length);
    return { ...node, name, inputs: this.rename(node.inputs), outputs: this.rename(node.outputs), attributes: this.attributes(node) };
  }

  private rename(names: readonly string[]): string[] {
    return names.map((name) => this.value(name));
  }

  private value(name: string): string {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const fresh = this.site.name(`${this.id}/${name}`);
    this.site.keep(COPY_BYTES + fresh.length);
    this.names.set(name, fresh);
    return fresh;
  }

  /** An attribute that refers to one that the call does not give is left out. */
  private attributes(node: NodeRecord): AttributeRecord[] {
    return node.attributes.flatMap((a) => {
      this.site.keep(COPY_BYTES);
      if (a.ref === '') return [this.attribute(a)];
      const given = this.given.get(a.ref);
      return given ? [{ ...given, name: a.name }] : [];
    });
  }

  private attribute(a: AttributeRecord): AttributeRecord {
    if (!a.graph && !a.graphs) return a;
    return { ...a, graph: a.graph && this.graph(a.graph), graphs: a.graphs?.map((graph) => this.graph(graph)) };
  }

  private graph(graph: GraphRecord): GraphRecord {
    const named = <T extends { name: string }>(items: readonly T[]): T[] =>
      items.map((item) => {
        this.site.keep(COPY_BYTES);
        return { ...item, name: this.value(item.name) };
      });
    return {
      name: graph.name,
      nodes: graph.nodes.map((node, index) => this.node(node, index)),
      initializers: named(graph.initializers),
      sparse: graph.sparse.map(({ values, dims }) => ({ values: values && { ...values, name: this.value(values.name) }, dims })),
      inputs: named(graph.inputs),
      outputs: named(graph.outputs),
      values: named(graph.values),
    };
  }
}
