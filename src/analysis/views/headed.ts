import { aboutNetwork } from '../../core/analyze.ts';
import type { Network } from '../../core/graph.ts';
import type { Report } from '../../core/report.ts';
import { VERSION } from '../../core/version.ts';

/** An answer of the core, with what every answer begins with. */
export function headed<A extends object>(network: Network, answer: A): Pick<Report, 'network' | 'engine'> & A {
  return { network: aboutNetwork(network), engine: { name: 'fovea', version: VERSION }, ...answer };
}
