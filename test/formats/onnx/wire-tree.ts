import { join, tag, varint } from './encode.ts';

// A protobuf file as a tree of fields, for tests that change some of them and write it again.

export interface Field {
  number: number;
  wire: number;
  /** A varint; bytes; or the fields of a message. */
  value: bigint | Uint8Array | Field[];
  /** What kind of message it is, or what a name stands for. */
  kind: string;
}

/** By kind of message: what its fields hold. */
const FIELDS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  model: { 7: 'graph', 8: 'opset', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 11: 'value', 12: 'value', 13: 'value', 15: 'sparse' },
  node: { 1: 'name', 2: 'name', 3: 'name', 4: 'op', 5: 'attribute', 7: 'name' },
  attribute: { 1: 'key', 5: 'tensor', 6: 'graph', 11: 'graph' },
  tensor: { 8: 'name' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  value: { 1: 'name', 2: 'type' },
  type: { 1: 'tensorType' },
  tensorType: { 2: 'shape' },
  shape: { 1: 'dim' },
  dim: { 2: 'name' },
  opset: { 1: 'name' },
  function: { 1: 'op', 4: 'name', 5: 'name', 7: 'node', 9: 'opset', 10: 'name', 11: 'attribute' },
};

/** The fields of a message; `kind` is one of those above. */
export function decode(bytes: Uint8Array, kind: string): Field[] {
  const fields: Field[] = [];
  let pos = 0;
  const next = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[pos++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (pos < bytes.length) {
    const head = Number(next());
    const [number, wire] = [head >> 3, head & 7];
    const child = FIELDS[kind]?.[number] ?? 'data';
    if (wire === 0) {
      fields.push({ number, wire, value: next(), kind: 'int' });
      continue;
    }
    const size = wire === 2 ? Number(next()) : wire === 1 ? 8 : 4;
    const content = bytes.subarray(pos, pos + size);
    pos += size;
    fields.push({ number, wire, value: wire === 2 && child in FIELDS ? decode(content, child) : content, kind: child });
  }
  return fields;
}

export function encode(fields: readonly Field[]): Uint8Array {
  return join(...fields.map(encodeField));
}

function encodeField({ number, wire, value }: Field): Uint8Array {
  if (typeof value === 'bigint') return join(tag(number, 0), varint(value));
  const content = Array.isArray(value) ? encode(value) : value;
  return join(tag(number, wire), ...(wire === 2 ? [varint(content.length)] : []), content);
}

/** All fields, each with the list that it stands in. */
export function flatten(fields: Field[]): { field: Field; among: Field[] }[] {
  return fields.flatMap((field) => [{ field, among: fields }, ...(Array.isArray(field.value) ? flatten(field.value) : [])]);
}
