import compress from '@fastify/compress';
import fp from 'fastify-plugin';
import type { Config } from '../config.ts';

/** Smaller answers fit into one packet or two as they are. */
const MIN_BYTES = 2048;
/** Up to this size the event loop compresses at once; larger answers are compressed by threads of Node. */
const MAX_BYTES_AT_ONCE = 32 * 1024;

/**
 * Compresses answers for clients that take it. The tag of a document names its bytes as they are, so that of a
 * compressed one is weak (RFC 9110, 8.8.3.3).
 */
export const compression = fp(async (app, { config }: { config: Config }) => {
  if (!config.edge.compress) return;
  await app.register(compress, {
    encodings: ['br', 'gzip'],
    threshold: MIN_BYTES,
    syncThreshold: MAX_BYTES_AT_ONCE,
    globalDecompression: false,
  });
  app.addHook('onRoute', (route) => {
    route.onSend = [
      ...[route.onSend ?? []].flat(),
      async (_request, reply) => {
        if (!reply.hasHeader('content-encoding')) return;
        reply.header('vary', withoutRepeats(String(reply.getHeader('vary'))));
        const tag = reply.getHeader('etag');
        if (typeof tag === 'string' && tag.startsWith('"')) reply.header('etag', `W/${tag}`);
      },
    ];
  });
});

/** Names of headers have no case, which the plugin does not know. */
function withoutRepeats(names: string): string {
  const all = names.split(',').map((name) => name.trim());
  return all.filter((name, i) => all.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === i).join(', ');
}
