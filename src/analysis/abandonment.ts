import type { ServerResponse } from 'node:http';

/** Made once: without a reason of ours, each request would make an error with its stack. */
const OVER = 'nobody waits for the answer any more';

/** Aborts when the client of an answer goes away; the caller calls `over` once the answer is there, so that nothing is left waiting. */
export function abandonment(response: ServerResponse): { readonly signal: AbortSignal; over(): void } {
  const controller = new AbortController();
  const over = () => controller.abort(OVER);
  response.once('close', over);
  return { signal: controller.signal, over };
}
