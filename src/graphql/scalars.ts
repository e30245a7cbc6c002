import { GraphQLError, GraphQLScalarType, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

const DIGITS = /^\d{1,400}$/;

function toCount(value: unknown): number | string {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  if (typeof value === 'string' && DIGITS.test(value)) return value;
  throw new GraphQLError('a Count is an integer from 0 to 2^53 - 1, or a decimal string');
}

/** What a caller sends as Count is a size, which is a number however it is written. */
function toSize(value: unknown): number {
  const size = Number(toCount(value));
  if (Number.isSafeInteger(size)) return size;
  throw new GraphQLError('a size is an integer from 0 to 2^53 - 1');
}

/** Integers beyond 32 bits; the report has already made decimal strings of those that JSON numbers cannot hold. */
export const Count = new GraphQLScalarType<number, number | string>({
  name: 'Count',
  description: 'An integer that is not negative: a number up to 2^53 - 1, above that a decimal string.',
  serialize: toCount,
  parseValue: toSize,
  parseLiteral(node: ValueNode) {
    if (node.kind === Kind.INT || node.kind === Kind.STRING) return toSize(node.kind === Kind.INT ? Number(node.value) : node.value);
    throw new GraphQLError('a Count is an integer', { nodes: node });
  },
});

/** Any JSON value, also written as a GraphQL literal. */
export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => value,
  // The literal's objects have no prototype; as parsed JSON they are like those of any other body.
  parseLiteral: (node, variables) => JSON.parse(JSON.stringify(valueFromASTUntyped(node, variables) ?? null, finite)),
});

/** JSON would make null of a number that is too large for a double. */
function finite(_key: string, value: unknown): unknown {
  if (value === Infinity || value === -Infinity) throw new GraphQLError('a number is too large for a double');
  return value;
}
