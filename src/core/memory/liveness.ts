import { add, type Count, less, sum } from '../count.ts';

/** One step of an execution order: a layer with the names of the data tensors that it reads and writes. */
export interface LiveStep {
  readonly id: string;
  readonly reads: readonly string[];
  readonly writes: readonly { readonly name: string; readonly bytes: Count }[];
  /** Name of the tensor whose memory the outputs share; null where they own theirs. */
  readonly viewOf: string | null;
  /** Name of the tensor that the first output may overwrite, if nothing needs it any more. */
  readonly overwrites?: string;
}

/** Memory that a tensor owns, in bytes, and the steps that need it: 0 is the first step; -1 is before it, the number of steps after the last. */
export interface Storage {
  readonly name: string;
  readonly bytes: Count;
  readonly from: number;
  readonly to: number;
}

export interface Peak {
  readonly bytes: Count;
  /** Id of the layer that runs at the peak; null for a network without layers. */
  readonly layer: string | null;
}

/**
 * Peak of the bytes that are live at once, in the given order, without weights. This is the least memory that the order
 * needs; an allocator with fragmentation needs more, another order may need less.
 */
export function peakBytes(inputs: ReadonlyMap<string, Count>, steps: readonly LiveStep[], outputs: readonly string[]): Peak {
  if (steps.length === 0) return { bytes: sum(inputs.values()), layer: null };
  const live = liveBytes(storagesOf(inputs, steps, outputs), steps.length);
  const at = peakStep(live);
  return { bytes: live[at] as Count, layer: steps[at]?.id ?? null };
}

/** The step with the most live bytes; the first of several. */
export function peakStep(live: readonly Count[]): number {
  return live.reduce((most: number, bytes, at) => (bytes > (live[most] as Count) ? at : most), 0);
}

interface Held extends Storage {
  to: number;
  /** The memory that this tensor overwrites in place of having its own. */
  into: Held | null;
}

/**
 * The memory that an execution order needs, piece by piece. A tensor lives from the step that writes it to the last step
 * that reads it, both included; network inputs from the start (to the end, if nothing reads them: the caller holds them),
 * network outputs to the end; what a step reads and writes lives together. A view owns nothing and keeps alive what it shows.
 */
export function storagesOf(inputs: ReadonlyMap<string, Count>, steps: readonly LiveStep[], outputs: readonly string[]): Storage[] {
  const all: Held[] = [];
  const owners = new Map<string, Held>();
  const hold = (name: string, bytes: Count, from: number) => {
    const held: Held = { name, bytes, from, to: from, into: null };
    all.push(held);
    owners.set(name, held);
  };
  const keep = (name: string, to: number) => {
    const held = owners.get(name);
    if (held) held.to = to;
  };
  for (const [name, bytes] of inputs) hold(name, bytes, -1);
  steps.forEach(({ reads, writes, viewOf }, at) => {
    for (const name of reads) keep(name, at);
    // What joins the branches of an If reads both, of which only one is among the steps.
    const shown = viewOf === null ? undefined : [viewOf, ...reads].map((name) => owners.get(name)).find((held) => held !== undefined);
    for (const { name, bytes } of writes) {
      if (viewOf === null) hold(name, bytes, at);
      else if (shown) owners.set(name, shown);
    }
  });
  for (const name of outputs) keep(name, steps.length);
  for (const held of all) if (held.from < 0 && held.to < 0) held.to = steps.length;
  steps.forEach((step, at) => {
    if (step.overwrites !== undefined) overwrite(step, at, owners);
  });
  return all.filter(({ into }) => into === null);
}

/** Lets a step's output take over the memory of what it may overwrite, where that dies here and has the same size. */
function overwrite({ reads, writes, viewOf, overwrites }: LiveStep, at: number, owners: ReadonlyMap<string, Held>): void {
  const root = (name: string | undefined) => {
    const held = owners.get(name ?? '');
    return held?.into ?? held;
  };
  const [input, output] = [root(overwrites), root(writes[0]?.name)];
  if (!input || !output || viewOf !== null || input.from < 0 || input.to !== at || input.bytes !== output.bytes) return;
  // Read twice, under another shape, it may be needed after it is overwritten.
  if (reads.filter((name) => root(name) === input).length > 1) return;
  input.to = output.to;
  output.into = input;
}

/** Bytes that are live at each of a number of steps. */
export function liveBytes(storages: readonly Storage[], steps: number): Count[] {
  if (steps === 0) return [];
  const born = Array<Count>(steps).fill(0);
  const died = Array<Count>(steps + 1).fill(0);
  for (const { bytes, from, to } of storages) {
    const [first, after] = [Math.max(from, 0), Math.min(to, steps - 1) + 1];
    born[first] = add(born[first] ?? 0, bytes);
    died[after] = add(died[after] ?? 0, bytes);
  }
  let live: Count = 0;
  return born.map((bytes, at) => {
    live = less(add(live, bytes), died[at] as Count);
    return live;
  });
}
