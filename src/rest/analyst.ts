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
  const { pool, limits, timeouts, spool, cache } = config;
  const opened = openAnalyst(
    { ...pool, limits: limits.reader, spoolFolder: spool.folder, spoolBytes: spool.bytes, cacheBytes: cache.bytes, faultMs: cache.faultMs },
    {
      failed: (err) => app.log.error({ err }, 'a thread of the pool died'),
      unspooled: (err) => app.log.error({ err }, 'the folder of the spool (SPOOL_DIR) takes no files'),
      ...app.observe,
    },
    app.collection.store,
  );
  app.gauges({
    pool_threads: { help: 'Threads that analyze large networks.', read: () => opened.load.threads },
    pool_running: { help: 'Large networks that are being analyzed.', read: () => opened.load.running },
    pool_waiting: { help: 'Large networks that wait for a thread.', read: () => opened.load.waiting },
    spool_bytes: { help: 'Size of the files that wait until they are whole and analyzed.', read: () => opened.load.spoolBytes },
    cache_bytes: { help: 'Size of the answers that are kept.', read: () => opened.load.cacheBytes },
    cache_entries: { help: 'Answers that are kept.', read: () => opened.load.cacheEntries },
  });
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
