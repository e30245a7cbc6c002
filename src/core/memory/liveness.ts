import { add, type Count, sum } from '../count.ts';

/** One step of an execution order: a layer with the names of the data tensors that it reads and writes. */
export interface LiveStep {
  readonly id: string;
  readonly reads: readonly string[];
  readonly writes: readonly { readonly name: string; readonly bytes: Count }[];
  /** Name of the tensor whose memory the outputs share; null where they own theirs. */
  readonly viewOf: string | null;
}

export interface Peak {
  readonly bytes: Count;
  /** Id of the layer that runs at the peak; null for a network without layers. */
  readonly layer: string | null;
}

/**
 * Peak of the bytes that are live at once, in the given order, without weights. A tensor lives from the step that writes it
 * to the last step that reads it, both included; network inputs from the start, network outputs to the end; what a step
 * reads and writes lives together. A view owns nothing and keeps alive what it shows. This is the least memory that the
 * order needs; an allocator with fragmentation needs more, another order may need less.
 */
export function peakBytes(inputs: ReadonlyMap<string, Count>, steps: readonly LiveStep[], outputs: readonly string[]): Peak {
  const base = new Map<string, string>();
  const owner = (name: string) => base.get(name) ?? name;
  const last = new Map<string, number>();
  steps.forEach((step, at) => {
    if (step.viewOf !== null) for (const { name } of step.writes) base.set(name, owner(step.viewOf));
    for (const { name } of step.writes) last.set(owner(name), at);
    for (const name of step.reads) last.set(owner(name), at);
  });
  for (const name of outputs) last.set(owner(name), steps.length);

  const bytes = new Map<string, Count>(inputs);
  let live = sum(inputs.values());
  let peak: Peak = { bytes: live, layer: null };
  const free = (name: string, at: number) => {
    const tensor = owner(name);
    if (last.get(tensor) !== at) return;
    last.delete(tensor);
    live = minus(live, bytes.get(tensor) ?? 0);
  };
  steps.forEach((step, at) => {
    if (step.viewOf === null) {
      for (const write of step.writes) {
        bytes.set(write.name, write.bytes);
        live = add(live, write.bytes);
      }
    }
    if (live > peak.bytes || peak.layer === null) peak = { bytes: live, layer: step.id };
    for (const name of step.reads) free(name, at);
    for (const { name } of step.writes) free(name, at);
  });
  return peak;
}

function minus(a: Count, b: Count): Count {
  return typeof a === 'number' && typeof b === 'number' ? a - b : add(BigInt(a) - BigInt(b), 0);
}
