import type { FastifyBaseLogger } from 'fastify';
import { GraphQLError } from 'graphql';
import { codedOf, type ErrorCode } from '../errors.ts';

const INVALID: ErrorCode = 'invalid-query';

/** An error as a GraphQL answer carries it. */
export interface ErrorJson {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: ErrorCode; readonly pointer?: string; readonly node?: string; readonly offset?: number };
}

/**
 * Errors as callers may see them. Those that graphql itself found are about the request; coded ones say what is wrong
 * with the network; of everything else a caller learns only the title, and the log the rest.
 */
export function errorJson(error: GraphQLError, log: FastifyBaseLogger): ErrorJson {
  const { locations, path } = error.toJSON();
  const place = { ...(locations === undefined ? {} : { locations }), ...(path === undefined ? {} : { path }) };
  const cause = error.originalError;
  if (cause == null || cause instanceof GraphQLError) return { message: error.message, ...place, extensions: { code: INVALID } };
  const { code, title, detail, spot } = codedOf(cause);
  if (detail === null) log.error({ err: cause }, 'GraphQL field failed');
  const { pointer, node, offset } = spot;
  const known = {
    ...(pointer === undefined ? {} : { pointer }),
    ...(node === undefined ? {} : { node }),
    ...(offset === undefined ? {} : { offset }),
  };
  return { message: detail ?? title, ...place, extensions: { code, ...known } };
}

/** The errors inside what mercurius throws for a request that cannot be executed; undefined for anything else. */
export function requestErrors(thrown: unknown): readonly GraphQLError[] | undefined {
  const { code, errors } = (thrown ?? {}) as { code?: unknown; errors?: unknown };
  if (typeof code !== 'string' || !code.startsWith('MER_ERR_GQL_') || !Array.isArray(errors)) return undefined;
  return errors.map((error) => (error instanceof GraphQLError ? error : new GraphQLError(String(error.message))));
}
