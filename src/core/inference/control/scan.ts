import type { Attribute, Node } from '../../graph.ts';
import type { Runner } from '../runner.ts';
import type { Scope } from '../scope.ts';
import { subgraph } from './body.ts';
import { type Iteration, layable, runOnce, unroll } from './iteration.ts';
import { stackAlong } from './stack.ts';

/** Scan: its body over the slices of its scan inputs, as Loop does over a count. Source: ONNX Scan (9 and later). */
export function scan(runner: Runner, node: Node, scope: Scope): boolean {
  const body = subgraph(node, 'body');
  const count = Number(node.attributes.get('num_scan_inputs') ?? 0);
  const states = node.inputs.length - count;
  if (!(Number.isInteger(count) && count >= 1 && states >= 0)) return false;
  const scanned = node.inputs.slice(states);
  const rankOf = (name: string) => runner.tensors.get(name)?.shape?.length ?? 0;
  const axes = scanned.map((name, i) => {
    const axis = listed(node, 'scan_input_axes')[i] ?? 0;
    return axis < 0 ? axis + rankOf(name) : axis;
  });
  const backwards = listed(node, 'scan_input_directions');
  const dims = scanned.map((name, i) => runner.tensors.get(name)?.shape?.[axes[i] as number]);
  const length = dims.find((dim) => typeof dim === 'number') ?? null;
  const slice = (i: number, at: number | null): string => {
    const path = `${node.id}/${at ?? 'each'}/slice_${i}`;
    const index = `${path}/index`;
    if (at === null || length === null) runner.tensors.set(index, { dtype: 'int64', shape: [], value: null, constant: true });
    else runner.constant({ name: index, dtype: 'int64', shape: [], data: [backwards[i] === 1 ? length - 1 - at : at], synthetic: true });
    runner.add(path, 'Gather', [scanned[i] as string, index], path, { axis: axes[i] as number });
    return path;
  };
  const iteration: Iteration = {
    node,
    body,
    scope,
    initial: node.inputs.slice(0, states),
    skip: 0,
    inputs: (at, carried) => [...carried, ...scanned.map((_, i) => slice(i, at))],
    stack: (k, values, trips) => {
      const axis = listed(node, 'scan_output_axes')[k - states] ?? 0;
      const reverse = listed(node, 'scan_output_directions')[k - states] === 1;
      stackAlong(runner, { node, k, axis, reverse }, values, trips);
    },
  };
  if (length === null || !layable(runner, iteration, length) || !unroll(runner, iteration, length, () => true))
    runOnce(runner, iteration, length);
  return true;
}

function listed(node: Node, name: string): readonly number[] {
  const value: Attribute | undefined = node.attributes.get(name);
  return Array.isArray(value) ? value.map(Number) : [];
}
