import { Fault } from '../../core/fault.ts';
import { faultData } from '../fault-data.ts';
import { answer } from '../question.ts';
import { readSource } from '../source.ts';
import type { Done, Job } from './job.ts';

/** Does one job: reads the network and answers the question. Runs in a thread of the pool. */
export async function serve({ source, question, limits }: Job): Promise<Done> {
  try {
    const network = await readSource(source, limits);
    return { answer: answer(network, question), format: network.format };
  } catch (error) {
    if (error instanceof Fault) return { fault: faultData(error) };
    throw error;
  }
}
