import fp from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the service has begun to shut down. */
    readonly closing: boolean;
    /** Says that it is about to: from now on it is not ready, while it still answers all that comes. */
    leave(): void;
  }
}

/**
 * Requests under way at shutdown are answered, and told to close their connection: one that stayed open for a next
 * request would hold up the server until its keep-alive timeout.
 */
export const shutdown = fp(async (app) => {
  let closing = false;
  app.decorate('closing', { getter: () => closing });
  const leave = () => {
    closing = true;
  };
  app.decorate('leave', leave);
  app.addHook('preClose', async () => leave());
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
});
