import type { Limits, Reading } from '../../../src/formats/format.ts';
import { onnx } from '../../../src/formats/onnx/index.ts';

// Just enough of an encoder to write what a test is about. Field numbers are those of onnx.proto.

export type Bytes = Uint8Array;

export function join(...parts: readonly Bytes[]): Bytes {
  return Buffer.concat(parts);
}

/** Two's complement in at most ten bytes. */
export function varint(value: number | bigint): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

export const tag = (field: number, wire: number): Bytes => varint(field * 8 + wire);
export const int = (field: number, value: number | bigint): Bytes => join(tag(field, 0), varint(value));
export const bytes = (field: number, data: Bytes): Bytes => join(tag(field, 2), varint(data.length), data);
export const message = (field: number, ...parts: readonly Bytes[]): Bytes => bytes(field, join(...parts));
export const text = (field: number, value: string): Bytes => bytes(field, Buffer.from(value));
export const float = (field: number, value: number): Bytes => join(tag(field, 5), float32(value));
export const packed = (field: number, values: readonly (number | bigint)[]): Bytes => bytes(field, join(...values.map(varint)));
export const unpacked = (field: number, values: readonly (number | bigint)[]): Bytes => join(...values.map((v) => int(field, v)));

export function float32(...values: readonly number[]): Bytes {
  return new Uint8Array(Float32Array.from(values).buffer);
}

export function float64(...values: readonly number[]): Bytes {
  return new Uint8Array(Float64Array.from(values).buffer);
}

export function int64(...values: readonly (number | bigint)[]): Bytes {
  return new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
}

/** A TensorProto; `data` are its further fields. */
export function tensor(name: string, type: number, dims: readonly (number | bigint)[], ...data: readonly Bytes[]): Bytes {
  return join(unpacked(1, dims), int(2, type), text(8, name), ...data);
}

/** An AttributeProto. */
export function attribute(name: string, value: number | string | readonly number[] | Bytes, type?: number): Bytes {
  if (value instanceof Uint8Array) return join(text(1, name), value, ...(type === undefined ? [] : [int(20, type)]));
  if (typeof value === 'string') return join(text(1, name), text(4, value), int(20, 3));
  if (typeof value === 'number') return join(text(1, name), int(3, value), int(20, 2));
  return join(text(1, name), unpacked(8, value), int(20, 7));
}

export const floatAttribute = (name: string, value: number): Bytes => join(text(1, name), float(2, value), int(20, 1));
export const floatsAttribute = (name: string, values: readonly number[]): Bytes => {
  return join(text(1, name), bytes(7, float32(...values)), int(20, 6));
};
export const tensorAttribute = (name: string, value: Bytes): Bytes => join(text(1, name), bytes(5, value), int(20, 4));
/** An attribute of a node in a function that stands for the attribute `of` of its call. */
export const reference = (name: string, of: string, type: number): Bytes => join(text(1, name), int(20, type), text(21, of));
export const graphAttribute = (name: string, value: Bytes): Bytes => join(text(1, name), bytes(6, value), int(20, 5));

export interface NodeParts {
  readonly name?: string;
  readonly domain?: string;
  readonly overload?: string;
  readonly attributes?: readonly Bytes[];
}

/** A NodeProto. */
export function node(op: string, inputs: readonly string[], outputs: readonly string[], parts: NodeParts = {}): Bytes {
  return join(
    ...inputs.map((s) => text(1, s)),
    ...outputs.map((s) => text(2, s)),
    ...(parts.name === undefined ? [] : [text(3, parts.name)]),
    text(4, op),
    ...(parts.attributes ?? []).map((a) => bytes(5, a)),
    ...(parts.domain === undefined ? [] : [text(7, parts.domain)]),
    ...(parts.overload === undefined ? [] : [text(8, parts.overload)]),
  );
}

/** A ValueInfoProto; a dim is a size, a name, or null where it has neither. Without dims the rank is unknown. */
export function value(name: string, type = 1, dims?: readonly (number | bigint | string | null)[]): Bytes {
  const dim = (d: number | bigint | string | null): Bytes =>
    message(1, ...(d === null ? [] : [typeof d === 'string' ? text(2, d) : int(1, d)]));
  const shape = dims === undefined ? [] : [message(2, ...dims.map(dim))];
  return join(text(1, name), message(2, message(1, int(1, type), ...shape)));
}

export interface GraphParts {
  readonly nodes?: readonly Bytes[];
  readonly initializers?: readonly Bytes[];
  readonly inputs?: readonly Bytes[];
  readonly outputs?: readonly Bytes[];
  readonly values?: readonly Bytes[];
}

/** A GraphProto. */
export function graph(parts: GraphParts): Bytes {
  // An array rather than arguments: there may be hundreds of thousands of them.
  return Buffer.concat([
    ...(parts.nodes ?? []).map((n) => bytes(1, n)),
    ...(parts.initializers ?? []).map((t) => bytes(5, t)),
    ...(parts.inputs ?? []).map((v) => bytes(11, v)),
    ...(parts.outputs ?? []).map((v) => bytes(12, v)),
    ...(parts.values ?? []).map((v) => bytes(13, v)),
  ]);
}

export interface FunctionParts {
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly nodes: readonly Bytes[];
  readonly defaults?: readonly Bytes[];
  readonly domain?: string;
  readonly overload?: string;
  readonly opset?: number;
}

/** A field of ModelProto that holds a FunctionProto, of the domain `own` where it does not say another. */
export function localFunction(name: string, parts: FunctionParts): Bytes {
  return message(
    25,
    text(1, name),
    ...(parts.inputs ?? []).map((s) => text(4, s)),
    ...(parts.outputs ?? []).map((s) => text(5, s)),
    ...parts.nodes.map((n) => bytes(7, n)),
    ...(parts.opset === undefined ? [] : [message(9, int(2, parts.opset))]),
    text(10, parts.domain ?? 'own'),
    ...(parts.defaults ?? []).map((a) => bytes(11, a)),
    ...(parts.overload === undefined ? [] : [text(13, parts.overload)]),
  );
}

/** A ModelProto. */
export function model(body: Bytes, opset = 17): Bytes {
  return join(int(1, 8), bytes(7, body), message(8, text(1, ''), int(2, opset)));
}

export const LIMITS: Limits = {
  keptBytes: 64 * 2 ** 20,
  nodes: 200_000,
  fields: 5_000_000,
  depth: 32,
  dims: 64,
  nameBytes: 65_536,
  ints: 1_000_000,
  jsonBytes: 2 ** 20,
  deadlineMs: 10_000,
};

/** Reads a file that comes in chunks of `size` bytes, or whole. */
export function read(file: Bytes, limits: Partial<Limits> = {}, size = Number.POSITIVE_INFINITY): Reading {
  const reader = onnx.open({ ...LIMITS, ...limits });
  for (let pos = 0; pos < file.length; pos += size) reader.push(file.subarray(pos, Math.min(pos + size, file.length)));
  return reader.end();
}

/** The fields of a graph whose node holds a graph, and so on. */
export function nestedGraphs(depth: number): Bytes {
  // From the inside out, each layer before what it holds: joining buffers would be quadratic.
  const layers: Bytes[] = [];
  let size = 0;
  for (let i = 0; i < depth; i++) {
    for (const field of [6, 5, 1]) {
      const head = join(tag(field, 2), varint(size));
      layers.push(head);
      size += head.length;
    }
  }
  return join(...layers.reverse());
}
