import { Fault } from './fault.ts';
import { isFloat } from './graph.ts';
import type { Inference } from './inference/infer.ts';
import type { Step } from './inference/runner.ts';
import { isTrained, type Params, type StoredTensor } from './params.ts';
import type { Trace } from './trace.ts';

/** What training has to find gradients of. */
export interface Gradients {
  /** The stored tensors that are trained, by name. */
  readonly trained: ReadonlyMap<string, StoredTensor>;
  /** Names of all tensors that need a gradient: those, and what is computed from them. */
  readonly needed: ReadonlySet<string>;
}

/**
 * The tensors that need a gradient if every floating-point weight is trained, but for running statistics, scales of quantised
 * tensors, single numbers, and weights whose names begin with one of `frozen`. What comes before the first trained weight needs none.
 * Fault: `invalid-option` where a beginning is that of no weight.
 */
export function gradientsOf({ calls }: Trace, params: Params, frozen: readonly string[]): Gradients {
  checkFrozen(params, frozen);
  const trained = new Map<string, StoredTensor>();
  for (const [name, tensor] of params.tensors) {
    const learns = isFloat(tensor.dtype) && tensor.elements !== 1 && isTrained(tensor);
    if (learns && !frozen.some((prefix) => name.startsWith(prefix))) trained.set(name, tensor);
  }
  const needed = new Set(trained.keys());
  const follow = ({ node, outputs }: Step): void => {
    if (!node.inputs.some((name) => needed.has(name))) return;
    for (const [k, name] of node.outputs.entries()) {
      const dtype = outputs[k]?.dtype ?? null;
      if (name !== '' && (dtype === null || isFloat(dtype))) needed.add(name);
    }
  };
  for (const call of calls) follow(call);
  followBack(calls, needed, follow);
  return { trained, needed };
}

function checkFrozen({ tensors }: Params, frozen: readonly string[]): void {
  const names = [...tensors.keys()];
  const idle = frozen.find((prefix) => !names.some((name) => name.startsWith(prefix)));
  if (idle === undefined) return;
  const example = names[0] === undefined ? 'there are no weights' : `they are called like ${JSON.stringify(names[0])}`;
  throw new Fault('invalid-option', `no name of a weight begins with ${JSON.stringify(idle)}; ${example}`);
}

/** What an iteration of a loop hands to the next one stands behind its readers: goes on from there until nothing is added. */
function followBack(calls: readonly Step[], needed: ReadonlySet<string>, follow: (call: Step) => void): void {
  const missed = (call: Step) => call.node.inputs.some((name) => needed.has(name)) && !call.node.outputs.some((name) => needed.has(name));
  const pending = calls.filter((call) => call.operator?.iterates === 'begins' && missed(call));
  if (pending.length === 0) return;
  const readers = new Map<string, Step[]>();
  for (const call of calls) {
    for (const name of call.node.inputs) {
      const others = readers.get(name);
      if (others) others.push(call);
      else readers.set(name, [call]);
    }
  }
  for (let call = pending.pop(); call; call = pending.pop()) {
    const before = needed.size;
    follow(call);
    if (needed.size > before) pending.push(...call.node.outputs.flatMap((name) => readers.get(name) ?? []));
  }
}

/** Whether a layer has no gradient (a rounding) where what it reads needs one. */
export function stopsGradient({ node, operator }: Inference, needed: ReadonlySet<string>): boolean {
  return operator?.noGradient !== undefined && node.inputs.some((name) => needed.has(name));
}
