import type { Fault } from '../../fault.ts';
import type { Node } from '../../graph.ts';
import type { Runner, Way } from '../runner.ts';
import type { Scope } from '../scope.ts';
import { runBody, subgraph } from './body.ts';

/**
 * If: the branch that a known condition picks; else both, with the outputs joined: what their types agree in, and what
 * either sees. Which of the two counts is decided by cost. Source: ONNX If.
 */
export function branch(runner: Runner, node: Node, scope: Scope): boolean {
  const condition = runner.tensors.get(node.inputs[0] ?? '')?.value;
  const enter = (taken: Way['taken']) => {
    const path = `${node.id}/${taken}`;
    return runBody(runner, subgraph(node, `${taken}_branch`), scope, path, [], path);
  };
  if (condition) {
    const values = enter(condition[0] ? 'then' : 'else');
    node.outputs.forEach((name, k) => {
      if (name !== '') runner.add(`${node.id}/${k}`, 'Identity', [values[k] ?? ''], name);
    });
    return true;
  }
  const values = new Map<Way['taken'], readonly string[]>();
  const faults = (['then', 'else'] as const).map((taken) =>
    runner.attempt(() =>
      runner.way({ decision: node.id, taken }, () => {
        values.set(taken, enter(taken));
      }),
    ),
  );
  const [thenFault, elseFault] = faults as [Fault | null, Fault | null];
  if (thenFault && elseFault) throw thenFault;
  if (thenFault || elseFault) warnImpossible(runner, node, thenFault ? 'then' : 'else', (thenFault ?? elseFault) as Fault);
  node.outputs.forEach((name, k) => {
    if (name === '') return;
    const given = [...(thenFault ? [] : [values.get('then')?.[k] ?? '']), ...(elseFault ? [] : [values.get('else')?.[k] ?? ''])];
    runner.add(`${node.id}/${k}`, given.length === 1 ? 'Identity' : 'fovea.Join', given, name);
  });
  return true;
}

/** Exporters guard what only fits some inputs by an If: with these sizes such a branch cannot be the one that runs. */
function warnImpossible(runner: Runner, node: Node, branch: Way['taken'], fault: Fault): void {
  const message = `the ${branch} branch cannot run with these sizes, and the other is taken: ${fault.message}`;
  runner.diagnostics.push({ code: 'impossible-branch', severity: 'warning', message, node: node.id });
}
