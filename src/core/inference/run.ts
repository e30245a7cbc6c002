import type { Graph } from '../graph.ts';
import type { Tensor } from '../operators/operator.ts';
import { branch } from './control/branch.ts';
import { loop } from './control/loop.ts';
import { scan } from './control/scan.ts';
import { type Control, type Run, Runner } from './runner.ts';
import { Scope } from './scope.ts';

const CONTROLS: ReadonlyMap<string, Control> = new Map([
  ['If', branch],
  ['Loop', loop],
  ['Scan', scan],
]);

/** Infers the types of all values of a graph. */
export function runGraph(graph: Graph, inputs: ReadonlyMap<string, Tensor>): Run {
  const runner = new Runner(CONTROLS);
  runner.declare(graph, Scope.ROOT);
  for (const [name, tensor] of inputs) runner.tensors.set(name, tensor);
  runner.run(graph, Scope.ROOT);
  return runner;
}
