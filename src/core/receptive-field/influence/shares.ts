import type { Inference } from '../../inference/infer.ts';
import { size } from '../../operators/call.ts';
import type { Relation } from '../../operators/operator.ts';
import { linksOf } from '../follow.ts';
import type { Branch } from './flow.ts';
import { readingShare, tapRange, windowOf } from './window.ts';

/**
 * Which share of the channels of an output comes from an input at all: of all positions along those of its axes that no array
 * tells, neither on its side (`told`) nor on that of the input (`moving`).
 */
export function channelShare(call: Inference, { i, k, relation }: Branch, told: readonly number[], moving: readonly number[]): number {
  return linksOf(relation).reduce((share, link, axis) => {
    if (!link || told.includes(axis) || moving.includes(link.input)) return share;
    const [input, output] = [call.inputs[i]?.shape?.[link.input] ?? null, call.outputs[k]?.shape?.[axis] ?? null];
    const map = windowOf(link.map, input, output);
    return map ? share * readingShare(map, size(output), size(input)) : share;
  }, 1);
}

/** What happens along axes of the source that are summed over. */
export interface Beside {
  /** Paths from each output position; null where they are not alike at all positions. */
  readonly paths: number | null;
  /** Whether every output position reads something. */
  readonly reads: boolean;
}

/** How the given axes of an input are read, as one. */
export function besideAlong(relation: Relation, axes: readonly number[]): Beside {
  const links = linksOf(relation);
  let [paths, reads]: [number | null, boolean] = [1, true];
  for (const axis of links.length === 0 ? [] : axes) {
    const map = links.find((link) => link?.input === axis)?.map;
    if (map?.kind === 'periodic' || map?.kind === 'table') {
      const [least, most] = tapRange(map);
      paths = paths === null || least < most ? null : paths * most;
      reads &&= least > 0;
    } else if (map?.kind !== 'each') paths = null;
  }
  return { paths, reads };
}
