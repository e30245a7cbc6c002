import type { GraphInput, Node } from '../../../core/graph.ts';
import { MANY, OPERATOR } from '../layers/onnx.ts';
import { type Form, formsOf } from './forms.ts';
import type { Json, JsonObject } from './json.ts';
import { cut } from './labels.ts';
import { attributesJson, inputJson } from './literals.ts';
import { Naming } from './naming.ts';
import { refuse } from './refuse.ts';
import { Sources } from './sources.ts';
import type { Survey } from './survey.ts';

/** A layer to be written: of PyTorch's, or a node as ONNX has it. */
interface Item {
  readonly form: Form | undefined;
  /** The node, or the last of several, which gives the layer's result. */
  readonly node: Node;
  /** Names of the values that it says it reads; '' for one that is left out. */
  readonly reads: readonly string[];
}

/** Writes the layers of a graph one after the other. */
export class Writer {
  readonly #survey: Survey;
  readonly #naming: Naming;
  readonly #items: readonly Item[];
  readonly #sources: Sources;
  /** What a layer reads that does not say what. */
  #before: readonly string[];

  constructor(survey: Survey) {
    this.#survey = survey;
    this.#naming = new Naming(survey);
    this.#items = itemsOf(survey, formsOf(survey, this.#naming));
    const reads = this.#items.map((item) => item.reads);
    this.#sources = new Sources(survey, this.#naming, reads);
    const { inputs } = survey.graph;
    this.#before = inputs.length === 1 ? inputs.map(({ name }) => this.#naming.value(name)) : [];
  }

  document(): JsonObject {
    const { name, inputs, outputs } = this.#survey.graph;
    const layers = this.#items.map((item) => this.#layer(item));
    const constants = this.#sources.constants();
    const results = outputs.map((output) => this.#naming.value(output.name));
    return {
      version: 1,
      ...(name !== '' && { name: cut(name) }),
      inputs: Object.fromEntries(inputs.map((input) => [this.#naming.value(input.name), this.#input(input)])),
      ...(Object.keys(constants).length > 0 && { constants }),
      layers,
      ...(!isSame(results, this.#before) && { outputs: results }),
    };
  }

  #input(input: GraphInput): Json {
    return inputJson({ ...input, shape: input.shape?.map((dim) => (typeof dim === 'string' ? this.#naming.size(dim) : dim)) ?? null });
  }

  #layer({ form, node, reads }: Item): JsonObject {
    const name = this.#naming.layer(node);
    const from = this.#from(name, reads);
    if (!form) return { name, ...operatorJson(node), ...from, ...this.#outputs(name, node, true) };
    const { kind, args, lender } = form;
    const weights = lender === undefined ? {} : { weights: lender };
    return { name, type: kind.type, ...args, ...from, ...this.#outputs(name, node, false), ...weights };
  }

  /** What a layer reads, unless that is the layer before. */
  #from(layer: string, reads: readonly string[]): { readonly from?: Json } {
    const sources = reads.map((value, k) => this.#sources.json(value, `${layer}.from.${k}`));
    const [only = null] = sources;
    if (sources.length !== 1 || only === null) return { from: sources };
    return this.#before.length === 1 && only === this.#before[0] ? {} : { from: only };
  }

  /** How a layer's outputs are called where not by its name; `counted` says that it has to say how many there are. */
  #outputs(name: string, { outputs }: Node, counted: boolean): { readonly outputs?: Json; readonly num_outputs?: number } {
    const labels = outputs.map((value) => (value === '' ? '' : this.#naming.value(value)));
    this.#before = labels.filter((label) => label !== '');
    const plain = labels.length === 1 ? [name] : labels.map((_, k) => `${name}.${k}`);
    if (!isSame(labels, plain) || labels.length > MANY) return { outputs: labels };
    return counted && labels.length > 1 ? { num_outputs: labels.length } : {};
  }
}

function operatorJson(node: Node): JsonObject {
  const { id, op, attributes, outputs } = node;
  if (!OPERATOR.test(op)) refuse(`no layer can be called 'onnx.${cut(op)}'`, id);
  if (outputs.every((value) => value === '')) refuse('nothing that it gives out has a name', id);
  return { type: `onnx.${op}`, ...(attributes.size > 0 && { attributes: attributesJson(node) }) };
}

/** The layers in order. Constants that are written where they are read, or are a layer's own, are none. */
function itemsOf({ graph, made }: Survey, forms: ReadonlyMap<number, Form>): Item[] {
  const own = new Set([...forms.values()].flatMap(({ parameters }) => [...parameters.values()]));
  const items: Item[] = [];
  for (let index = 0; index < graph.nodes.length; index++) {
    const [value = ''] = graph.nodes[index]?.outputs ?? [];
    if (made.has(value) || own.has(value)) continue;
    const form = forms.get(index);
    if (form) index += form.nodes - 1;
    const node = graph.nodes[index] as Node;
    items.push({ form, node, reads: form?.reads ?? node.inputs });
  }
  return items;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, k) => name === b[k]);
}
