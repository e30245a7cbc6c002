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

/** Most looks at a body that find the types of what it carries; what still changes then is taken to be unknown. */
const MAX_LOOKS = 4;

/**
 * Runs the body once, for all iterations: on values of which only that is known that holds in each of them. Such a body
 * costs once per iteration.
 */
export function runOnce(runner: Runner, it: Iteration, trips: Count | null): void {
  const path = `${it.node.id}/each`;
  const names = it.initial.map((_, k) => `${path}/carried_${k}`);
  const enter = () => runBody(runner, it.body, it.scope, path, it.inputs(null, names), `${it.node.id}/body`);
  const next = carriedTypes(runner, it, names, enter);
  let outputs: readonly string[] = [];
  runner.repeated(trips, () => {
    names.forEach((name, k) => {
      runner.add(name, 'fovea.Carry', [it.initial[k] ?? '', next[k] ?? ''], name);
    });
    outputs = enter();
  });
  const carried = outputs.slice(it.skip, it.skip + it.initial.length);
  const scanned = outputs.slice(it.skip + it.initial.length).map((name) => [name]);
  finish(runner, it, carried, scanned, trips, 'fovea.Last');
}

/**
 * Finds what is known of the carried values in each iteration, and gives the names of what the body hands on. Sizes that
 * change from one iteration to the next are unknown, and a value stays constant only where the body makes it of constants:
 * a second look finds what depends on those.
 */
function carriedTypes(runner: Runner, it: Iteration, names: readonly string[], enter: () => readonly string[]): readonly string[] {
  let types: readonly Carried[] = it.initial.map((name) => carriedType(runner.tensors.get(name)));
  let next: readonly string[] = [];
  for (let look = 0, stable = false; !stable; look++) {
    if (look === MAX_LOOKS) types = types.map(() => carriedType(undefined));
    types.forEach((type, k) => {
      runner.tensors.set(names[k] as string, { ...type, value: null });
    });
    runner.rehearse(() => {
      next = enter().slice(it.skip, it.skip + names.length);
    });
    const joined = types.map((type, k) => agreed(type, runner.tensors.get(next[k] ?? '')));
    stable = joined.every((type, k) => isSame(type, types[k] as Carried));
    types = joined;
  }
  return next;
}

/** What is known of a carried value in every iteration. */
type Carried = Pick<Tensor, 'dtype' | 'shape' | 'constant'>;

const carriedType = (tensor: Tensor | undefined): Carried => ({
  dtype: tensor?.dtype ?? null,
  shape: tensor?.shape ?? null,
  constant: tensor?.constant ?? false,
});

function agreed(before: Carried, after: Tensor | undefined): Carried {
  const type = carriedType(after);
  return { ...agreedType(before, type), constant: before.constant && type.constant };
}

function isSame(a: Carried, b: Carried): boolean {
  const sizes = a.shape?.length === b.shape?.length && (a.shape?.every((dim, axis) => dim === b.shape?.[axis]) ?? true);
  return sizes && a.dtype === b.dtype && a.constant === b.constant;
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
