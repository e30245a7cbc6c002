import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import mercurius from 'mercurius';
import { abandonment } from '../analysis/abandonment.ts';
import { collect, tooLarge } from '../analysis/chunks.ts';
import { parseJson } from '../analysis/json.ts';
import type { Config } from '../config.ts';
import { Fault } from '../core/fault.ts';
import { type ErrorJson, errorJson, requestErrors } from './errors.ts';
import { readRequest } from './request.ts';
import { resolversFor } from './resolvers.ts';

const SCHEMA = new URL('../../schema/schema.graphql', import.meta.url);

const routeSchema = {
  operationId: 'graphql',
  summary: 'GraphQL: the same reports, just the fields that are asked for',
  description: 'The schema is its own documentation: any GraphQL client reads it by introspection.',
  tags: ['analysis'],
  body: Type.Object({
    query: Type.String({ description: 'The document.' }),
    operationName: Type.Optional(Type.Union([Type.String(), Type.Null()], { description: 'Which operation of the document to run.' })),
    variables: Type.Optional(Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], { description: 'Its variables.' })),
  }),
  response: { 200: Type.Object({ data: Type.Any(), errors: Type.Optional(Type.Array(Type.Any())) }, { description: 'The answer.' }) },
};

/**
 * `POST /graphql`. The route is Fovea's own, in place of mercurius's: it takes JSON bodies by POST only, which a page of
 * another origin cannot send unasked, and answers as GraphQL over HTTP wants it.
 */
export async function graphql(app: FastifyInstance, { config }: { config: Config }): Promise<void> {
  const { graphqlBytes, queryDepth, queryTokens, reader } = config.limits;
  await app.register(mercurius, {
    schema: await readFile(SCHEMA, 'utf8'),
    resolvers: resolversFor(app.analyst),
    routes: false,
    graphql: { parseOptions: { maxTokens: queryTokens }, validateOptions: { maxErrors: 20 } },
    queryDepth,
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
  app.addContentTypeParser('*', (_request, _stream, done) =>
    done(new Fault('unsupported-media-type', "send a GraphQL request with 'Content-Type: application/json'")),
  );

  app.post('/graphql', { schema: routeSchema, validatorCompiler: () => () => true }, async (request, reply) => {
    if (Number(request.headers['content-length']) > graphqlBytes) throw tooLarge(graphqlBytes);
    if (request.body === undefined) throw new Fault('empty-body', "send a GraphQL request with 'Content-Type: application/json'");
    const bytes = await collect(request.body as Readable, graphqlBytes);
    const body = parseJson(bytes, reader.depth);
    const leave = abandonment(reply.raw);
    reply.type(answerType(request.headers.accept));
    try {
      const { query, variables, operationName } = readRequest(body);
      const result = await reply.graphql(query, { bytes: bytes.length, signal: leave.signal }, variables, operationName);
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
