import { fovea } from './cost/conventions/fovea.ts';
import { coverageOf } from './coverage.ts';
import { Fault } from './fault.ts';
import type { Diagnostic, Graph, Network, TensorType } from './graph.ts';
import { groupTotals } from './groups.ts';
import { contradictions } from './inference/declared.ts';
import { bindInputs } from './inference/inputs.ts';
import { runGraph } from './inference/run.ts';
import { layerFacts, layerReport, tensorJson } from './layers.ts';
import type { Tensor } from './operators/operator.ts';
import type { AnalyzeOptions } from './options.ts';
import { countParams, isConstant, type Params } from './params.ts';
import { nameAxes, namesByRank } from './receptive-field/axes.ts';
import { followFields } from './receptive-field/fields.ts';
import type { Report } from './report.ts';
import { totalsOf } from './totals.ts';
import { VERSION } from './version.ts';
import { costlierWays } from './ways.ts';

/**
 * Analyzes a network: types of all tensors, receptive fields, cost, parameters and memory. Pure: the same network and
 * options give the same report. Faults: `malformed-node`, those of `bindInputs`, and with `strict` `incomplete`.
 */
export function analyze(network: Network, options: AnalyzeOptions = {}): Report {
  const { graph } = network;
  const bound = bindInputs(graph, options);
  const inputs = new Map(
    bound.inputs.map(({ name, dtype, shape }): [string, Tensor] => [name, { dtype, shape, value: null, constant: false }]),
  );
  const { steps: calls, tensors, constants, diagnostics: noticed } = runGraph(graph, inputs);
  const axes = nameAxes(calls, inputs);
  const diagnostics: Diagnostic[] = [...graph.diagnostics, ...bound.diagnostics, ...noticed];
  // Sizes that the caller chose are not those that the file was written down for.
  if (!options.inputs && options.batch === undefined) diagnostics.push(...contradictions(declaredBy(graph), tensors));
  const fields = followFields(graph, calls, inputs, axes, (diagnostic) => diagnostics.push(diagnostic));
  const params = countParams(constants, calls);
  diagnostics.push(...sharedTensors(params));
  const all = calls.flatMap((call, at) =>
    isConstant(call) ? [] : [layerFacts(call, params.byCall.get(at), fields.byCall[at] ?? [], fovea)],
  );
  const { facts, diagnostics: choices } = costlierWays(all);
  diagnostics.push(...choices);
  const outputs = graph.outputs.map(({ name }) => name);
  const mainFields = fields.byOutput.get(outputs[0] ?? '') ?? [];
  const totals = totalsOf({ facts, params, unit: fovea.unit, inputs, outputs, mainFields });
  const coverage = coverageOf(calls);
  const sized = facts.every(({ outputs }) => outputs.every(({ elements }) => elements !== null));
  const status = sized && totals.lowerBounds.length === 0 && coverage.unsupported.length === 0 ? 'complete' : 'partial';
  if (options.strict && status === 'partial') throw incomplete(coverage, totals.lowerBounds, diagnostics);
  return {
    network: aboutNetwork(network),
    engine: { name: 'fovea', version: VERSION },
    convention: { id: fovea.id, version: fovea.version, unit: fovea.unit, notCounted: [] },
    inputs: bound.inputs.map((input) => ({ ...tensorJson(input.name, input), axes: axes.get(input.name) ?? [] })),
    outputs: outputs.map((name) => {
      const tensor = tensors.get(name);
      return { ...tensorJson(name, tensor), axes: tensor ? namesByRank(tensor) : [] };
    }),
    assumptions: bound.assumptions,
    status,
    coverage,
    diagnostics,
    totals,
    ...(options.group !== undefined && { groups: groupTotals(facts, options.group) }),
    ...(options.layers !== false && { layers: facts.map((fact, index) => layerReport(fact, index, fovea.unit)) }),
  };
}

function declaredBy(graph: Graph): [string, TensorType][] {
  return [...(graph.declared ?? []), ...graph.outputs.map((output): [string, TensorType] => [output.name, output])];
}

function aboutNetwork({ name, format, sha256, bytes, producer, opset }: Network): Report['network'] {
  return { name, format, sha256, bytes, ...(producer !== undefined && { producer }), ...(opset !== undefined && { opset }) };
}

function sharedTensors({ total }: Params): Diagnostic[] {
  if (total.logical === total.trainable) return [];
  const message = `the file stores some equal tensors once: ${total.trainable} trainable elements stand for ${total.logical}`;
  return [{ code: 'shared-tensors', severity: 'info', message }];
}

function incomplete(coverage: Report['coverage'], lowerBounds: readonly string[], diagnostics: readonly Diagnostic[]): Fault {
  const unknown = coverage.unsupported.map(({ op, count }) => `${op} (${count})`);
  const reasons = [
    ...(unknown.length > 0 ? [`operators that Fovea does not know: ${unknown.join(', ')}`] : []),
    ...(lowerBounds.length > 0 ? [`totals that are lower bounds: ${lowerBounds.join(', ')}`] : []),
    ...diagnostics.filter(({ severity }) => severity === 'warning').map(({ message }) => message),
  ];
  return new Fault('incomplete', `the report would be partial: ${reasons.join('; ')}`);
}
