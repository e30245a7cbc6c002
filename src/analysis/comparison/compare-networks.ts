import { conventionOf } from '../../core/cost/conventions/index.ts';
import { Fault } from '../../core/fault.ts';
import type { AnalyzeOptions } from '../../core/options.ts';
import type { Reading } from '../reading.ts';
import type { JsonSource } from '../source.ts';
import { type Comparison, comparisonOf } from './comparison.ts';
import type { Summary } from './summary.ts';

/** A comparison is for people to read: more networks than this have no room beside each other. */
export const MOST_NETWORKS = 8;

/**
 * Compares networks, the first with each of the others. They are read one after the other, so that one request never keeps
 * more than one thread. Faults point into the list of networks: `invalid-network` where there are too few or too many, and
 * those of reading and analyzing each.
 */
export async function compareNetworks(
  networks: readonly Pick<JsonSource, 'value' | 'bytes'>[],
  options: AnalyzeOptions,
  read: (source: JsonSource) => Promise<Reading>,
): Promise<Comparison> {
  if (networks.length < 2 || networks.length > MOST_NETWORKS) {
    const message = `from 2 to ${MOST_NETWORKS} networks are compared, and these are ${networks.length}`;
    throw new Fault('invalid-network', message, { pointer: POINTER });
  }
  if (options.convention !== undefined) conventionOf(options.convention);
  const summaries: Summary[] = [];
  for (const [i, { value, bytes }] of networks.entries()) {
    const pointer = `${POINTER}/${i}`;
    try {
      const reading = await read({ kind: 'json', value, pointer, bytes });
      summaries.push(await reading.ask({ kind: 'summary', options }));
    } catch (error) {
      throw error instanceof Fault ? new Fault(error.code, error.message, { pointer, ...error.spot }) : error;
    }
  }
  return comparisonOf(summaries as [Summary, ...Summary[]]);
}

const POINTER = '/networks';
