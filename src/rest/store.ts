import fp from 'fastify-plugin';
import { type Collection, openCollection } from '../analysis/collection.ts';
import type { Config } from '../config.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The networks that are kept, for all transports. */
    readonly collection: Collection;
  }
}

/** The kept networks. Nothing is opened before it is asked for, or told to: see `server.ts`. */
export const store = fp(async (app, { config }: { config: Config }) => {
  const collection = openCollection(config.store, {
    failed: (err) => app.log.error({ err }, 'the store of kept networks cannot be used'),
    queried: (sql) => app.log.trace({ sql }, 'query'),
    took: (operation, seconds) => app.observe.stored(operation, seconds),
  });
  app.decorate('collection', collection);
  app.addHook('onClose', () => collection.close());
});
