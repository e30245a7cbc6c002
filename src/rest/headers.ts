import cors from '@fastify/cors';
import fp from 'fastify-plugin';
import type { Config } from '../config.ts';

/** What a page of another origin may see of an answer. */
const EXPOSED = ['etag', 'link', 'location', 'retry-after', 'x-fovea-status', 'x-request-id'];

/**
 * Those of helmet that mean something for answers that are data; pages and figures say themselves what they need. Whether
 * there is TLS, and so Strict-Transport-Security, is known to the proxy that has it.
 */
export const ALWAYS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  // Figures may stand in anybody's page, as <img>.
  'cross-origin-resource-policy': 'cross-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Headers that tell browsers what they may do with an answer, and which pages may ask. */
export const headers = fp(async (app, { config }: { config: Config }) => {
  const { corsOrigins } = config.edge;
  if (corsOrigins.length > 0) {
    const [only] = corsOrigins;
    await app.register(cors, {
      origin: only === '*' ? '*' : [...corsOrigins],
      methods: ['GET', 'HEAD', 'POST', 'DELETE'],
      allowedHeaders: ['authorization', 'content-type', 'if-none-match', 'x-request-id'],
      exposedHeaders: EXPOSED,
      maxAge: 600,
      // A preflight that names no method is a question like any other, and is told which methods there are.
      strictPreflight: false,
    });
  }
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(ALWAYS);
  });
});
