import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import fp from 'fastify-plugin';
import type { Config } from '../config.ts';

/** What a page of another origin may see of an answer. */
const EXPOSED = ['etag', 'retry-after', 'x-fovea-status', 'x-request-id'];

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
  await app.register(helmet, {
    // Data is not a page: pages and figures say themselves what they need.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    // Figures may stand in anybody's page, as <img>.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // Whether there is TLS is known to the proxy that has it.
    strictTransportSecurity: false,
  });
});
