import type { IncomingMessage } from 'node:http';
import fp from 'fastify-plugin';

/** How much of a refused body is still taken in, and for how long. */
const LINGER_BYTES = 64 * 1024 * 1024;
const LINGER_MS = 5_000;

/**
 * A client that is answered before it has sent its whole body often reads the answer only after the body: were the
 * connection closed at once, it would see a reset and no answer. So the rest of the body is taken in and dropped, up to
 * a bound.
 */
export const linger = fp(async (app) => {
  app.addHook('onResponse', async (request) => {
    if (request.raw.complete === false && !request.raw.destroyed) drop(request.raw);
  });
});

function drop(body: IncomingMessage): void {
  let bytes = 0;
  const timer = setTimeout(() => body.destroy(), LINGER_MS).unref();
  body.unpipe();
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) body.destroy();
  });
  body.on('error', () => {});
  body.once('close', () => clearTimeout(timer));
  body.resume();
}
