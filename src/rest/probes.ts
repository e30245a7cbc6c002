import { setTimeout as sleep } from 'node:timers/promises';
import { type TSchema, Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { Fault } from '../core/fault.ts';
import { ref } from './schemas/ref.ts';

const Status = Type.Object({ status: Type.String({ description: 'ok' }) }, { description: 'As it should be.' });

const Ready = Type.Object(
  {
    status: Type.String({ description: 'ok' }),
    store: Type.String({ description: 'Whether kept networks can be reached: ok, unavailable, or none where there is no store.' }),
  },
  { description: 'As it should be, but perhaps for the store.' },
);

/** `/healthz` says that the process is alive, `/readyz` that it should be sent requests. Neither is logged. */
export async function probes(app: FastifyInstance): Promise<void> {
  const options = (operationId: string, summary: string, status: TSchema = Status) => ({
    logLevel: 'silent' as const,
    config: { access: 'open' as const, unhurried: true as const },
    schema: {
      operationId,
      summary,
      tags: ['operation'],
      response: {
        200: status,
        503: {
          description: 'Starting, shutting down, or with more to do than it has room for.',
          content: { 'application/problem+json': { schema: ref('Problem') } },
        },
      },
    },
  });
  app.get('/healthz', options('healthz', 'Whether the process is alive'), async () => ({ status: 'ok' }));
  app.get('/readyz', options('readyz', 'Whether the service takes requests', Ready), async () => {
    if (app.closing) throw new Fault('shutting-down', 'this instance is shutting down');
    if (app.analyst.state === 'starting') throw new Fault('starting', 'this instance is starting');
    if (app.analyst.state === 'full' || app.isUnderPressure())
      throw new Fault('overloaded', 'this instance has more to do than it has room for');
    // A service without its store still analyzes what it is sent, so this is told and no reason to send it nothing.
    return { status: 'ok', store: await storeState(app) };
  });
}

/** Probes do not wait: a database that does not answer at once is away. */
const PROBE_MS = 1_000;

async function storeState({ collection }: FastifyInstance): Promise<string> {
  if (collection.off) return 'none';
  const late = new AbortController();
  try {
    const timeout = sleep(PROBE_MS, false, { signal: late.signal, ref: false });
    const answers = collection.ping().then(
      () => true,
      () => false,
    );
    return (await Promise.race([answers, timeout])) ? 'ok' : 'unavailable';
  } finally {
    late.abort();
  }
}
