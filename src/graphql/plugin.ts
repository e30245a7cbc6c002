import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type TSchema, Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import mercurius from 'mercurius';
import { abandonment } from '../analysis/abandonment.ts';
import { collect, tooLarge } from '../analysis/chunks.ts';
import { parseJson } from '../analysis/json.ts';
import type { Config } from '../config.ts';
import { Fault } from '../core/fault.ts';
import { openLanes } from './context.ts';
import { demandRules } from './demand/rules.ts';
import { type ErrorJson, errorJson, requestErrors } from './errors.ts';
import { loaders } from './networks/history.ts';
import { readRequest } from './request.ts';
import { resolversFor } from './resolvers.ts';

/** Documents that are kept parsed, and as many that are kept as refused: few, since each may be as large as a document may be. */
const CACHED_DOCUMENTS = 100;

/** Analyses of one request that are under way at a time. */
const LANES = 4;

const SCHEMA = new URL('../../schema/schema.graphql', import.meta.url);

const Data = Type.Object({}, { additionalProperties: true, description: 'What was asked for.' });
const Errors = Type.Array(
  Type.Object(
    {
      message: Type.String({ description: 'What is wrong.' }),
      path: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Integer()]), { description: 'The field at fault.' })),
      extensions: Type.Object({ code: Type.String({ description: 'Stable code of the error.' }) }, { additionalProperties: true }),
    },
    { additionalProperties: true },
  ),
);
const Problem = Type.Object(
  { title: Type.String(), status: Type.Integer(), detail: Type.String(), code: Type.String() },
  { additionalProperties: true, description: 'An error (RFC 9457).' },
);

/** One schema under both types that an answer may have. */
function answers(schema: TSchema) {
  return { 'application/json': { schema }, 'application/graphql-response+json': { schema } };
}

const routeSchema = {
  operationId: 'graphql',
  summary: 'GraphQL: the same reports, just the fields that are asked for',
  description:
    'The schema is its own documentation: any GraphQL client reads it by introspection. There is no GraphiQL here, whose code would come from elsewhere. ' +
    'A query that may cost too much is refused: docs/operations.md has the price list.',
  tags: ['analysis'],
  body: Type.Object({
    query: Type.String({ description: 'The document.' }),
    operationName: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: 'Which operation of the document to run.' })),
    variables: Type.Optional(Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], { description: 'Its variables.' })),
  }),
  response: {
    200: {
      description: 'The answer; errors are those of single fields.',
      content: answers(Type.Object({ data: Data, errors: Type.Optional(Errors) })),
    },
    '4xx': {
      description: 'The request cannot be executed; what is no GraphQL request at all is a problem, as elsewhere.',
      content: { ...answers(Type.Object({ errors: Errors })), 'application/problem+json': { schema: Problem } },
    },
  },
};

/**
 * `POST /graphql`. The route is Fovea's own, in place of mercurius's: it takes JSON bodies by POST only, which a page of
 * another origin cannot send unasked, and answers as GraphQL over HTTP wants it.
 */
export async function graphql(app: FastifyInstance, { config }: { config: Config }): Promise<void> {
  const { graphqlBytes, queryBytes, queryCost, queryDepth, queryErrors, queryTokens, reader } = config.limits;
  await app.register(mercurius, {
    schema: await readFile(SCHEMA, 'utf8'),
    resolvers: resolversFor(app.analyst, app.collection),
    loaders: loaders(app.collection),
    routes: false,
    graphql: { parseOptions: { maxTokens: queryTokens }, validateOptions: { maxErrors: queryErrors } },
    queryDepth,
    validationRules: demandRules({ ...config.limits, ...config.graphql }),
    cache: CACHED_DOCUMENTS,
    errorFormatter: (execution, context) => {
      const log = context.reply?.log ?? context.app.log;
      const errors = (execution.errors ?? []).map((error) => errorJson(error, log));
      // mercurius types errors as those of graphql, of which JSON has only these fields.
      return {
        statusCode: execution.data === undefined ? 400 : 200,
        response: { data: execution.data ?? null, errors: errors as unknown as GraphQLError[] },
      };
    },
  });

  app.addContentTypeParser('application/json', (_request: FastifyRequest, stream: Readable, done) => done(null, stream));
  // To refuse it here would close the connection under those who send all before they read what is wrong.
  app.addContentTypeParser('*', (_request, _stream, done) => done(null, null));

  app.post('/graphql', { schema: routeSchema, validatorCompiler: () => () => true }, async (request, reply) => {
    if (request.body === null) throw new Fault('unsupported-media-type', "send a GraphQL request with 'Content-Type: application/json'");
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') throw new Fault('unsupported-media-type', 'a compressed request is not read; send it as it is');
    if (Number(request.headers['content-length']) > graphqlBytes) throw tooLarge(graphqlBytes);
    if (request.body === undefined) throw new Fault('empty-body', "send a GraphQL request with 'Content-Type: application/json'");
    const bytes = await collect(request.body as Readable, graphqlBytes);
    const body = parseJson(bytes, reader.depth);
    const leave = abandonment(reply.raw);
    reply.type(answerType(request.headers.accept));
    try {
      const { query, variables, operationName } = readRequest(body, queryBytes);
      const context = {
        bytes: bytes.length,
        signal: leave.signal,
        allowance: { left: queryCost },
        lanes: openLanes(LANES),
        requireWrite: () => request.requireWrite(),
      };
      const result = await reply.graphql(query, context, variables, operationName);
      // Nothing was executed: by the specification such an answer has no data, not null.
      return reply.statusCode === 400 ? { errors: result.errors } : result;
    } catch (error) {
      return refuse(error, request, reply);
    } finally {
      leave.over();
    }
  });
}

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): { errors: ErrorJson[] } {
  const errors = error instanceof GraphQLError ? [error] : requestErrors(error);
  if (errors === undefined) throw error;
  reply.code(400);
  return { errors: errors.map((one) => errorJson(one, request.log)) };
}

function answerType(accept: string | undefined): string {
  const type = accept?.includes('application/graphql-response+json') ? 'application/graphql-response+json' : 'application/json';
  return `${type}; charset=utf-8`;
}
