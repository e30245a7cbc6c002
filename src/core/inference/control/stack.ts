import type { Count } from '../../count.ts';
import type { Node } from '../../graph.ts';
import type { Runner } from '../runner.ts';

/** Output `k` of a node that collects what its iterations gave along a new axis. */
export interface Stacked {
  readonly node: Node;
  readonly k: number;
  readonly axis: number;
  readonly reverse: boolean;
}

/** Makes the output of Unsqueeze and Concat; of a body that runs once for all iterations, of a stand-in that knows their number. */
export function stackAlong(runner: Runner, { node, k, axis, reverse }: Stacked, values: readonly string[], trips: Count | null): void {
  const output = node.outputs[k] as string;
  const id = `${node.id}/${k}`;
  if (values.length > 0 && trips === values.length) {
    const axes = runner.constant({ name: `${id}/axes`, dtype: 'int64', shape: [1], data: [axis], synthetic: true });
    const columns = values.map((value, at) => {
      runner.add(`${id}/${at}`, 'Unsqueeze', [value, axes], `${id}/row_${at}`);
      return `${id}/row_${at}`;
    });
    runner.add(id, 'Concat', reverse ? columns.reverse() : columns, output, { axis });
    return;
  }
  const [value] = values;
  if (value === undefined) {
    // No iteration says what the rows would be.
    runner.tensors.set(output, { dtype: null, shape: null, value: null, constant: false });
    return;
  }
  const count = typeof trips === 'number' ? { trips } : {};
  runner.add(id, 'fovea.Stack', [value], output, { axis, ...count });
}
