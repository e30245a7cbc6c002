import { type Static, type TSchema, Type } from '@sinclair/typebox';

/** What ONNX files can say of a window is within 32 bits in practice; larger numbers are slips. */
const MOST = 2 ** 31 - 1;

/** An argument that may be left out and then has this value; a lowering always finds it. */
export function optional<T extends TSchema>(schema: T, value: Static<T>): T {
  return Type.Optional({ ...schema, default: value }) as unknown as T;
}

/** A positive integer. */
export function count(description: string) {
  return Type.Integer({ minimum: 1, maximum: MOST, description });
}

/** An axis, or an index; negative ones count from the end. */
export function index(description: string) {
  return Type.Integer({ minimum: -MOST, maximum: MOST, description });
}

/** Indices as one integer or a list. */
export function indices(description: string) {
  const one = Type.Integer({ minimum: -MOST, maximum: MOST });
  return Type.Union([one, Type.Array(one, { minItems: 1, maxItems: 64 })], { description });
}

export function real(description: string) {
  return Type.Number({ description });
}

export function flag(description: string) {
  return Type.Boolean({ description });
}

/** One of some words. */
export function word<const W extends string>(words: readonly W[], description: string) {
  return Type.Unsafe<W>(
    Type.Union(
      words.map((w) => Type.Literal(w)),
      { description },
    ),
  );
}

/** One integer for every spatial axis, or a list of one per axis. */
export function perAxis(rank: number, description: string, minimum = 1) {
  const size = Type.Integer({ minimum, maximum: MOST });
  return Type.Union([size, Type.Array(size, { minItems: rank, maxItems: rank })], { description });
}

/** An object whose keys are names of the caller's, all with values of one schema. */
export function byName<T extends TSchema>(value: T, options: { description: string; title?: string }) {
  return Type.Unsafe<Readonly<Record<string, Static<T>>>>(Type.Object({}, { additionalProperties: value, ...options }));
}
