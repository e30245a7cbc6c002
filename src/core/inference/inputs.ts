import { Fault } from '../fault.ts';
import type { Diagnostic, Dim, Graph, GraphInput, Shape } from '../graph.ts';
import type { AnalyzeOptions } from '../options.ts';

export interface Assumption {
  readonly name: string;
  readonly value: number;
  readonly reason: string;
}

export interface BoundInputs {
  readonly inputs: readonly GraphInput[];
  readonly assumptions: readonly Assumption[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The data inputs with the sizes that the caller gave (`inputs`, then `bind`, then `batch`), and an unknown batch taken as 1.
 * An unknown axis 0 of an input of rank >= 2 is the batch unless its name also stands on another axis.
 * Faults: `unknown-input`, `unknown-dim`, `shape-mismatch`.
 */
export function bindInputs(graph: Graph, options: AnalyzeOptions): BoundInputs {
  checkNames(graph, options);
  const resized = graph.inputs.map((input) => ({ ...input, shape: overridden(input, options.inputs?.get(input.name)) }));
  const bound = resized.map((input) => ({ ...input, shape: input.shape?.map((dim) => bindDim(dim, options.bind)) ?? null }));
  const elsewhere = new Set(bound.flatMap(({ shape }) => shape?.slice(1) ?? []).filter((dim) => typeof dim === 'string'));
  const batch = options.batch ?? 1;
  const main = bound.find(({ shape }) => (shape?.length ?? 0) >= 2)?.shape?.[0];
  const assumptions = new Map<string, Assumption>();
  const inputs = bound.map((input): GraphInput => {
    const { shape } = input;
    if (!shape || shape.length < 2) return input;
    const dim = shape[0] as Dim;
    const unknown = typeof dim !== 'number' && !(typeof dim === 'string' && elsewhere.has(dim));
    const replaced = options.batch !== undefined && typeof dim === 'number' && dim === main;
    if (!unknown && !replaced) return input;
    const name = typeof dim === 'string' ? dim : `${input.name}[0]`;
    if (unknown && options.batch === undefined) {
      assumptions.set(name, { name, value: 1, reason: 'an unknown first axis is the batch; give `batch` to change it' });
    }
    return { ...input, shape: [batch, ...shape.slice(1)] };
  });
  return { inputs, assumptions: [...assumptions.values()], diagnostics: inputs.flatMap(unboundSizes) };
}

function checkNames(graph: Graph, options: AnalyzeOptions): void {
  const names = graph.inputs.map((input) => input.name);
  for (const name of options.inputs?.keys() ?? []) {
    if (!names.includes(name)) throw new Fault('unknown-input', `there is no input '${name}'; the inputs are ${list(names)}`);
  }
  const dims = new Set(graph.inputs.flatMap(({ shape }) => shape ?? []).filter((dim) => typeof dim === 'string'));
  for (const name of options.bind?.keys() ?? []) {
    if (!dims.has(name)) throw new Fault('unknown-dim', `no input has a size named '${name}'; the named sizes are ${list([...dims])}`);
  }
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `'${name}'`);
  return shown.length === 0 ? 'none' : shown.join(', ') + (names.length > 10 ? ', ...' : '');
}

function overridden(input: GraphInput, shape: Shape | undefined): Shape | null {
  if (!shape) return input.shape;
  if (input.shape && input.shape.length !== shape.length) {
    throw new Fault('shape-mismatch', `input '${input.name}' has ${input.shape.length} axes, but ${shape.length} sizes were given`);
  }
  return shape;
}

function bindDim(dim: Dim, bind: AnalyzeOptions['bind']): Dim {
  return typeof dim === 'string' ? (bind?.get(dim) ?? dim) : dim;
}

function unboundSizes({ name, shape }: GraphInput): Diagnostic[] {
  if (!shape)
    return [
      { code: 'unknown-rank', severity: 'warning', message: `the shape of input '${name}' is unknown; give it by input=${name}:...` },
    ];
  if (shape.every((dim) => typeof dim === 'number')) return [];
  const named = [...new Set(shape.filter((dim) => typeof dim === 'string'))].map((dim) => `bind=${dim}:...`);
  const message = `sizes of input '${name}' are unknown; give ${[...named, `input=${name}:${shape.map((d) => (typeof d === 'number' ? d : '?')).join('x')}`].join(' or ')}`;
  return [{ code: 'unbound-size', severity: 'warning', message }];
}
