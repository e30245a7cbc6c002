import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { builtInNetwork, builtInNetworks, builtInPatterns } from '../analysis/built-ins.ts';
import type { KeptPage } from '../analysis/collection.ts';
import { written } from '../analysis/document.ts';
import { historyCsv, keptCsv } from '../analysis/kept-csv.ts';
import { isBuiltIn } from '../analysis/ref.ts';
import type { Form } from '../analysis/views/view.ts';
import type { Config } from '../config.ts';
import { Fault } from '../core/fault.ts';
import { coded } from '../errors.ts';
import { doors, problem } from './door.ts';
import { HistorySchema, LIST_FORMS, ListSchema, readHistory, readListing } from './listing.ts';
import { answerForm } from './media.ts';
import { sendProblem } from './problem.ts';
import { Family, OneBuiltIn, Pattern } from './schemas/built-ins.ts';
import { type ByRef, Ref } from './schemas/by-ref.ts';
import { History, OneKept, Page } from './schemas/kept.ts';
import { sendBody, tagOf } from './send-document.ts';

type Query = Readonly<Record<string, string | string[]>>;

const tags = ['networks'];
const failures = {
  304: { description: 'The document that If-None-Match names is still what it was.', type: 'null' },
  '4xx': problem('What is wrong with the request.'),
  503: problem('The store cannot be reached.'),
};
const links = { link: { type: 'string', description: 'The next page, with rel="next".' } };

/** The networks that the service has: lists of them, one of them, the history of a name; and how to forget one. */
export async function collectionRoutes(app: FastifyInstance, { config }: { config: Config }): Promise<void> {
  const { answerBytes } = config.limits;
  // Queries are checked with the names that were meant.
  const validatorCompiler = () => () => true;

  /** Data names itself by its content: another list is another document. */
  function send(reply: FastifyReply, text: string, form: Form): FastifyReply {
    return sendBody(reply, written([text], answerBytes), form, tagOf([text], form));
  }

  const listSchema = {
    operationId: 'networks',
    summary: 'The networks that the service has',
    description:
      'Without parameters the built-in networks and the first page of those that are kept, newest first (null while the store cannot be reached). ' +
      'With any parameter only those that are kept and fit; each with its totals.',
    tags,
    querystring: ListSchema,
    response: {
      200: {
        description: 'The networks.',
        headers: links,
        content: {
          'application/json': {
            schema: Type.Object({ networks: Type.Optional(Type.Array(Family)), patterns: Type.Optional(Type.Array(Pattern)), ...Page }),
          },
          'text/csv': { schema: Type.String({ description: 'The kept networks, one row each.' }) },
        },
      },
      ...failures,
    },
  };
  app.get<{ Querystring: Query }>('/v1/networks', { schema: listSchema, validatorCompiler }, async (request, reply) => {
    const { query, as } = readListing(request.query);
    const form = answerForm(as, request.headers.accept, LIST_FORMS);
    const overview = Object.keys(request.query).length === 0 && form === 'json';
    const page = await app.collection.list(query).catch((error) => {
      if (overview && error instanceof Fault && error.code === 'store-unavailable') return null;
      throw error;
    });
    const kept = page?.networks.map((one) => one.kept) ?? null;
    const next = nextOf(page);
    if (next !== null) linkTo(reply, '/v1/networks', request.query, next);
    if (form === 'csv') return send(reply, keptCsv(kept ?? []), form);
    const builtIn = overview ? { networks: builtInNetworks(), patterns: builtInPatterns() } : {};
    return send(reply, JSON.stringify({ ...builtIn, kept, next }), form);
  });

  const oneSchema = {
    operationId: 'network',
    summary: 'One network: a built-in one as a description, a kept one with its totals',
    tags,
    params: Ref,
    response: {
      200: { description: 'The network.', content: { 'application/json': { schema: Type.Union([OneBuiltIn, OneKept]) } } },
      ...failures,
    },
  };
  app.get<{ Params: ByRef }>('/v1/networks/:ref', { schema: oneSchema }, async ({ params: { ref } }, reply) => {
    const one = isBuiltIn(ref) ? builtInNetwork(ref) : await app.collection.find(ref);
    return send(reply, JSON.stringify({ ...one, views: linksOf(ref) }), 'json');
  });

  const historySchema = {
    operationId: 'network-history',
    summary: 'What a name has stood for, the newest first',
    tags,
    params: Ref,
    querystring: HistorySchema,
    response: {
      200: {
        description: 'The versions.',
        headers: links,
        content: {
          'application/json': { schema: History },
          'text/csv': { schema: Type.String({ description: 'The versions, one row each.' }) },
        },
      },
      ...failures,
    },
  };
  app.get<{ Params: ByRef; Querystring: Query }>(
    '/v1/networks/:ref/history',
    { schema: historySchema, validatorCompiler },
    async (request, reply) => {
      const { ref } = request.params;
      const { first, before, as } = readHistory(request.query);
      const form = answerForm(as, request.headers.accept, LIST_FORMS);
      const { name, versions, next } = await app.collection.history(ref, first, before);
      if (next !== null) linkTo(reply, `/v1/networks/${encodeURIComponent(ref)}/history`, request.query, next);
      return send(reply, form === 'csv' ? historyCsv(versions) : JSON.stringify({ name, versions, next }), form);
    },
  );

  const forgetSchema = {
    operationId: 'forget',
    summary: 'Forgets a kept network, a name, or one version of a name',
    description:
      '`sha256:...` forgets the network with all versions that stand for it; `name:<name>` the name with its history, and `name:<name>@<n>` one version of it: ' +
      'the networks themselves stay. Numbers of versions are never given again.',
    tags,
    params: Ref,
    response: {
      204: { description: 'It is forgotten.', type: 'null' },
      405: problem('A built-in network cannot be forgotten.'),
      '4xx': problem('What is wrong with the ref.'),
      503: failures[503],
    },
  };
  app.delete<{ Params: ByRef }>('/v1/networks/:ref', { schema: forgetSchema, config: { access: 'write' } }, async (request, reply) => {
    const { ref } = request.params;
    if (isBuiltIn(ref)) {
      builtInNetwork(ref);
      reply.header('allow', 'GET, HEAD');
      return sendProblem(request, reply, coded('method-not-allowed', `'${ref}' is built in: it cannot be forgotten`));
    }
    await app.collection.forget(ref);
    return reply.code(204).send();
  });
}

function nextOf(page: KeptPage | null): string | null {
  return page?.more ? (page.networks.at(-1)?.cursor ?? null) : null;
}

/** A link to the next page (RFC 8288). */
function linkTo(reply: FastifyReply, path: string, query: Query, after: string): void {
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries({ ...query, after })) for (const value of [values].flat()) parameters.append(name, value);
  reply.header('link', `<${path}?${parameters}>; rel="next"`);
}

/** Where the views of a network are. */
function linksOf(ref: string): Record<string, string> {
  return Object.fromEntries(doors().map(({ view }) => [view.id, `/v1/networks/${encodeURIComponent(ref)}/${view.id}`]));
}
