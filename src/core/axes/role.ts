/**
 * What an axis of a tensor is for: 'N' batch, 'C' channels or a part of them, and positions: 'D' 'H' 'W' 'T', or 'S' where
 * they have no name. Reshapes make further ones: 'P' is a part of an axis of positions (a window, a row of windows) or several
 * of them, 'B' the batch with positions behind it, 'M' channels with positions, or one of the two.
 */
export type Role = 'N' | 'B' | 'C' | 'M' | 'P' | 'S' | 'D' | 'H' | 'W' | 'T';

/** One entry per axis; undefined where nothing is known. */
export type Roles = readonly (Role | undefined)[];

const POSITIONS: ReadonlySet<Role | undefined> = new Set<Role>(['P', 'S', 'B', 'D', 'H', 'W', 'T']);

/** Whether an axis has positions, which a receptive field moves along. */
export function hasPositions(role: Role | undefined): boolean {
  return POSITIONS.has(role);
}

/** Whether a role is the name of an axis of positions. */
export function isNamed(role: Role | undefined): boolean {
  return hasPositions(role) && role !== 'P' && role !== 'S' && role !== 'B';
}

/**
 * One role of an axis by two witnesses, of which the first comes first where both name it. Positions win over batch and
 * channels: an axis that a window slides along somewhere is worth following, whoever else takes it for channels.
 */
export function reconcile(first: Role | undefined, second: Role | undefined): Role | undefined {
  if (first === undefined || second === undefined || first === second) return first ?? second;
  if (first === 'M' || second === 'M') return first === 'M' ? second : first;
  if (hasPositions(first) !== hasPositions(second)) return hasPositions(first) ? first : second;
  return isNamed(second) && !isNamed(first) ? second : first;
}

/** The role of one axis that holds several, outermost first. */
export function pack(roles: Roles): Role | undefined {
  if (roles.length === 1) return roles[0];
  if (roles.includes(undefined)) return undefined;
  if (roles.every((role) => role === 'N')) return 'N';
  if (roles.includes('M')) return 'M';
  if (roles.includes('C')) return roles.some(hasPositions) ? 'M' : 'C';
  if (roles.includes('N') || roles.includes('B')) return 'B';
  return roles.includes('P') ? 'P' : 'T';
}

/**
 * Roles of the axes that one axis was taken apart into. `back` says that they were there first and it was packed of them, be it
 * of channels (a group of them and their positions as one row) or of positions alone.
 */
export function split(role: Role | undefined, count: number, back: boolean): Roles {
  const part = PARTS[role ?? 'N'];
  const rest = back && part ? 'M' : part;
  return Array.from({ length: count }, (_, at) => (at === 0 && (role === 'N' || role === 'B') ? 'N' : rest));
}

/** What a part of an axis is. Tokens come apart into whole axes. */
const PARTS: Readonly<Record<Role, Role | undefined>> = {
  N: undefined,
  B: 'P',
  C: 'C',
  M: 'M',
  P: 'P',
  S: 'P',
  D: 'P',
  H: 'P',
  W: 'P',
  T: 'S',
};

/** The role of each of several axes that hold several others, in another way. */
export function mix(roles: Roles): Role | undefined {
  if (roles.includes(undefined)) return undefined;
  if (roles.every((role) => role === 'C' || role === 'N')) return 'C';
  if (roles.every(hasPositions)) return roles.includes('B') ? undefined : 'P';
  return roles.includes('N') || roles.includes('B') ? undefined : 'M';
}
