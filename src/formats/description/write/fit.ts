import { Fault } from '../../../core/fault.ts';
import { type Attribute, type Constant, isFloat, type Node } from '../../../core/graph.ts';
import type { Inference } from '../../../core/inference/infer.ts';
import { fillIn, type LayerType } from '../layer.ts';
import type { Guess } from './guesses/guess.ts';
import type { Json } from './json.ts';
import type { Survey } from './survey.ts';
import { Trial } from './trial.ts';

/** A layer that makes exactly the nodes of a graph from one on. */
export interface Fit {
  readonly kind: LayerType;
  readonly args: Readonly<Record<string, Json>>;
  /** Names of the values that it reads. */
  readonly reads: readonly string[];
  /** How many nodes it makes; the last gives its result. */
  readonly nodes: number;
  /** Names of its weights in the graph, by the layer's names for them. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The other names that it takes: what follows the layer's own. */
  readonly suffixes: readonly string[];
}

/** What a guess makes, where that is what the graph has from node `first` on; undefined where it is not. */
export function fit(survey: Survey, first: number, kind: LayerType, { type, args, reads }: Guess): Fit | undefined {
  const sources = reads ?? survey.graph.nodes[first]?.inputs.slice(0, 1) ?? [];
  if (sources.length < kind.reads[0] || sources.length > kind.reads[1] || sources.includes('')) return undefined;
  const given = Object.fromEntries(Object.entries(args).filter((entry): entry is [string, Json] => entry[1] !== undefined));
  const trial = new Trial(
    type,
    sources.map((name) => survey.tensor(name)),
  );
  try {
    kind.lower(trial, fillIn(kind.schema, given));
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
  const match = new Match(survey, trial, sources);
  if (!match.nodes(survey.calls.slice(first, first + trial.nodes.length))) return undefined;
  const suffixes = [...trial.parts.values()].flatMap((part) =>
    part.kind === 'argument' ? [part.name] : part.kind === 'result' ? [part.suffix] : [],
  );
  const needed = Object.entries(given).filter(([key, value]) => !same(value, kind.schema.properties[key]?.default));
  return {
    kind,
    args: Object.fromEntries(needed),
    reads: sources,
    nodes: trial.nodes.length,
    parameters: match.parameters,
    suffixes: [...new Set(suffixes)].filter((suffix) => suffix !== ''),
  };
}

/** Follows a trial's nodes along those of a graph. */
class Match {
  readonly parameters = new Map<string, string>();
  readonly #survey: Survey;
  readonly #trial: Trial;
  /** What the trial's values are in the graph. */
  readonly #found = new Map<string, string>();

  constructor(survey: Survey, trial: Trial, sources: readonly string[]) {
    this.#survey = survey;
    this.#trial = trial;
    for (const [index, name] of trial.inputs.entries()) this.#found.set(name, sources[index] as string);
  }

  nodes(calls: readonly Inference[]): boolean {
    const { nodes } = this.#trial;
    const last = calls.at(-1);
    if (last === undefined || calls.length !== nodes.length) return false;
    if (!nodes.every((node, k) => this.#node(node, calls[k] as Inference))) return false;
    // Two weights of a layer are two tensors.
    if (new Set(this.parameters.values()).size < this.parameters.size) return false;
    return calls.slice(0, -1).every(({ node }, k) => this.#isInner(node, `${last.node.id}.${nodes[k]?.id}`, calls));
  }

  /** Whether a node within a layer has the name that it will have there, and nothing outside reads it. */
  #isInner({ id, outputs }: Node, name: string, calls: readonly Inference[]): boolean {
    if (id !== name) return false;
    const within = (value: string) => calls.reduce((sum, { node }) => sum + node.inputs.filter((input) => input === value).length, 0);
    return outputs.every(
      (value, k) =>
        value === (outputs.length === 1 ? name : `${name}.${k}`) &&
        !this.#survey.isOutput(value) &&
        this.#survey.readers(value).length === within(value),
    );
  }

  #node(tried: Node, call: Inference): boolean {
    const { node } = call;
    if (tried.op !== node.op || tried.outputs.length !== node.outputs.length || node.outputs.includes('')) return false;
    const [wanted, given] = [withoutTail(tried.inputs), withoutTail(node.inputs)];
    if (wanted.length !== given.length || !wanted.every((value, k) => this.#value(value, given[k] as string, call))) return false;
    if (!sameAttributes(tried, call)) return false;
    for (const [k, value] of tried.outputs.entries()) this.#found.set(value, node.outputs[k] as string);
    return true;
  }

  #value(value: string, name: string, call: Inference): boolean {
    if (value === '' || name === '') return value === name;
    const found = this.#found.get(value);
    if (found !== undefined) return found === name;
    const part = this.#trial.parts.get(value);
    if (part?.kind === 'parameter') {
      if (!isWeight(this.#survey.weight(name), part.constant)) return false;
      this.parameters.set(part.name, name);
    } else if (part?.kind !== 'argument' || !this.#isArgument(name, part.constant, call)) return false;
    this.#found.set(value, name);
    return true;
  }

  #isArgument(name: string, wanted: Constant, { node, inputs, outputs }: Inference): boolean {
    const stored = this.#survey.graph.constants.get(name);
    // As an argument it would be no parameter any more.
    if (stored && isFloat(stored.dtype) && !stored.synthetic) return false;
    const held = stored ?? this.#survey.made.get(name);
    if (!held?.data || held.dtype !== wanted.dtype || held.shape.join() !== wanted.shape.join()) return false;
    const rank = (node.op === 'Unsqueeze' ? outputs : inputs)[0]?.shape?.length ?? 0;
    return held.data.every((x, k) => {
      const y = wanted.data?.[k];
      if (wanted.name === 'ends' && isFar(x)) return isFar(y);
      return wanted.name === 'axes' ? sameAxis(x, y, rank) : sameNumber(x, y);
    });
  }
}

function isWeight(constant: Constant | undefined, { dtype, shape }: Constant): boolean {
  return constant !== undefined && constant.dtype === dtype && constant.shape.join() === shape.join();
}

/** Positions past every axis. */
function isFar(x: number | undefined): boolean {
  return x !== undefined && x >= 2 ** 31 - 1;
}

function withoutTail(inputs: readonly string[]): readonly string[] {
  return inputs.slice(0, inputs.findLastIndex((name) => name !== '') + 1);
}

/** Attributes that say nothing of a network that is looked at. */
const FOR_TRAINING = new Set(['momentum', 'seed']);

function sameAttributes(tried: Node, { node, inputs, outputs, operator }: Inference): boolean {
  const wanted = new Map(tried.attributes);
  const given = plainPadding(node.attributes);
  const defaults = operator?.defaults?.({ node: { ...node, attributes: given }, inputs, outputs }) ?? {};
  for (const name of new Set([...wanted.keys(), ...given.keys()])) {
    if (FOR_TRAINING.has(name)) continue;
    const [a, b] = [wanted.get(name) ?? defaults[name], given.get(name) ?? defaults[name]];
    const rank = inputs[0]?.shape?.length ?? 0;
    if (!same(a, b) && !(name === 'axis' && sameAxis(a, b, rank))) return false;
  }
  return true;
}

/** With padding as numbers where a word says no more. */
function plainPadding(attributes: ReadonlyMap<string, Attribute>): ReadonlyMap<string, Attribute> {
  const word = attributes.get('auto_pad');
  const kernel = attributes.get('kernel_shape');
  if (word !== 'VALID' || !Array.isArray(kernel)) return attributes;
  return new Map([...attributes, ['auto_pad', 'NOTSET'], ['pads', Array<number>(2 * kernel.length).fill(0)]]);
}

/** Axes may be counted from the end. */
function sameAxis(a: unknown, b: unknown, rank: number): boolean {
  return typeof a === 'number' && typeof b === 'number' && (a === b || Math.abs(a - b) === rank);
}

/** Numbers are compared in single precision, which is that of a file's. */
function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, k) => same(item, b[k]));
  return a === b || sameNumber(a, b);
}

function sameNumber(a: unknown, b: unknown): boolean {
  if ((typeof a !== 'number' && typeof a !== 'bigint') || (typeof b !== 'number' && typeof b !== 'bigint')) return false;
  const [x, y] = [Number(a), Number(b)];
  return x === y || (!Number.isInteger(x) && Math.fround(x) === Math.fround(y));
}
