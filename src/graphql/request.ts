import { GraphQLError } from 'graphql';

/** A GraphQL request that is fit to be parsed. */
export interface GraphQLRequest {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown> | undefined;
}

/**
 * Checks the envelope of a request. A query that does not parse would otherwise be tried as the JSON of a syntax tree,
 * which goes past the limit on tokens: what begins like JSON and not like GraphQL is refused before.
 */
export function readRequest(body: unknown, maxBytes: number): GraphQLRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new GraphQLError('a request is a JSON object with the key "query"');
  const { query, operationName, variables, extensions } = body as Readonly<Record<string, unknown>>;
  if (typeof query !== 'string') throw new GraphQLError('"query" must be a string');
  if (Buffer.byteLength(query) > maxBytes)
    throw new GraphQLError(`"query" is larger than ${maxBytes} bytes: give what is large as variables`);
  if (isJson(query)) throw new GraphQLError('"query" must be GraphQL, and this is JSON');
  if (operationName != null && typeof operationName !== 'string') throw new GraphQLError('"operationName" must be a string');
  if (!isObjectOrNull(variables)) throw new GraphQLError('"variables" must be an object');
  if (!isObjectOrNull(extensions)) throw new GraphQLError('"extensions" must be an object');
  return { query, operationName: operationName ?? undefined, variables: variables ?? undefined };
}

/** No GraphQL document is JSON but those that begin with a name, and of these JSON has only the literals. */
function isJson(query: string): boolean {
  return /^\s*(\{\s*["}]|[["\d-]|(true|false|null)\s*$|$)/.test(query);
}

function isObjectOrNull(value: unknown): value is Record<string, unknown> | null | undefined {
  return value == null || (typeof value === 'object' && !Array.isArray(value));
}
