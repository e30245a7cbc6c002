import type { Call, Operator, Relation } from './operator.ts';

/** The node as another operator sees it, whose input j stands in slot `slots[j]` of this one. */
export function seenAs(call: Call, slots: readonly number[]): Call {
  return { ...call, inputs: slots.map((slot) => call.inputs[slot]) };
}

/** How the output of another operator depends on input i of this one; undefined where that operator does not read it. */
export function fieldAs(base: Operator, call: Call, slots: readonly number[], i: number): Relation | undefined {
  const slot = slots.indexOf(i);
  return slot < 0 ? undefined : base.field(seenAs(call, slots), slot, 0);
}
