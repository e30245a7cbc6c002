import { type Count, countToJson, plus, sum } from '../count.ts';
import type { DType } from '../graph.ts';
import { bytesOf, isTrained, type Params } from '../params.ts';
import { asIf } from '../precision.ts';
import type { CountJson } from '../report.ts';
import type { Trace } from '../trace.ts';
import { embeddingTables } from './embedding.ts';

/** What the stored tensors of a network take: its parameters, the running statistics of its normalisations, and scales and zero points. */
export interface WeightMemory {
  /** Bytes of all stored tensors, in the types that they are taken to have; 4- and 2-bit types packed. */
  readonly bytes: CountJson;
  /** Elements of all stored tensors. */
  readonly elements: CountJson;
  /** The same by type, in the order in which the types first appear. */
  readonly byDtype: readonly WeightsOfType[];
  /** Elements that are trained. */
  readonly trainable: CountJson;
  /** Elements of running statistics (mean and variance of batch normalisations). */
  readonly buffers: CountJson;
  /** Elements of the tables that data picks rows of (token embeddings); a table that is also the head's weight is one. */
  readonly embedding: CountJson;
  /** Trainable elements beside those. */
  readonly nonEmbedding: CountJson;
}

/** The stored tensors of one type. */
export interface WeightsOfType {
  /** The type that they are taken to have. */
  readonly dtype: DType;
  /** Elements of all of them. */
  readonly elements: CountJson;
  /** Bytes of all of them. */
  readonly bytes: CountJson;
}

/** The memory of the weights, taken as `as` where they are floating-point numbers. */
export function weightMemory(trace: Trace, { tensors, total }: Params, as: DType | undefined): WeightMemory {
  const types = new Map<DType, { elements: Count; bytes: Count }>();
  for (const tensor of tensors.values()) {
    const dtype = asIf(tensor.dtype, as) as DType;
    const type = types.get(dtype) ?? { elements: 0, bytes: 0 };
    type.elements = plus(type.elements, tensor.elements);
    type.bytes = plus(type.bytes, bytesOf(tensor.elements, dtype));
    types.set(dtype, type);
  }
  const tables = embeddingTables(trace, tensors);
  const others = [...tensors].filter(([name, tensor]) => !tables.has(name) && isTrained(tensor));
  return {
    bytes: countToJson(sum([...types.values()].map(({ bytes }) => bytes))),
    elements: countToJson(total.stored),
    byDtype: [...types].map(([dtype, { elements, bytes }]) => ({ dtype, elements: countToJson(elements), bytes: countToJson(bytes) })),
    trainable: countToJson(total.trainable),
    buffers: countToJson(total.buffers),
    embedding: countToJson(sum([...tables].map((name) => tensors.get(name)?.elements ?? 0))),
    nonEmbedding: countToJson(sum(others.map(([, { elements }]) => elements))),
  };
}
