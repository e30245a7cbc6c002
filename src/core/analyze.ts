import { conventionOf } from './cost/conventions/index.ts';
import { notCounted } from './cost/conventions/not-counted.ts';
import { coverageOf } from './coverage.ts';
import { factsOf } from './facts.ts';
import { Fault } from './fault.ts';
import type { Diagnostic, Network } from './graph.ts';
import { groupTotals } from './groups.ts';
import { layerReport, tensorJson } from './layers.ts';
import type { Tensor } from './operators/operator.ts';
import type { AnalyzeOptions } from './options.ts';
import { followFields } from './receptive-field/fields.ts';
import type { Report } from './report.ts';
import { totalsOf } from './totals.ts';
import { traceGraph } from './trace.ts';
import { VERSION } from './version.ts';

/**
 * Analyzes a network: types of all tensors, receptive fields, cost, parameters and memory. Pure: the same network and
 * options give the same report. Faults: `malformed-node`, `unknown-convention`, those of `bindInputs`, and with `strict`
 * `incomplete`.
 */
export function analyze(network: Network, options: AnalyzeOptions = {}): Report {
  const convention = conventionOf(options.convention ?? 'fovea');
  const { id, version, unit } = convention;
  const trace = traceGraph(network.graph, options);
  const { calls, tensors } = trace;
  const inputs = new Map(trace.inputs.map(({ name }) => [name, tensors.get(name) as Tensor]));
  const diagnostics = [...trace.diagnostics];
  const fields = followFields(trace, (diagnostic) => diagnostics.push(diagnostic));
  const { facts, params, diagnostics: noticed } = factsOf(trace, convention, fields.byCall, options.causal === 'exact');
  diagnostics.push(...noticed);
  const outputs = network.graph.outputs.map(({ name }) => name);
  const mainFields = fields.byOutput.get(outputs[0] ?? '') ?? [];
  const totals = totalsOf({ facts, params, unit, inputs, outputs, mainFields });
  const coverage = coverageOf(calls);
  const sized = facts.every(({ outputs }) => outputs.every(({ elements }) => elements !== null));
  const status = sized && totals.lowerBounds.length === 0 && coverage.unsupported.length === 0 ? 'complete' : 'partial';
  if (options.strict && status === 'partial') throw incomplete(coverage, totals.lowerBounds, diagnostics);
  return {
    network: aboutNetwork(network),
    engine: { name: 'fovea', version: VERSION },
    convention: { id, version, unit, notCounted: notCounted(facts) },
    inputs: trace.inputs.map((input) => ({ ...tensorJson(input.name, input), axes: trace.axes.of(input.name) })),
    outputs: outputs.map((name) => ({ ...tensorJson(name, tensors.get(name)), axes: trace.axes.of(name) })),
    assumptions: trace.assumptions,
    status,
    coverage,
    diagnostics,
    totals,
    ...(options.group !== undefined && { groups: groupTotals(facts, options.group, unit) }),
    ...(options.layers !== false && { layers: facts.map((fact, index) => layerReport(fact, index, unit)) }),
  };
}

/** What a report says of where a network came from. */
export function aboutNetwork({ name, format, sha256, bytes, producer, opset, edits }: Network): Report['network'] {
  return {
    name,
    format,
    sha256,
    bytes,
    ...(producer !== undefined && { producer }),
    ...(opset !== undefined && { opset }),
    ...(edits !== undefined && { edits }),
  };
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
