import fp from 'fastify-plugin';
import type { Config } from '../config.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the service has begun to shut down. */
    readonly closing: boolean;
    /** Says that it is about to: from now on it is not ready, while it still answers all that comes. */
    leave(): void;
  }
}

/** Of the time that requests under way get at shutdown, the part after which no client is waited for that has not sent its request whole. */
const SHARE_OF_GRACE = 0.9;

/**
 * Requests under way at shutdown are answered, and told to close their connection: one that stayed open for a next
 * request would hold up the server until its keep-alive timeout.
 */
export const shutdown = fp(async (app, { config }: { config: Config }) => {
  let closing = false;
  app.decorate('closing', { getter: () => closing });
  const leave = () => {
    closing = true;
  };
  app.decorate('leave', leave);
  let cut: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    leave();
    cut = setTimeout(() => {
      app.log.warn('connections on which something is still to come are cut off');
      app.server.closeAllConnections();
    }, config.timeouts.graceMs * SHARE_OF_GRACE).unref();
  });
  app.addHook('onClose', async () => clearTimeout(cut));
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
});
