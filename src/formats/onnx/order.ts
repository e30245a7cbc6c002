import { Fault } from '../../core/fault.ts';
import type { Node } from '../../core/graph.ts';

/** A node and the names that the graphs within it take from around them. */
export interface Placed<N> {
  readonly node: N;
  readonly captures: ReadonlySet<string> | null;
}

/** Nodes in an order in which values are produced before they are read, and the names that nothing produces. */
export interface Ordered<N> {
  readonly nodes: N[];
  /** With the first node that reads each. */
  readonly missing: ReadonlyMap<string, N>;
  readonly producers: ReadonlyMap<string, Placed<N> | null>;
}

type Named = Pick<Node, 'id' | 'inputs' | 'outputs'>;

/** What has to be there before a node; the empty name is an input that was left out. */
function needs<N extends Named>({ node, captures }: Placed<N>): readonly string[] {
  return captures ? [...node.inputs, ...captures] : node.inputs;
}

/**
 * Sorts nodes topologically. An order that is already right is kept; else each node comes as soon as its turn in the
 * file allows, after what it needs. `given` are the values that the graph starts with. Faults: `duplicate-value`,
 * `cyclic-graph`.
 */
export function inOrder<N extends Named>(placed: readonly Placed<N>[], given: Iterable<string>): Ordered<N> {
  const producers = new Map<string, Placed<N> | null>();
  for (const name of given) produce(producers, name, null);
  let sorted = true;
  const missing = new Map<string, N>();
  for (const item of placed) {
    for (const name of needs(item)) if (name !== '' && !producers.has(name)) missing.set(name, missing.get(name) ?? item.node);
    for (const name of item.node.outputs) {
      if (name === '') continue;
      produce(producers, name, item);
      if (missing.size > 0 && missing.delete(name)) sorted = false;
    }
  }
  return { nodes: sorted ? placed.map((item) => item.node) : sort(placed, producers), missing, producers };
}

function produce<N extends Named>(producers: Map<string, Placed<N> | null>, name: string, item: Placed<N> | null): void {
  const before = producers.size;
  if (producers.set(name, item).size === before) {
    const node = item?.node.id;
    const message = `the value '${name}' is produced twice${node === undefined ? '' : `, the second time by node '${node}'`}`;
    throw new Fault('duplicate-value', message, node === undefined ? {} : { node });
  }
}

/** Depth first, without recursion: graphs may be hundreds of thousands of nodes deep. */
function sort<N extends Named>(placed: readonly Placed<N>[], producers: ReadonlyMap<string, Placed<N> | null>): N[] {
  const nodes: N[] = [];
  const state = new Map<Placed<N>, 'open' | 'done'>();
  const stack: { item: Placed<N>; needs: readonly string[]; next: number }[] = [];
  const open = (item: Placed<N>): void => {
    state.set(item, 'open');
    stack.push({ item, needs: needs(item), next: 0 });
  };
  for (const start of placed) {
    if (!state.has(start)) open(start);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const name = top.needs[top.next++];
      const need = name === undefined ? null : producers.get(name);
      if (name === undefined) {
        state.set(top.item, 'done');
        nodes.push(top.item.node);
        stack.pop();
      } else if (need && state.get(need) === 'open') {
        const node = top.item.node.id;
        throw new Fault('cyclic-graph', `node '${node}' reads '${name}', which depends on its own output`, { node });
      } else if (need && !state.has(need)) open(need);
    }
  }
  return nodes;
}
