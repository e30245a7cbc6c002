import type { Count } from '../../count.ts';
import type { Graph, Node } from '../../graph.ts';
import type { Tensor } from '../../operators/operator.ts';
import { agreedType } from '../../operators/shape.ts';
import type { Runner } from '../runner.ts';
import type { Scope } from '../scope.ts';
import { runBody } from './body.ts';

/** Most iterations that are laid out one after the other. */
const MAX_UNROLLED = 64;

/** What Loop and Scan have in common: a body that runs again and again over carried values. */
export interface Iteration {
  readonly node: Node;
  readonly body: Graph;
  readonly scope: Scope;
  /** Flat names of the carried values before the first iteration. */
  readonly initial: readonly string[];
  /** Outputs of the body before the carried values (Loop: the condition). */
  readonly skip: number;
  /** The body's inputs in iteration `at`: what it is handed beside the carried values, and these. */
  inputs(at: number | null, carried: readonly string[]): readonly string[];
  /** Gives the value of output `k` of the node, stacked from what the iterations gave. */
  stack(k: number, values: readonly string[], trips: Count | null): void;
}

/** Whether so many iterations are few enough to be laid out. */
export function layable(runner: Runner, it: Iteration, trips: number): boolean {
  return trips <= MAX_UNROLLED && runner.fits(trips * it.body.nodes.length);
}

/**
 * Lays the iterations out one after the other. `goesOn` looks at the body's outputs after each and says whether there is
 * another one; null (not known) stops, and undoes everything.
 */
export function unroll(runner: Runner, it: Iteration, trips: number, goesOn: (outputs: readonly string[]) => boolean | null): boolean {
  let carried = it.initial;
  const scanned: string[][] = [];
  let done = 0;
  for (let at = 0; at < trips; at++) {
    const outputs = runBody(runner, it.body, it.scope, `${it.node.id}/${at}`, it.inputs(at, carried), `${it.node.id}/body`);
    const next = goesOn(outputs);
    if (next === null) return false;
    carried = outputs.slice(it.skip, it.skip + it.initial.length);
    outputs.slice(it.skip + it.initial.length).forEach((name, k) => {
      scanned[k] = [...(scanned[k] ?? []), name];
    });
    done = at + 1;
    if (!next) break;
  }
  finish(runner, it, carried, scanned, done, 'Identity');
  return true;
}

/**
 * Runs the body once, for all iterations: on values of which only that is known that holds in each of them. Such a body
 * costs once per iteration.
 */
export function runOnce(runner: Runner, it: Iteration, trips: Count | null): void {
  const path = `${it.node.id}/each`;
  const names = it.initial.map((_, k) => `${path}/carried_${k}`);
  const set = (types: readonly (Tensor | undefined)[]) =>
    types.forEach((type, k) => {
      runner.tensors.set(names[k] as string, { dtype: type?.dtype ?? null, shape: type?.shape ?? null, value: null, constant: false });
    });
  const enter = () => runBody(runner, it.body, it.scope, path, it.inputs(null, names), `${it.node.id}/body`);
  let types: readonly (Tensor | undefined)[] = it.initial.map((name) => runner.tensors.get(name));
  set(types);
  // Sizes that change from one iteration to the next are unknown; a second look finds those that depend on them.
  for (let look = 0; look < 2; look++) {
    runner.rehearse(() => {
      const outputs = enter();
      types = types.map((type, k) => joinTypes(type, runner.tensors.get(outputs[it.skip + k] ?? '')));
      set(types);
    });
  }
  runner.repeated(trips, () => {
    const outputs = enter();
    const carried = outputs.slice(it.skip, it.skip + it.initial.length);
    finish(
      runner,
      it,
      carried,
      outputs.slice(it.skip + it.initial.length).map((name) => [name]),
      trips,
      'fovea.Join',
    );
  });
}

function finish(
  runner: Runner,
  it: Iteration,
  carried: readonly string[],
  scanned: readonly string[][],
  trips: Count | null,
  op: string,
): void {
  const { node, initial } = it;
  node.outputs.forEach((name, k) => {
    if (name === '') return;
    const last = carried[k];
    if (k < initial.length) runner.add(`${node.id}/${k}`, op, op === 'Identity' ? [last ?? ''] : [last ?? '', initial[k] ?? ''], name);
    else it.stack(k, scanned[k - initial.length] ?? [], trips);
  });
}

/** What is known of a carried value before and after an iteration alike. */
function joinTypes(a: Tensor | undefined, b: Tensor | undefined): Tensor | undefined {
  return a && b && { ...agreedType(a, b), value: null, constant: false };
}
