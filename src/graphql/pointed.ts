import { Fault } from '../core/fault.ts';

/** What is wrong with an argument, and not with the service. */
const OF_ARGUMENTS = new Set(['invalid-option', 'invalid-ref', 'network-not-found']);

/** Runs what an argument is for, so that a fault of that argument points at it. */
export async function pointed<T>(pointer: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Fault && OF_ARGUMENTS.has(error.code))) throw error;
    throw new Fault(error.code, error.message, { ...error.spot, pointer: pointer + (error.spot.pointer ?? '') });
  }
}
