import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { Fault } from '../core/fault.ts';
import { ref } from './schemas/ref.ts';

const Status = Type.Object({ status: Type.String({ description: 'ok' }) }, { description: 'As it should be.' });

/** `/healthz` says that the process is alive, `/readyz` that it should be sent requests. Neither is logged. */
export async function probes(app: FastifyInstance): Promise<void> {
  const options = (operationId: string, summary: string) => ({
    logLevel: 'silent' as const,
    config: { access: 'open' as const, unhurried: true as const },
    schema: {
      operationId,
      summary,
      tags: ['operation'],
      response: {
        200: Status,
        503: {
          description: 'Starting, shutting down, or with more to do than it has room for.',
          content: { 'application/problem+json': { schema: ref('Problem') } },
        },
      },
    },
  });
  app.get('/healthz', options('healthz', 'Whether the process is alive'), async () => ({ status: 'ok' }));
  app.get('/readyz', options('readyz', 'Whether the service takes requests'), async () => {
    if (app.closing) throw new Fault('shutting-down', 'this instance is shutting down');
    if (app.analyst.state === 'starting') throw new Fault('starting', 'this instance is starting');
    if (app.analyst.state === 'full' || app.isUnderPressure())
      throw new Fault('overloaded', 'this instance has more to do than it has room for');
    return { status: 'ok' };
  });
}
