import { totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import { buildApp } from './app.ts';
import { type Config, readConfig } from './config.ts';

/** The process: this file alone touches it. */
function configOrExit(): Config {
  try {
    return readConfig(process.env, memoryLimit());
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return process.exit(1);
  }
}

/** What the container may use; nothing where it is not limited to less than the machine has. */
function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : 0;
}

const config = configOrExit();
const app = await buildApp(config);

const { graceMs, leaveMs } = config.timeouts;
closeWithGrace({ delay: leaveMs + graceMs, logger: app.log }, async ({ signal, err }) => {
  if (err) app.log.fatal({ err }, 'unexpected failure, shutting down');
  else app.log.info(`${signal ?? 'exit'}, shutting down`);
  app.leave();
  // A balancer needs a moment to see that this instance is not ready, and sends requests until then.
  if (!err && leaveMs > 0) await sleep(leaveMs);
  await app.close();
});

try {
  // Not ready until a thread of the pool is, but alive at once.
  if (config.pool.warm) app.analyst.warm().catch((err) => app.log.error({ err }, 'the pool of threads does not start'));
  await app.analyst.checkSpool();
  // Migrates. Where the database is away, the log says so, and the next one who needs it tries again.
  app.collection.ping().catch(() => {});
  await app.listen({ host: config.host, port: config.port });
} catch (error) {
  app.log.fatal((error as Error).message);
  process.exit(1);
}
