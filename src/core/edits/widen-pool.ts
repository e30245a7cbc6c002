import type { Attribute, Node } from '../graph.ts';
import type { Draft } from './draft.ts';
import { carries, dataSlots } from './follows.ts';
import { refuse } from './refusal.ts';

/** Pools over the whole map, or to a size that does not depend on it, and the pools over windows that take their places. */
const WIDE: Readonly<Record<string, string>> = {
  GlobalAveragePool: 'AveragePool',
  GlobalMaxPool: 'MaxPool',
  ReduceMean: 'AveragePool',
  'fovea.AdaptiveAveragePool': 'AveragePool',
  'fovea.AdaptiveMaxPool': 'MaxPool',
};

/** A pool to a size that does not depend on its map, and the windows that it divides the map into now. */
export interface WidePool {
  readonly node: Node;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
}

/**
 * The wide pool that makes a map, behind layers that leave positions alone; null where there is none. Refuses one whose windows
 * are not all of one size.
 */
export function widePoolAt(draft: Draft, last: Node | undefined): WidePool | null {
  let node = last;
  while (node && WIDE[node.op] === undefined) {
    const slots = dataSlots(draft, node);
    if (slots.length !== 1 || carries(draft, node, slots[0] as number) !== 'positions') return null;
    node = draft.maker(node.inputs[slots[0] as number] as string);
  }
  return node && (node.op !== 'ReduceMean' || isOverMap(draft, node)) ? windowsOf(draft, node) : null;
}

function windowsOf(draft: Draft, node: Node): WidePool {
  const { inputs, outputs } = draft.call(node);
  const [before, after] = [inputs[0]?.shape ?? [], outputs[0]?.shape ?? []];
  const counts = before.slice(2).map((_, axis) => (after.length === before.length ? after[axis + 2] : 1));
  const kernel = before.slice(2).map((size, axis) => {
    const count = counts[axis];
    if (typeof size !== 'number' || typeof count !== 'number') return refuse('the size of its map is not known', node);
    return size % count === 0 ? size / count : refuse(`${size} positions do not divide into ${count} windows`, node);
  });
  // One window over all of it slides by one position on larger maps.
  return { node, kernel, strides: counts.every((count) => count === 1) ? kernel.map(() => 1) : kernel };
}

/** Whether a mean is taken over the whole map of each channel, no more and no less. */
function isOverMap(draft: Draft, node: Node): boolean {
  const { inputs, outputs } = draft.call(node);
  const [before, after] = [inputs[0]?.shape ?? [], outputs[0]?.shape ?? []];
  const kept = after[0] === before[0] && after[1] === before[1];
  return kept && (after.length === 2 || (after.length === before.length && after.slice(2).every((size) => size === 1)));
}

/** Gives a wide pool windows of the size that they have now, so that a larger input gives more of them. */
export function widen(draft: Draft, { node, kernel, strides }: WidePool): void {
  const [input = '', output = ''] = [node.inputs[0], node.outputs[0]];
  draft.touched.add(node.id);
  if (kernel.every((size) => size === 1) && !draft.isFixed(output)) {
    draft.rewire(output, input);
    draft.replace(node, []);
    return;
  }
  const attributes = new Map<string, Attribute>([
    ['kernel_shape', kernel],
    ['strides', strides],
    ['pads', [...kernel, ...kernel].map(() => 0)],
  ]);
  draft.replace(node, [{ ...node, op: WIDE[node.op] as string, attributes, inputs: [input] }]);
}
