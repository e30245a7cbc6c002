/**
 * What the place of a field is not sure by: window `by` lies x further than its numbers say, x unknown in 0 .. `most` (Infinity
 * where nothing bounds it), and with each of them the field lies `step` positions of the source further.
 */
export interface Drift {
  readonly by: string;
  readonly step: number;
  readonly most: number;
}

export const NO_DRIFT: readonly Drift[] = Object.freeze([]);

const NO_DIFFERENCE = [0, 0] as const;

/**
 * The least and the most that a field of drift `b` can lie further than one of drift `a`, beside what their numbers say. A window
 * that both went through drifts with both, so that only the difference of its steps counts.
 */
export function driftBetween(a: readonly Drift[], b: readonly Drift[]): readonly [number, number] {
  if (a === b) return NO_DIFFERENCE;
  const steps = new Map<string, { step: number; readonly most: number }>();
  for (const { by, step, most } of b) steps.set(by, { step: step + (steps.get(by)?.step ?? 0), most });
  for (const { by, step, most } of a) steps.set(by, { step: (steps.get(by)?.step ?? 0) - step, most });
  let least = 0;
  let greatest = 0;
  for (const { step, most } of steps.values()) {
    if (step < 0) least += step * most;
    if (step > 0) greatest += step * most;
  }
  return [least, greatest];
}
