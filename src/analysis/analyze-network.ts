import { analyze } from '../core/analyze.ts';
import type { Network } from '../core/graph.ts';
import type { AnalyzeOptions } from '../core/options.ts';
import type { Report } from '../core/report.ts';

/** The report on a network: the one way to it for both transports. Asynchronous, because it need not happen in this thread. */
export async function analyzeNetwork(network: Network, options: AnalyzeOptions): Promise<Report> {
  return analyze(network, options);
}
