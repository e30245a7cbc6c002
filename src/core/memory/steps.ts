import { type Count, times } from '../count.ts';
import type { Repeated } from '../inference/runner.ts';
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
export function liveSteps(facts: readonly LayerFacts[], precision: Precision, inplace: boolean): readonly LiveStep[] {
  const steps = facts.map((fact) => {
    const step = liveStep(fact, (k) => tensorBytes(fact.call.outputs[k] as Tensor, precision));
    const [first] = step.reads;
    const { node, operator } = fact.call;
    const overwrites = inplace && operator?.nonlinear && first !== undefined && first === node.inputs[0];
    return overwrites ? { ...step, overwrites: first } : step;
  });
  return stepsOfLoops(facts, steps);
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

/**
 * The same steps where a loop's body stands once for all iterations: what it reads of the graph around it lives until the
 * last iteration is over, what it is handed by the one before has memory of its own, and of what the loop collects there is
 * one piece for each iteration (for the first, where their number is unknown).
 */
export function stepsOfLoops(facts: readonly LayerFacts[], steps: readonly LiveStep[]): readonly LiveStep[] {
  if (!facts.some(({ call }) => call.loop)) return steps;
  const carries = (at: number) => facts[at]?.call.operator?.iterates === 'begins';
  const all = steps.map((step, at): LiveStep => {
    if (!carries(at)) return step;
    const [given = ''] = facts[at]?.call.node.inputs ?? [];
    return { ...step, viewOf: null, ...(step.reads.includes(given) && { overwrites: given }) };
  });
  for (const [from, to] of bodiesOf(facts)) {
    const body = all.slice(from, to);
    const own = new Set(body.flatMap(({ writes }) => writes.map(({ name }) => name)));
    const last = all[to - 1] as LiveStep;
    // What the first iteration begins with is not read again, but what it makes for the next one waits until then.
    const held = body.flatMap(({ reads, overwrites }, at) =>
      carries(from + at) ? reads.filter((name) => name !== overwrites) : reads.filter((name) => !own.has(name)),
    );
    all[to - 1] = { ...last, reads: [...new Set([...last.reads, ...held])] };
  }
  const makers = new Map(facts.flatMap(({ call }, at) => call.node.outputs.map((name) => [name, at] as const)));
  for (const { call } of facts) {
    const trips = collected(call);
    if (trips === 1) continue;
    const [name, at] = ownerOf(call.node.inputs[0] ?? '', all, makers);
    const step = all[at];
    if (!step || !facts[at]?.call.loop) continue;
    all[at] = { ...step, writes: step.writes.map((write) => (write.name === name ? { name, bytes: times(trips, write.bytes) } : write)) };
  }
  return all;
}

/** How many pieces of its input a call puts together: one, or one for each iteration of a loop whose number is known. */
export function collected({ node, operator }: LayerFacts['call']): number {
  const trips = operator?.iterates === 'collects' ? node.attributes.get('trips') : undefined;
  return typeof trips === 'number' ? trips : 1;
}

/** First and last step (not included) of each body that stands in the graph once; inner ones first. */
function bodiesOf(facts: readonly LayerFacts[]): readonly (readonly [from: number, to: number])[] {
  const bodies = new Map<Repeated, [number, number]>();
  facts.forEach(({ call }, at) => {
    for (let loop = call.loop; loop; loop = loop.around) {
      const body = bodies.get(loop);
      if (body) body[1] = at + 1;
      else bodies.set(loop, [at, at + 1]);
    }
  });
  return [...bodies.values()].sort(([, a], [, b]) => a - b);
}

/** What owns the memory of a value, and the step that writes it; -1 where none does. */
function ownerOf(value: string, steps: readonly LiveStep[], makers: ReadonlyMap<string, number>): readonly [string, number] {
  let name = value;
  for (let at = makers.get(name); at !== undefined; at = makers.get(name)) {
    const { viewOf } = steps[at] as LiveStep;
    if (viewOf === null) return [name, at];
    name = viewOf;
  }
  return [name, -1];
}
