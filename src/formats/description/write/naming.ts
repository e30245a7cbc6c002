import type { Graph, Node } from '../../../core/graph.ts';
import type { Fit } from './fit.ts';
import { Labels } from './labels.ts';
import type { Survey } from './survey.ts';

/** The names that the layers and values of a graph get in the document: their own wherever they can be used. */
export class Naming {
  readonly #labels = new Labels();
  readonly #values = new Map<string, string>();
  readonly #layers = new Map<string, string>();
  readonly #sizes = new Map<string, string>();
  readonly #sizeLabels = new Labels();

  constructor(survey: Survey) {
    const { inputs, outputs, nodes } = survey.graph;
    for (const [name, wanted] of inputNames(inputs)) this.#values.set(name, this.#labels.take(wanted, 'input'));
    for (const { name } of outputs) if (!this.#values.has(name)) this.#values.set(name, this.#labels.take(name, 'output'));
    // Numbers stand where they are read, and are named like other constants.
    const written = nodes.filter(({ outputs: [value = ''] }) => !survey.made.has(value));
    for (const node of written) this.#nameLayer(node);
    for (const node of written) this.#nameOutputs(node);
  }

  layer(node: Node): string {
    return this.#layers.get(node.id) as string;
  }

  value(name: string): string {
    return this.#values.get(name) as string;
  }

  /** A size that has a name. */
  size(name: string): string {
    const label = this.#sizes.get(name) ?? this.#sizeLabels.take(name, 'size');
    this.#sizes.set(name, label);
    return label;
  }

  /** Names a constant that several layers read. */
  constant(name: string): string {
    const label = this.#values.get(name) ?? this.#labels.take(name, 'constant');
    this.#values.set(name, label);
    return label;
  }

  /** Takes a name that the reader will make up; false where it stands for something else. */
  claim(label: string): boolean {
    if (this.#labels.has(label)) return false;
    this.#labels.claim(label);
    return true;
  }

  /** Takes the names of a layer's parts, which are called by it; false where one of them is taken. */
  claimParts(fit: Fit, nodes: readonly Node[]): boolean {
    const last = nodes.at(-1) as Node;
    const name = this.layer(last);
    if (nodes.length > 1 && name !== last.id) return false;
    const own = new Set(nodes.slice(0, -1).flatMap((node) => [this.layer(node), ...node.outputs.map((value) => this.value(value))]));
    const parts = [...fit.suffixes, ...fit.parameters.keys()].map((suffix) => `${name}.${suffix}`).filter((label) => !own.has(label));
    if (parts.some((label) => this.#labels.has(label))) return false;
    for (const label of parts) this.#labels.claim(label);
    return true;
  }

  #nameLayer({ id, op, outputs }: Node): void {
    // A layer whose outputs have names of their own may be called by one of them.
    const label = outputs.some((value) => value !== '' && this.#values.get(value) === id) ? id : this.#labels.take(id, op);
    this.#layers.set(id, label);
    const [value = ''] = outputs;
    if (outputs.length === 1 && !this.#values.has(value)) this.#values.set(value, label);
  }

  /** One output is called by its layer; several keep names of their own, of which one may be that of the layer. */
  #nameOutputs({ id, outputs }: Node): void {
    if (outputs.length === 1) return;
    const layer = this.#layers.get(id) as string;
    for (const [k, value] of outputs.entries()) {
      if (value === '' || this.#values.has(value)) continue;
      const wanted = value === `${id}.${k}` ? `${layer}.${k}` : value;
      this.#values.set(value, value === id ? layer : this.#labels.take(wanted, ''));
    }
  }
}

/** JavaScript puts keys that are integers before all others; the order of inputs means something. */
function inputNames(inputs: Graph['inputs']): [name: string, wanted: string][] {
  const names = inputs.map(({ name }) => name);
  const kept = Object.keys(Object.fromEntries(names.map((name) => [name, null])));
  const ordered = names.every((name, k) => name === kept[k]);
  return names.map((name) => [name, ordered || !/^\d+$/.test(name) ? name : `input_${name}`]);
}
