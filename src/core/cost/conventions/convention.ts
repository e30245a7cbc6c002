import type { Count } from '../../count.ts';
import type { Node } from '../../graph.ts';
import type { Call } from '../../operators/operator.ts';
import type { Primitives } from '../counters.ts';

/** One call as a convention sees it: its operator, tensors and primitives, and who made what it reads. */
export interface Counted {
  readonly call: Call;
  /** Of one run of the call. */
  readonly operations: Primitives;
  /** The node that makes a tensor; null for inputs of the network and weights. Exporters split some modules into several nodes. */
  maker(tensor: string): Node | null;
}

/** The figure of one call; 0 where it is left out, null where a size that decides it is unknown. */
export type Rule = (counted: Counted) => Count | null;

/** How a tool, or a field, turns calls into its one figure: a table, which knows nothing of graphs. */
export interface Convention {
  /** With a version behind an @ where the figures are those of that version of a tool, mistakes and all. */
  readonly id: string;
  /** Of the tool whose rules these are, or of the rules themselves. */
  readonly version: string;
  readonly unit: 'MAC' | 'FLOP';
  readonly summary: string;
  /** Where the rules are stated. */
  readonly source: string;
  /** What it does otherwise than the tool, or where the tool is wrong. */
  readonly note?: string;
  /** Rules by operator. */
  readonly rules: ReadonlyMap<string, Rule>;
  /** The rule of every other operator. */
  readonly otherwise: Rule;
}

interface Table extends Omit<Convention, 'rules'> {
  readonly rules?: Readonly<Record<string, Rule>>;
}

/** A convention whose rules are written as a table. */
export function defineConvention({ rules = {}, ...rest }: Table): Convention {
  return { ...rest, rules: new Map(Object.entries(rules)) };
}

/** A convention with some rules replaced. */
export function variant(base: Convention, { rules = {}, ...rest }: Partial<Table> & Pick<Table, 'id' | 'version' | 'note'>): Convention {
  return { ...base, ...rest, rules: new Map([...base.rules, ...Object.entries(rules)]) };
}
