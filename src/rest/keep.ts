import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { abandonment } from '../analysis/abandonment.ts';
import type { OptionName } from '../analysis/options/index.ts';
import type { Config } from '../config.ts';
import { acceptNetworks, readBody, takeBody } from './body.ts';
import { problem } from './door.ts';
import { optionsFromText } from './options.ts';
import { networkBodies } from './schemas/network.ts';
import { besideSchemasOf, querySchemaOf } from './schemas/options.ts';
import { ref } from './schemas/ref.ts';

const NAMES: readonly OptionName[] = ['name', 'tags', 'note', 'format'];

const answer = (description: string) => ({
  description,
  headers: { location: { type: 'string', description: 'Where the network is.' } },
  content: {
    'application/json': {
      schema: Type.Intersect([
        ref('KeptNetwork'),
        Type.Object({
          version: Type.Unsafe({
            type: ['string', 'null'],
            description: 'What its name stands for now: `name:<name>@<n>`; null without a name.',
          }),
        }),
      ]),
    },
  },
});

const schema = {
  operationId: 'keep',
  summary: 'Keeps a network',
  description:
    'Takes what `POST /v1/analyze` takes. The graph is kept, not the weights, under the digest of what was sent: the same content is kept once. ' +
    'With `name` it becomes the newest version of that name, unless it is that already. ' +
    '`name`, `tags` and `note` stand in the query, beside the network in JSON, or in the form; the query wins.',
  tags: ['networks'],
  querystring: querySchemaOf(NAMES, []),
  body: {
    content: networkBodies([
      Type.Object({ network: ref('NetworkInput'), ...besideSchemasOf(NAMES) }, { title: 'A network and what to keep it under' }),
      ref('NetworkInput'),
    ]),
  },
  response: {
    200: answer('The content was kept before.'),
    201: answer('The network is kept.'),
    '4xx': problem('What is wrong with the request or the network.'),
    503: problem('The store cannot be reached, or more large networks are being analyzed than there is room for.'),
  },
};

/** `POST /v1/networks`: the one door that keeps what is sent. */
export async function keepRoute(app: FastifyInstance, { config }: { config: Config }): Promise<void> {
  await acceptNetworks(app, config);
  // Bodies are streams, and options are checked with the names that were meant: neither is a matter for a schema.
  const options = { schema, config: { access: 'write' as const }, validatorCompiler: () => () => true };
  app.post('/v1/networks', options, async (request: FastifyRequest, reply) => {
    const leave = abandonment(reply.raw);
    try {
      const query = optionsFromText(request.query as Record<string, string | string[]>, NAMES);
      const body = await takeBody(request, config);
      const read = (source: Parameters<typeof app.analyst.read>[0]) => app.analyst.read(source, leave.signal);
      const { network, options } = await readBody(request, body, query, NAMES, config, read);
      const { name, tags, note } = options;
      const { kept, created, version } = await app.collection.keep(network, { name, tags, note });
      reply.code(created ? 201 : 200).header('location', `/v1/networks/${kept.ref}`);
      return { ...kept, version };
    } finally {
      leave.over();
    }
  });
}
