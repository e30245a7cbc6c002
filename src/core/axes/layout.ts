import { isFloat } from '../graph.ts';
import type { Tensor } from '../operators/operator.ts';
import { hasPositions, isNamed, type Role, type Roles } from './role.ts';

/** The layouts that exporters use for a rank, the usual one first. */
const LAYOUTS: Readonly<Record<number, readonly string[]>> = {
  2: ['NC', 'NT', 'TC'],
  3: ['NTC', 'NCT', 'TNC'],
  4: ['NCHW', 'NHWC'],
  5: ['NCDHW', 'NDHWC', 'NTCHW'],
};

/** Rows of indices, as a language model reads them. */
const INDICES = ['NT', 'NC', 'TC'];

type Typed = Pick<Tensor, 'shape' | 'dtype'>;

/**
 * Names of a tensor's axes: 'N' 'C' 'D' 'H' 'W' 'T', or the axis index. What is known of them decides, and for the others
 * the first layout of the rank that agrees with it. 'N' and 'C' may stand on several axes, other names stand on one: an
 * axis of positions that would repeat a name is named by its index.
 */
export function namesOf(roles: Roles, tensor: Typed): readonly string[] {
  const layout = roles.every((role) => role === 'N' || role === 'C' || isNamed(role)) ? undefined : layoutOf(roles, tensor);
  const once = (role: Role | undefined) => isNamed(role) && roles.indexOf(role) === roles.lastIndexOf(role);
  return roles.map((role, axis) => {
    if (role === 'N' || role === 'C' || once(role)) return role as string;
    const letter = layout?.[axis] as Role | undefined;
    const free = letter !== undefined && role !== 'B' && role !== 'P' && !isNamed(role) && !(isNamed(letter) && roles.includes(letter));
    return free ? letter : String(axis);
  });
}

/** Names of the axes of a tensor of which nothing but its type is known. */
export function namesByRank(tensor: Typed): readonly string[] {
  return namesOf(Array((tensor.shape ?? []).length).fill(undefined), tensor);
}

/** The roles of a tensor, those that are not known by the first layout of the rank that agrees with the others. */
export function filled(roles: Roles, tensor: Typed): Roles {
  return namesOf(roles, tensor).map((name, axis) => (isRole(name) ? name : (roles[axis] ?? 'S')));
}

const isRole = (name: string): name is Role => /^[NCDHWT]$/.test(name);

function layoutOf(roles: Roles, { dtype }: Typed): string | undefined {
  const rank = roles.length;
  const rows = rank === 2 && dtype !== null && !isFloat(dtype);
  const fitting = (rows ? INDICES : LAYOUTS[rank])?.find((layout) => roles.every((role, axis) => fits(role, layout[axis] as Role)));
  if (fitting !== undefined || rank < 2) return fitting;
  return roles[0] === undefined && !roles.includes('N') && !roles.includes('B') ? 'N' : undefined;
}

function fits(role: Role | undefined, letter: Role): boolean {
  if (role === undefined) return true;
  if (role === 'M') return letter !== 'N';
  if (role === 'B') return letter === 'N';
  return hasPositions(role) ? hasPositions(letter) : role === letter;
}
