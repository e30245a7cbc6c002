import type { Role, Roles } from './role.ts';

/** A value whose roles tell some of another one's. */
export interface Hint {
  readonly value: number;
  /** The roles of the other one by those of `value`. */
  tell(roles: Roles): Roles;
}

/** A way to find the roles of values: what is known of one by itself, and of whom to ask for the rest, in order. */
export interface Search {
  begin(value: number): Roles;
  hints(value: number): readonly Hint[];
}

interface Frame {
  readonly roles: (Role | undefined)[];
  readonly hints: readonly Hint[];
  next: number;
}

/** Whether more may be told of an axis: 'M' leaves it open what it is. */
const isOpen = (role: Role | undefined) => role === undefined || role === 'M';

/**
 * The roles of a value, depth first; each axis by the first that tells what it is. What is found on the way is kept in `found`, so
 * that a value is looked at once, and a stack of its own takes graphs of any depth.
 */
export function settle(start: number, search: Search, found: Map<number, Roles>): Roles {
  const settled = found.get(start);
  if (settled) return settled;
  const open = (value: number): Frame => {
    const roles = [...search.begin(value)];
    found.set(value, roles);
    return { roles, hints: roles.some(isOpen) ? search.hints(value) : [], next: 0 };
  };
  const stack = [open(start)];
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const hint = frame.hints[frame.next];
    if (!hint || !frame.roles.some(isOpen)) {
      stack.pop();
      continue;
    }
    const told = found.get(hint.value);
    if (!told) {
      stack.push(open(hint.value));
      continue;
    }
    frame.next += 1;
    for (const [axis, role] of hint.tell(told).entries()) if (isOpen(frame.roles[axis])) frame.roles[axis] = role ?? frame.roles[axis];
  }
  return found.get(start) as Roles;
}
