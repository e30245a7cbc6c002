import { getHeapStatistics } from 'node:v8';
import underPressure from '@fastify/under-pressure';
import fp from 'fastify-plugin';
import type { Config } from '../config.ts';
import { Fault } from '../core/fault.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a route is answered however much there is to do, as what tells operators how the service does. */
    readonly unhurried?: true;
  }
}

/** Node ends the process when its heap is full, so requests are refused before. */
const SHARE_OF_HEAP = 0.9;

/** Refuses requests while the event loop is late or memory is short; those under way are answered. */
export const pressure = fp(async (app, { config }: { config: Config }) => {
  const { eventLoopMs, rssBytes } = config.pressure;
  await app.register(underPressure, {
    maxEventLoopDelay: eventLoopMs,
    maxRssBytes: rssBytes,
    maxHeapUsedBytes: SHARE_OF_HEAP * getHeapStatistics().heap_size_limit,
    pressureHandler: (request, _reply, type, value) => {
      if (request.routeOptions.config?.unhurried) return;
      request.log.warn({ type, value }, 'too much to do');
      throw new Fault('overloaded', 'this instance has more to do than it has room for: try again in a moment');
    },
  });
});
