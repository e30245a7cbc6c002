import { fovea } from '../../core/cost/conventions/fovea.ts';
import { factsOf } from '../../core/facts.ts';
import { Fault } from '../../core/fault.ts';
import type { Step } from '../../core/inference/runner.ts';
import { tensorJson } from '../../core/layers.ts';
import { sourceNamed } from '../../core/receptive-field/fields.ts';
import { flowFrom } from '../../core/receptive-field/influence/flow.ts';
import type { Source } from '../../core/receptive-field/propagate.ts';
import { type Target, unitAxes } from '../../core/receptive-field/target.ts';
import type { ReportTensor } from '../../core/report.ts';
import type { Trace } from '../../core/trace.ts';
import { suggestion } from '../../formats/description/nearest.ts';

/** A layer that was asked for, with the tensor of which units are meant. */
export interface ChosenLayer {
  readonly layer: { readonly index: number; readonly id: string; readonly op: string };
  /** The layer's first output. */
  readonly output: ReportTensor;
  readonly target: Target;
}

/** The tensors that are looked at: the one that is named, or every data input. A layer's id stands for its first output. */
export function sourcesOf(trace: Trace, name: string | undefined): Source[] {
  if (name === undefined) return trace.inputs.flatMap((input) => sourceNamed(trace, input.name) ?? []);
  const layer = trace.calls.find(({ node }) => node.id === name)?.node.outputs[0];
  const source = sourceNamed(trace, name) ?? (layer === undefined ? null : sourceNamed(trace, layer));
  if (source) return [source];
  const names = [...trace.tensors].filter(([, tensor]) => !tensor.constant).map(([known]) => known);
  throw new Fault('unknown-tensor', `the network computes no tensor '${name}'${suggestion(name, names)}`);
}

/** The first of them. Fault `unknown-tensor` for a network without inputs. */
export function sourceOf(trace: Trace, name: string | undefined): Source {
  const [source] = sourcesOf(trace, name);
  if (source) return source;
  throw new Fault('unknown-tensor', 'the network has no data input: name a tensor by source=...');
}

/**
 * The layer with this id or index. Without one, the last layer whose units still have a place along the source: behind
 * global pooling and dense layers all units see everything. Fault: `unknown-layer`.
 */
export function layerOf(trace: Trace, source: Source | undefined, text: string | undefined): ChosenLayer {
  const calls = factsOf(trace, fovea).facts.map(({ call }) => call);
  const index = text === undefined ? lastPlaced(trace, calls, source) : indexOf(calls, text);
  const call = calls[index];
  const name = call?.node.outputs.find((output) => output !== '');
  const tensor = name === undefined ? undefined : trace.tensors.get(name);
  if (!call || name === undefined || !tensor) throw new Fault('unknown-layer', 'the network has no layers');
  const { id, op } = call.node;
  return { layer: { index, id, op }, output: tensorJson(name, tensor), target: { at: trace.calls.indexOf(call), name, tensor } };
}

function indexOf(calls: readonly Step[], text: string): number {
  const byId = calls.findIndex(({ node }) => node.id === text);
  if (byId >= 0) return byId;
  if (/^\d{1,9}$/.test(text) && Number(text) < calls.length) return Number(text);
  const near = suggestion(
    text,
    calls.map(({ node }) => node.id),
  );
  throw new Fault('unknown-layer', `there is no layer '${text}' among the ${calls.length} layers${near}`);
}

function lastPlaced(trace: Trace, calls: readonly Step[], source: Source | undefined): number {
  if (!source) return calls.length - 1;
  const flow = flowFrom(trace, source, trace.calls.length - 1);
  const last = calls.findLastIndex((call) => {
    const name = call.node.outputs[0] ?? '';
    const tensor = trace.tensors.get(name);
    // A view says nothing of its own: behind the last map, Flatten packs positions and channels into one axis.
    return tensor !== undefined && !call.operator?.view && unitAxes(flow, { at: 0, name, tensor }).length > 0;
  });
  return last < 0 ? calls.length - 1 : last;
}
