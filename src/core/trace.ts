import { AxisNames } from './axes/axis-names.ts';
import type { Constant, Diagnostic, Graph, GraphInput, TensorType } from './graph.ts';
import { contradictions } from './inference/declared.ts';
import { type Assumption, bindInputs } from './inference/inputs.ts';
import { runGraph } from './inference/run.ts';
import type { Step } from './inference/runner.ts';
import type { Tensor } from './operators/operator.ts';
import type { AnalyzeOptions } from './options.ts';

/** A graph with the types of all its tensors: what every view of a network starts from. */
export interface Trace {
  readonly graph: Graph;
  /** The data inputs with the sizes that the caller gave. */
  readonly inputs: readonly GraphInput[];
  /** Every call in order, control flow laid flat; constants among them. */
  readonly calls: readonly Step[];
  /** Every tensor by name, the data inputs and constants included. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The numbers of the values that calls read and write, by name; 0 for what is left out. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly constants: ReadonlyMap<string, Constant>;
  /** Names of the axes of every tensor. */
  readonly axes: AxisNames;
  readonly assumptions: readonly Assumption[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Infers the types of all tensors of a graph. Faults: `malformed-node`, those of `bindInputs`. */
export function traceGraph(graph: Graph, options: AnalyzeOptions): Trace {
  const bound = bindInputs(graph, options);
  const sources = new Map(
    bound.inputs.map(({ name, dtype, shape }): [string, Tensor] => [name, { dtype, shape, value: null, constant: false }]),
  );
  const { steps: calls, tensors, numbers, constants, diagnostics } = runGraph(graph, sources);
  // Sizes that the caller chose are not those that the file was written down for.
  const declared = options.inputs || options.batch !== undefined ? [] : contradictions(declaredBy(graph), tensors);
  return {
    graph,
    inputs: bound.inputs,
    calls,
    tensors,
    numbers,
    constants,
    axes: new AxisNames({ calls, tensors, numbers }),
    assumptions: bound.assumptions,
    diagnostics: [...graph.diagnostics, ...bound.diagnostics, ...diagnostics, ...declared],
  };
}

function declaredBy(graph: Graph): [string, TensorType][] {
  return [...(graph.declared ?? []), ...graph.outputs.map((output): [string, TensorType] => [output.name, output])];
}
