import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { abandonment } from '../analysis/abandonment.ts';
import { builtInNetwork, builtInNetworks, builtInPatterns } from '../analysis/built-ins.ts';
import { isBuiltIn } from '../analysis/identity.ts';
import type { Config } from '../config.ts';
import { type Door, doors, problem, responsesOf } from './door.ts';
import { answerForm } from './media.ts';
import { optionsFromText, viewOptions } from './options.ts';
import { querySchemaOf } from './schemas/options.ts';
import { askedOf, knows, sendDocument, sendKnown, tagOf } from './send-document.ts';

interface ByRef {
  readonly ref: string;
}

const Ref = Type.Object({
  ref: Type.String({ description: 'A network that the service has: zoo:resnet50, zoo:resnet,depth=50,variant=v1, ...' }),
});

const Family = Type.Object({
  ref: Type.String({ description: 'Stands for the network of all defaults.' }),
  title: Type.String({ description: 'What people call it.' }),
  summary: Type.String({ description: 'What is new about it, in one line.' }),
  paper: Type.Object({ title: Type.String(), authors: Type.String(), arxiv: Type.String() }, { description: 'Where it was published.' }),
  year: Type.Integer({ description: 'When.' }),
  parameters: Type.Object({}, { additionalProperties: true, description: 'What may stand behind the name, as in zoo:resnet,depth=50.' }),
  names: Type.Array(Type.String(), { description: 'Refs of its members.' }),
});

const Pattern = Type.Object({
  ref: Type.String({ description: 'Stands for the pattern with its defaults.' }),
  title: Type.String({ description: 'What it shows.' }),
  summary: Type.String({ description: 'The same in a line.' }),
  parameters: Type.Object({}, { additionalProperties: true, description: 'What may stand behind the name.' }),
  against: Type.Array(Type.String(), { description: 'Refs of the patterns that it is compared with.' }),
});

const Kept = Type.Object({
  ref: Type.String({ description: 'What it was asked for by.' }),
  name: Type.String({ description: 'Its name.' }),
  description: Type.Object({}, { additionalProperties: true, description: 'The network, as POST /v1/analyze takes it.' }),
  views: Type.Object({}, { additionalProperties: Type.String(), description: 'Where its views are.' }),
});

/** The built-in networks: what there is, one of them, and every view of it. */
export async function networkRoutes(app: FastifyInstance, { config }: { config: Config }): Promise<void> {
  const tags = ['networks'];
  const listing = { 200: Type.Object({ networks: Type.Array(Family), patterns: Type.Array(Pattern) }, { description: 'The networks.' }) };
  const schema = { operationId: 'networks', summary: 'The networks that Fovea knows by name', tags, response: listing };
  app.get('/v1/networks', { schema }, async () => ({ networks: builtInNetworks(), patterns: builtInPatterns() }));

  const one = { 200: { ...Kept, description: 'The network.' }, '4xx': problem('What is wrong with the ref.') };
  app.get<{ Params: ByRef }>(
    '/v1/networks/:ref',
    { schema: { operationId: 'network', summary: 'One network as a description', tags, params: Ref, response: one } },
    async ({ params }) => ({
      ...builtInNetwork(params.ref),
      views: Object.fromEntries(doors().map(({ view }) => [view.id, `/v1/networks/${encodeURIComponent(params.ref)}/${view.id}`])),
    }),
  );
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
      // What a built-in network is has its name for an identity: nobody has this tag but of an answer that was given.
      const tag = isBuiltIn(ref) ? tagOf([ref, view.id, askedOf(options)], form) : undefined;
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
