import type { FastifyInstance, FastifyRequest } from 'fastify';
import { abandonment } from '../analysis/abandonment.ts';
import { isBuiltIn } from '../analysis/ref.ts';
import type { Config } from '../config.ts';
import { type Door, doors, responsesOf } from './door.ts';
import { answerForm } from './media.ts';
import { optionsFromText, viewOptions } from './options.ts';
import { type ByRef, Ref } from './schemas/by-ref.ts';
import { querySchemaOf } from './schemas/options.ts';
import { askedOf, knows, sendDocument, sendKnown, tagOf } from './send-document.ts';

/** Every view of every network that the service has. */
export async function networkRoutes(app: FastifyInstance, { config }: { config: Config }): Promise<void> {
  for (const door of doors()) viewOfNetwork(app, door, config);
}

/** `GET /v1/networks/<ref>/<view>` */
function viewOfNetwork(app: FastifyInstance, door: Door, { limits }: Config): void {
  const { view, names, forms } = door;
  const schema = {
    operationId: `network-${view.id}`,
    summary: `${view.summary}, of a network that the service has`,
    description: view.description,
    tags: ['networks'],
    params: Ref,
    querystring: querySchemaOf(names, forms),
    response: { ...responsesOf(door), 304: { description: 'The document that If-None-Match names is still what it was.', type: 'null' } },
  };
  const path = `/v1/networks/:ref/${view.id}`;
  app.get<{ Params: ByRef }>(
    path,
    { schema, validatorCompiler: () => () => true },
    async (request: FastifyRequest<{ Params: ByRef }>, reply) => {
      const options = optionsFromText(request.query as Record<string, string | string[]>, names);
      const form = answerForm(options.as, request.headers.accept, forms);
      const { ref } = request.params;
      const identity = await identityOf(app, request);
      const tag = identity && tagOf([...identity, view.id, askedOf(options)], form);
      if (tag !== undefined && knows(request, tag)) return sendKnown(reply, tag);
      const leave = abandonment(reply.raw);
      try {
        const source = { kind: 'json', value: { ref }, pointer: '', bytes: 0 } as const;
        const network = await app.analyst.read(source, leave.signal, view.heavy);
        const sizes = { maxLayers: limits.jsonLayers, maxBytes: limits.answerBytes };
        const document = await network.ask({ kind: 'document', view: view.id, options: viewOptions(options), form, limits: sizes });
        return sendDocument(reply, document, view, options, form, tag);
      } finally {
        leave.over();
      }
    },
  );
}

/**
 * What a network is told by before it is analyzed, for those who may have the answer already: a built-in one by its ref, a
 * kept one by its content.
 */
async function identityOf({ collection }: FastifyInstance, { params: { ref }, headers }: FastifyRequest<{ Params: ByRef }>) {
  if (isBuiltIn(ref)) return [ref];
  if (headers['if-none-match'] === undefined) return undefined;
  const { network } = await collection.find(ref);
  return [network.sha256, network.format, network.name];
}
