import fp from 'fastify-plugin';
import { type Analyst, openAnalyst } from '../analysis/analyst.ts';
import type { Config } from '../config.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Analyzes networks for all transports. */
    readonly analyst: Analyst;
  }
}

/** Of the time that requests under way get at shutdown, the part after which analyses are cut off, so that they are still answered. */
const SHARE_OF_GRACE = 0.7;

/** The analyst lives as long as the service, and its threads end with it. */
export const analyst = fp(async (app, { config }: { config: Config }) => {
  const { pool, limits, timeouts } = config;
  const opened = openAnalyst(
    { ...pool, limits: limits.reader },
    (err) => app.log.error({ err }, 'a thread of the pool died'),
    app.collection.store,
  );
  app.decorate('analyst', opened);
  let cut: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    cut = setTimeout(() => opened.close(), timeouts.graceMs * SHARE_OF_GRACE).unref();
  });
  app.addHook('onClose', async () => {
    clearTimeout(cut);
    await opened.close();
  });
});
