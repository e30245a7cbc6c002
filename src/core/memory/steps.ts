import { type Count, times } from '../count.ts';
import type { LayerFacts } from '../layers.ts';
import { known } from '../operators/call.ts';
import type { Tensor } from '../operators/operator.ts';
import { bytesOf } from '../params.ts';
import { asIf, type Precision } from '../precision.ts';
import type { Trace } from '../trace.ts';
import type { LiveStep } from './liveness.ts';

/** Bytes of a tensor; null where a size or the type is unknown. */
export function tensorBytes({ shape, dtype, constant }: Tensor, { weights, activations }: Precision = {}): Count | null {
  const sizes = known(shape);
  const as = asIf(dtype, constant ? weights : activations);
  return sizes && as && bytesOf(times(...sizes), as);
}

/** Bytes of the data inputs by name; 0 where they are unknown. */
export function inputBytes({ inputs, tensors }: Trace, precision: Precision): Map<string, Count> {
  return new Map(inputs.map(({ name }) => [name, tensorBytes(tensors.get(name) as Tensor, precision) ?? 0]));
}

/** Names of the data tensors that a layer reads, one per input that carries data. */
export function dataInputs({ call }: LayerFacts): string[] {
  return call.node.inputs.filter((name, i) => name !== '' && call.inputs[i]?.constant === false);
}

/** The tensors that a layer writes; optional ones that nobody asked for are missing. */
export function dataOutputs({ call }: LayerFacts): { readonly name: string; readonly tensor: Tensor }[] {
  return call.node.outputs.flatMap((name, k) => (name === '' ? [] : [{ name, tensor: call.outputs[k] as Tensor }]));
}

/** The layers as steps of an execution order; unknown bytes are 0. With `inplace`, activations may overwrite their inputs. */
export function liveSteps(facts: readonly LayerFacts[], precision: Precision, inplace: boolean): LiveStep[] {
  return facts.map((fact) => {
    const step = liveStep(fact, (k) => tensorBytes(fact.call.outputs[k] as Tensor, precision));
    const [first] = step.reads;
    const { node, operator } = fact.call;
    const overwrites = inplace && operator?.nonlinear && first !== undefined && first === node.inputs[0];
    return overwrites ? { ...step, overwrites: first } : step;
  });
}

/** A layer as a step; `bytesAt` gives the bytes of its output k, of which null counts as 0. */
export function liveStep({ call, view }: LayerFacts, bytesAt: (k: number) => Count | null): LiveStep {
  const { node } = call;
  const isData = (name: string, i: number) => name !== '' && call.inputs[i]?.constant === false;
  const reads = node.inputs.every(isData) ? node.inputs : node.inputs.filter(isData);
  const written = node.outputs.map((name, k) => ({ name, bytes: bytesAt(k) ?? 0 }));
  const writes = node.outputs.includes('') ? written.filter(({ name }) => name !== '') : written;
  return { id: node.id, reads, writes, viewOf: view ? (reads[0] ?? null) : null };
}
