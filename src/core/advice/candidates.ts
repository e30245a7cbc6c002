import type { Draft } from '../edits/draft.ts';
import { type Edit, editKinds } from '../edits/index.ts';
import type { Aim, EditKind } from '../edits/kind.ts';
import { asRefusal } from '../edits/refusal.ts';
import type { Node } from '../graph.ts';
import { fieldsFrom } from '../receptive-field/fields.ts';
import type { Source } from '../receptive-field/propagate.ts';
import { summarize } from '../receptive-field/summary.ts';
import type { FieldAxis } from '../report.ts';

/** What advice is about: units of one tensor, one axis of one input, and how much of it they should see. */
export interface Aimed {
  readonly tensor: string;
  /** The input, with just the axis that is meant. */
  readonly source: Source;
  readonly size: number;
}

/** Edits of single layers before the target that may help, in the order of the layers. */
export function candidatesFor(draft: Draft, { tensor, source, size }: Aimed, field: number | null): readonly Edit[] {
  const fields = fieldsFrom(draft.trace, source);
  const before = ancestors(draft, tensor);
  return draft.nodes.flatMap((node) => {
    if (!before.has(node)) return [];
    const read = node.inputs[0] ?? '';
    const seen = fields.get(read);
    const axis = seen && summarize([seen], draft.tensor(read).shape)[0]?.axes[0];
    if (!axis || axis.outputAxis === null || axis.outputAxis < 2) return [];
    const aim: Aim = { node, axis: axis.outputAxis - 2, jump: jumpOf(axis), missing: field === null ? 0 : size - field };
    return editKinds().flatMap((kind) => proposals(kind, draft, aim));
  });
}

const jumpOf = ({ stride, local }: FieldAxis): number | null => local.stride ?? stride;

/** What a kind proposes for a layer; nothing for one that it does not fit. */
function proposals(kind: EditKind, draft: Draft, aim: Aim): readonly Edit[] {
  try {
    // Kinds propose records of their own, which the registry does not tell the compiler.
    return kind.propose(draft, aim) as unknown as readonly Edit[];
  } catch (error) {
    asRefusal(error);
    return [];
  }
}

/** The nodes that a tensor depends on. */
function ancestors(draft: Draft, tensor: string): ReadonlySet<Node> {
  const found = new Set<Node>();
  const pending = [tensor];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const maker = draft.maker(name);
    if (!maker || found.has(maker)) continue;
    found.add(maker);
    pending.push(...maker.inputs);
  }
  return found;
}
