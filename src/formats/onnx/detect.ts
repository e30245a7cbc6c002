/** Whether the bytes from `start` to `end` (of those at hand) can be what a field holds. */
type Plausible = (head: Uint8Array, start: number, end: number) => boolean;

const readable: Plausible = (head, start, end) => head.subarray(start, end).every((byte) => byte >= 0x20);
const anything: Plausible = () => true;

/** A message whose first field has one of these tags. */
function startsWith(...tags: number[]): Plausible {
  return (head, start, end) => start >= end || tags.includes(head[start] as number);
}

/** The length-delimited fields of ModelProto by their tag: a wrong one shows within a few bytes. */
const DELIMITED: ReadonlyMap<number, Plausible> = new Map([
  [0x12, readable],
  [0x1a, readable],
  [0x22, readable],
  [0x32, anything],
  [0x3a, startsWith(0x0a, 0x12, 0x2a, 0x52, 0x5a, 0x62, 0x6a, 0x72, 0x7a, 0x82)],
  [0x42, startsWith(0x0a, 0x10)],
  [0x72, startsWith(0x0a, 0x12)],
  [0xa2, anything],
  [0xca, anything],
  [0xd2, anything],
]);
const IR_VERSION = 0x08;
const MODEL_VERSION = 0x28;

/** Whether a file that starts so looks like an ONNX model: there is no magic number, so its first fields have to make sense. */
export function detectOnnx(head: Uint8Array): boolean {
  // Tags of ModelProto are also letters; but text has no such bytes, and every model has one of them near its start.
  if (!head.some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20))) return false;
  let pos = 0;
  while (pos < head.length) {
    const next = field(head, pos);
    if (next === null) return false;
    pos = next;
  }
  return head.length > 1;
}

/** Where the field at `pos` ends, which may be past the head; null where it is none of a model. */
function field(head: Uint8Array, pos: number): number | null {
  const tag = head[pos] as number;
  const value = tag < 0x80 ? pos + 1 : pos + 2;
  if (tag >= 0x80 && pos + 1 < head.length && head[pos + 1] !== 1) return null;
  const number = varint(head, value);
  if (number === null) return null;
  if (tag === MODEL_VERSION) return number.end;
  if (tag === IR_VERSION) return number.value > 0 && number.value < 128 ? number.end : null;
  const end = number.end + number.value;
  return DELIMITED.get(tag)?.(head, number.end, Math.min(end, head.length)) ? end : null;
}

/** A varint, or as much of it as there is; null where it is too long. */
function varint(head: Uint8Array, pos: number): { value: number; end: number } | null {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = head[pos + i];
    if (byte === undefined) return { value: Math.max(value, 1), end: head.length };
    value += (byte & 0x7f) * 128 ** i;
    if (byte < 0x80) return { value, end: pos + i + 1 };
  }
  return null;
}
