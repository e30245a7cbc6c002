import closeWithGrace from 'close-with-grace';
import { buildApp } from './app.ts';
import { type Config, readConfig } from './config.ts';

/** The process: this file alone touches it. */
function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return process.exit(1);
  }
}

const config = configOrExit();
const app = await buildApp(config);

closeWithGrace({ delay: config.timeouts.graceMs, logger: app.log }, async ({ signal, err }) => {
  if (err) app.log.fatal({ err }, 'unexpected failure, shutting down');
  else app.log.info(`${signal ?? 'exit'}, shutting down`);
  await app.close();
});

try {
  // Not ready until a thread of the pool is, but alive at once.
  if (config.pool.warm) app.analyst.warm().catch((err) => app.log.error({ err }, 'the pool of threads does not start'));
  // Migrates. Where the database is away, the log says so, and the next one who needs it tries again.
  app.collection.ping().catch(() => {});
  await app.listen({ host: config.host, port: config.port });
} catch (error) {
  app.log.fatal((error as Error).message);
  process.exit(1);
}
