import type { Node } from '../../graph.ts';
import type { Runner } from '../runner.ts';
import type { Scope } from '../scope.ts';
import { runBody, subgraph } from './body.ts';

/**
 * If: the branch that a known condition picks; else both, with the outputs joined: what their types agree in, and what
 * either sees. Which of the two counts is decided by cost. Source: ONNX If.
 */
export function branch(runner: Runner, node: Node, scope: Scope): boolean {
  const condition = runner.tensors.get(node.inputs[0] ?? '')?.value;
  const enter = (taken: 'then' | 'else') => {
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
  let then: readonly string[] = [];
  let otherwise: readonly string[] = [];
  runner.way({ decision: node.id, taken: 'then' }, () => {
    then = enter('then');
  });
  runner.way({ decision: node.id, taken: 'else' }, () => {
    otherwise = enter('else');
  });
  node.outputs.forEach((name, k) => {
    if (name !== '') runner.add(`${node.id}/${k}`, 'fovea.Join', [then[k] ?? '', otherwise[k] ?? ''], name);
  });
  return true;
}
