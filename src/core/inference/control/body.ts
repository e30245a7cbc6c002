import { Fault } from '../../fault.ts';
import type { Attribute, Graph, Node } from '../../graph.ts';
import type { Runner } from '../runner.ts';
import type { Scope } from '../scope.ts';

/** The subgraph that a control-flow node must have under this name. */
export function subgraph(node: Node, name: string): Graph {
  const value: Attribute | undefined = node.attributes.get(name);
  if (typeof value === 'object' && 'nodes' in value) return value;
  throw new Fault('malformed-node', `${node.op} '${node.id}': attribute ${name} must be a graph`, { node: node.id });
}

/**
 * Runs a subgraph and gives the flat names of its outputs. What nodes of Constant make is the same in every run, so
 * `common` (a path for them and for the initializers) makes it one tensor over all runs.
 */
export function runBody(runner: Runner, body: Graph, outer: Scope, path: string, inputs: readonly string[], common: string): string[] {
  const shared = outer.sharedPath(common);
  const given = new Map(body.inputs.map(({ name }, i): [string, string] => [name, inputs[i] ?? `${path}/${name}`]));
  for (const name of body.constants.keys()) given.set(name, `${shared}/${name}`);
  const [constants, others] = split(body);
  for (const { outputs } of constants) for (const name of outputs) given.set(name, `${shared}/${name}`);
  const scope = outer.inner(path, shared, body, given);
  runner.declare(body, scope);
  for (const node of constants) {
    runner.once({ ...scope.flat(node), id: `${shared}/${node.id}` }, scope);
  }
  runner.run({ ...body, nodes: others }, scope);
  return body.outputs.map(({ name }) => scope.resolve(name));
}

function split(body: Graph): [Node[], Node[]] {
  const constants = body.nodes.filter(({ op }) => op === 'Constant');
  return [constants, body.nodes.filter(({ op }) => op !== 'Constant')];
}
