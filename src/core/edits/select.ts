import type { Fault } from '../fault.ts';
import type { Node } from '../graph.ts';
import type { Draft } from './draft.ts';
import { asRefusal, refuse } from './refusal.ts';

/** `; did you mean "x"?` for a name that is not known, or nothing. */
export type Suggest = (name: string, known: Iterable<string>) => string;

/** Layers that an edit names, and whether by their ids or by a pattern, of which only those are meant that the edit fits. */
export interface Selection {
  readonly named: string;
  readonly exact: boolean;
  readonly nodes: readonly Node[];
}

/** The layers that ids or patterns (`*` in an id, or `op:` and an operator) name. */
export function selectLayers(draft: Draft, layer: string | readonly string[], suggest: Suggest): Selection[] {
  return (typeof layer === 'string' ? [layer] : layer).map((named): Selection => {
    const node = draft.node(named);
    if (node) return { named, exact: true, nodes: [node] };
    const { nodes } = draft;
    if (!named.startsWith('op:') && !named.includes('*')) {
      const inside = draft.trace.calls.some((call) => call.node.id === named);
      if (inside) refuse(`the layer '${named}' lies inside a loop or a branch, which edits leave alone`);
      refuse(
        `there is no layer '${named}'${suggest(
          named,
          nodes.map(({ id }) => id),
        )}`,
      );
    }
    const glob = named.startsWith('op:') ? named.slice('op:'.length) : named;
    const found = nodes.filter(({ id, op }) => matches(glob, named.startsWith('op:') ? op : id));
    if (found.length === 0) refuse(`no layer matches '${named}'`);
    return { named, exact: false, nodes: found };
  });
}

/** Does something to every layer that is named. A pattern passes over layers that the edit does not fit, if it fits one of them. */
export function forEachLayer(draft: Draft, layer: string | readonly string[], suggest: Suggest, change: (node: Node) => void): void {
  for (const { named, exact, nodes } of selectLayers(draft, layer, suggest)) {
    let changed = 0;
    let refused: Fault | undefined;
    for (const { id } of nodes) {
      const node = draft.node(id);
      if (!node) continue;
      try {
        change(node);
        draft.touched.add(id);
        changed += 1;
      } catch (error) {
        const fault = asRefusal(error);
        if (exact) throw fault;
        refused ??= fault;
      }
    }
    if (changed === 0) refuse(`it fits none of the ${nodes.length} layers that '${named}' names: ${refused?.message}`);
  }
}

/** Whether a text is what a pattern says, in which `*` stands for any text. Takes linear time for each `*`. */
function matches(glob: string, text: string): boolean {
  const [head = '', ...rest] = glob.split('*');
  const tail = rest.pop();
  if (tail === undefined) return glob === text;
  if (text.length < head.length + tail.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
  const end = text.length - tail.length;
  let from = head.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}
