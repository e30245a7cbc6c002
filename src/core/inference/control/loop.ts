import type { Node } from '../../graph.ts';
import type { Runner } from '../runner.ts';
import type { Scope } from '../scope.ts';
import { subgraph } from './body.ts';
import { type Iteration, layable, runOnce, unroll } from './iteration.ts';
import { stackAlong } from './stack.ts';

/**
 * Loop: laid out where the number of iterations is known and small, else its body once, times the number of iterations
 * where that is known. Source: ONNX Loop.
 */
export function loop(runner: Runner, node: Node, scope: Scope): boolean {
  const body = subgraph(node, 'body');
  const [limit = '', condition = '', ...initial] = node.inputs;
  const trips = tripCount(runner, limit, condition);
  const counted = (at: number | null): string => {
    const name = `${node.id}/${at ?? 'each'}/iteration`;
    if (at !== null) return runner.constant({ name, dtype: 'int64', shape: [], data: [at], synthetic: true });
    runner.tensors.set(name, { dtype: 'int64', shape: [], value: null, constant: true });
    return name;
  };
  const running = runner.constant({ name: `${node.id}/running`, dtype: 'bool', shape: [], data: [1], synthetic: true });
  const iteration: Iteration = {
    node,
    body,
    scope,
    initial,
    skip: 1,
    inputs: (at, carried) => [counted(at), running, ...carried],
    stack: (k, values, count) => stackAlong(runner, { node, k, axis: 0, reverse: false }, values, count),
  };
  const goesOn = (outputs: readonly string[]) => {
    const value = runner.tensors.get(outputs[0] ?? '')?.value;
    return value ? value[0] !== 0 : null;
  };
  const steps = runner.steps.length;
  const laidOut = trips !== null && layable(runner, iteration, trips) && unroll(runner, iteration, trips, goesOn);
  if (!laidOut) runner.steps.length = steps;
  // A condition that the body computes may end the loop before its limit.
  if (!laidOut) runOnce(runner, iteration, trips !== null && keepsRunning(body) ? trips : null);
  return true;
}

function tripCount(runner: Runner, limit: string, condition: string): number | null {
  const most = limit === '' ? undefined : runner.tensors.get(limit)?.value?.[0];
  const starts = condition === '' ? 1 : runner.tensors.get(condition)?.value?.[0];
  if (starts === 0) return 0;
  return starts === undefined || most === undefined || !Number.isSafeInteger(most) ? null : Math.max(0, most);
}

/** Whether the body hands its condition on as it is: exporters write a plain count so. */
function keepsRunning(body: ReturnType<typeof subgraph>): boolean {
  const [out] = body.outputs;
  const [, condition] = body.inputs;
  const made = body.nodes.find(({ outputs }) => outputs.includes(out?.name ?? ''));
  return out?.name === condition?.name || (made?.op === 'Identity' && made.inputs[0] === condition?.name);
}
