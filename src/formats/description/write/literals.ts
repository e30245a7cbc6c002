import { type Attribute, type Constant, type DType, type Graph, type GraphInput, isFloat, type Node } from '../../../core/graph.ts';
import { toInteger } from '../layers/onnx.ts';
import type { Json, JsonObject } from './json.ts';
import { refuse } from './refuse.ts';

/** What a description says of an input: its sizes alone where it is of float32. */
export function inputJson({ name, dtype, shape }: GraphInput): Json {
  if (dtype === null) return refuse(`the input '${name}' is no tensor of a known element type`);
  return dtype === 'float32' && shape !== null ? shape : { shape, dtype };
}

/** A constant of the file. Of a weight that is never looked at `data` is left out. */
export function constantJson({ dtype, shape, data, synthetic }: Constant, keepData = true): JsonObject {
  const kept = keepData ? data : null;
  const literal = { dtype, shape, ...(kept && { data: elements(dtype, kept) }) };
  if (!isFloat(dtype)) return literal;
  if (synthetic) return { ...literal, parameter: false };
  return kept?.length === 1 ? { ...literal, parameter: true } : literal;
}

/** What a Constant node makes, where the description has a shorter way to say the same; undefined where it has none. */
export function numberJson({ dtype, shape, data }: Constant): JsonObject | undefined {
  const said = data !== null && (isFloat(dtype) ? data.length === 1 : COUNTED_NOWHERE.has(dtype));
  return said ? { dtype, shape, data: elements(dtype, data) } : undefined;
}

/** Types of tensors that are no parameters, whatever makes them. */
const COUNTED_NOWHERE = new Set<DType>(['bool', 'uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64']);

function elements(dtype: DType, data: readonly number[]): Json {
  if (dtype === 'bool' && data.every((x) => x === 0 || x === 1)) return data.map((x) => x === 1);
  return data.map((x) => {
    if (!Number.isFinite(x)) return String(x);
    const exact = isFloat(dtype) || !Number.isInteger(x) || Number.isSafeInteger(x);
    return exact ? plain(x) : (LARGEST.get(x) ?? String(BigInt(x)));
  });
}

/** Elements are kept as doubles, to which these 64-bit integers are rounded. */
const LARGEST: ReadonlyMap<number, string> = new Map([
  [2 ** 63, '9223372036854775807'],
  [2 ** 64, '18446744073709551615'],
]);

/** JSON writes -0 as 0; written so at once, the document is the same before and after. */
function plain(x: number): number {
  return x === 0 ? 0 : x;
}

/** A node's attributes, as they are. */
export function attributesJson(node: Node): JsonObject {
  return Object.fromEntries([...node.attributes].map(([name, value]) => [name, attributeJson(name, value, node.id)]));
}

function attributeJson(name: string, value: Attribute, node: string): Json {
  if (typeof value !== 'object') return scalarJson(name, value, node);
  if ('dtype' in value) return { dtype: value.dtype, shape: value.shape, ...(value.data && { data: elements(value.dtype, value.data) }) };
  if ('nodes' in value || isGraphs(value)) return refuse(`it holds a graph of its own, in the attribute '${name}'`, node);
  return value.map((item) => scalarJson(name, item, node));
}

function isGraphs(value: Exclude<Attribute, number | bigint | string | Constant | Graph>): value is readonly Graph[] {
  return typeof value[0] === 'object';
}

function scalarJson(name: string, value: number | bigint | string, node: string): number | string {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'string' && typeof toInteger(value) === 'bigint')
    return refuse(`the text '${value}' would be read as a number`, node);
  if (typeof value === 'number' && !Number.isFinite(value)) return refuse(`the attribute '${name}' is ${value}`, node);
  return typeof value === 'number' ? plain(value) : value;
}
