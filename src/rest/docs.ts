import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { EditSchema } from '../analysis/edits/schema.ts';
import { VERSION } from '../core/version.ts';
import { answerSchemas } from './schemas/answers.ts';
import { KeptSchema } from './schemas/kept.ts';
import { NetworkInputSchema } from './schemas/network.ts';
import { Problem } from './schemas/problem.ts';
import { ReportSchema } from './schemas/report.ts';

/** Collects the OpenAPI document from the routes that are registered after it. */
export const openapi = fp(async (app) => {
  for (const schema of [ReportSchema, Problem, NetworkInputSchema, EditSchema, KeptSchema, ...answerSchemas()]) app.addSchema(schema);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Fovea',
        version: VERSION,
        description: 'Receptive field, FLOPs, parameters and memory of neural networks, without running them.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: [
        { name: 'analysis', description: 'Networks in, reports out.' },
        { name: 'networks', description: 'Networks that the service has.' },
        { name: 'catalog', description: 'What Fovea knows.' },
        { name: 'operation', description: 'For those who run it.' },
      ],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'Wanted where the service was started with tokens.' },
        },
      },
      security: [{}, { token: [] }],
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => (typeof json.$id === 'string' ? json.$id : `schema-${i}`) },
  });
});

/** `/openapi.json` and the page that shows it. Every asset is served from here: the page works offline. */
export async function docs(app: FastifyInstance): Promise<void> {
  // It tells what Fovea can do, and nothing of any network.
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, access: 'open' };
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'",
    // The validator badge is an image from a public service, which would see the address of this one.
    uiConfig: { validatorUrl: null, deepLinking: true },
  });
}
