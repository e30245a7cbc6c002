import rateLimit from '@fastify/rate-limit';
import fp from 'fastify-plugin';
import type { Config } from '../config.ts';
import { Fault } from '../core/fault.ts';

const MINUTE_MS = 60_000;

/**
 * So many requests from one address in a minute, whatever they ask for: those that find nothing and those whose token is
 * wrong count as well, so that nobody tries them all. Probes and metrics do not.
 */
export const rate = fp(async (app, { config }: { config: Config }) => {
  const { ratePerMinute } = config.edge;
  if (ratePerMinute === 0) return;
  await app.register(rateLimit, { global: false, max: ratePerMinute, timeWindow: MINUTE_MS });
  const count = app.createRateLimit();
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config?.unhurried) return;
    const counted = await count(request);
    if (counted.isAllowed || !counted.isExceeded) return;
    reply.header('retry-after', counted.ttlInSeconds);
    throw new Fault('rate-limited', `an address may send ${ratePerMinute} requests in a minute: try again in ${counted.ttlInSeconds} s`);
  });
});
