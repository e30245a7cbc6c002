import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import { Fault } from '../../core/fault.ts';

/** How many fields the answer to one request may still have; rows that are read for it count as well. */
export interface Allowance {
  left: number;
}

/** Takes so much off. Fault: `analysis-too-large`. */
export function spend(allowance: Allowance, amount: number): void {
  allowance.left -= amount;
  if (allowance.left < 0)
    throw new Fault('analysis-too-large', 'the answer has too many fields: ask for fewer at a time, or take it through REST');
}

/**
 * Takes the fields of an answer off the allowance before they are handed to GraphQL: before the analysis, the rule of cost
 * could only assume how long the lists are. Fault: `analysis-too-large`.
 */
export function take(allowance: Allowance, answer: unknown, { fieldNodes, fragments }: GraphQLResolveInfo): void {
  function rows(value: unknown, selections: SelectionSetNode): void {
    if (Array.isArray(value)) for (const item of value) rows(item, selections);
    else if (typeof value === 'object' && value !== null) fields(value as Readonly<Record<string, unknown>>, selections);
  }

  function fields(value: Readonly<Record<string, unknown>>, { selections }: SelectionSetNode): void {
    spend(allowance, selections.length);
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        if (selection.selectionSet) rows(value[selection.name.value], selection.selectionSet);
        continue;
      }
      const set = selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments[selection.name.value]?.selectionSet;
      if (set) fields(value, set);
    }
  }

  for (const { selectionSet } of fieldNodes) if (selectionSet) rows(answer, selectionSet);
}
