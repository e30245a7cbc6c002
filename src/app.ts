import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import { graphql } from './graphql/plugin.ts';
import { access } from './rest/access.ts';
import { analyst } from './rest/analyst.ts';
import { catalogRoutes } from './rest/catalog.ts';
import { collectionRoutes } from './rest/collection.ts';
import { compression } from './rest/compression.ts';
import { docs, openapi } from './rest/docs.ts';
import { ALWAYS, headers } from './rest/headers.ts';
import { home } from './rest/home.ts';
import { keepRoute } from './rest/keep.ts';
import { linger } from './rest/linger.ts';
import { type LogStream, logger } from './rest/log.ts';
import { metrics } from './rest/metrics.ts';
import { networkRoutes } from './rest/networks.ts';
import { notFound } from './rest/not-found.ts';
import { pressure } from './rest/pressure.ts';
import { probes } from './rest/probes.ts';
import { answerGarbage, sendError } from './rest/problem.ts';
import { rate } from './rest/rate.ts';
import { shutdown } from './rest/shutdown.ts';
import { store } from './rest/store.ts';
import { viewRoutes } from './rest/views.ts';

export type { LogStream };

/** How often Node looks for requests that took too long to arrive; by itself only every 30 s, whatever their time is. */
const CHECKED_EVERY_MS = 5_000;

/** Builds the service. It listens to nothing yet: tests inject requests, and `server.ts` listens. */
export async function buildApp(config: Config, stream?: LogStream): Promise<FastifyInstance> {
  const { timeouts } = config;
  const app = Fastify({
    logger: logger(config, stream),
    requestIdHeader: false,
    genReqId: (request) => requestId(request.headers['x-request-id']),
    bodyLimit: config.limits.jsonBytes,
    routerOptions: { maxParamLength: 512 },
    requestTimeout: timeouts.requestMs,
    connectionTimeout: timeouts.idleMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    trustProxy: trusted(config.edge.trustProxy),
    http: {
      headersTimeout: timeouts.headersMs,
      // Node compares the two before fastify sets this one.
      requestTimeout: timeouts.requestMs,
      connectionsCheckingInterval: Math.min(timeouts.headersMs, CHECKED_EVERY_MS),
    },
    // Requests that still come in on open connections are answered as any other, and told to close them.
    return503OnClosing: false,
    // No hook runs for a URL that is not one.
    frameworkErrors: (error, request, reply) => {
      reply.headers({ ...ALWAYS, 'x-request-id': request.id });
      sendError(error, request, reply);
    },
    clientErrorHandler: answerGarbage,
  });
  app.setErrorHandler(sendError);
  // Reports are plain data with open schemas, which are for readers: a serializer made from them would drop new fields for little speed.
  app.setSerializerCompiler(() => JSON.stringify);
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });

  await app.register(shutdown, { config });
  await app.register(linger);
  await app.register(headers, { config });
  await app.register(notFound);
  await app.register(metrics, { config });
  await app.register(pressure, { config });
  await app.register(rate, { config });
  await app.register(access, { config });
  await app.register(store, { config });
  await app.register(analyst, { config });
  await app.register(compression, { config });
  await app.register(openapi);
  await app.register(home);
  await app.register(probes);
  await app.register(catalogRoutes);
  await app.register(viewRoutes, { config });
  await app.register(collectionRoutes, { config });
  await app.register(keepRoute, { config });
  await app.register(networkRoutes, { config });
  await app.register(graphql, { config });
  await app.register(docs);
  return app;
}

/** A client's own id, where it is fit to be written into logs and headers. */
function requestId(given: string | readonly string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:/+=-]{1,128}$/.test(given) ? given : randomUUID();
}

/** Which hops between the client and this service are proxies of its operator. */
function trusted(proxies: Config['edge']['trustProxy']): boolean | string[] | ((address: string, hop: number) => boolean) {
  if (typeof proxies === 'boolean') return proxies;
  return typeof proxies === 'number' ? (_address, hop) => hop < proxies : [...proxies];
}
