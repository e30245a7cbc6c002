import type { ServerResponse } from 'node:http';

/** Aborts when the client of an answer goes away; the caller aborts it once the answer is there, so that nothing is left waiting. */
export function abandonment(response: ServerResponse): AbortController {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller;
}
