/** What V8 takes for a value, and for an object beside its members, about. */
const VALUE_BYTES = 8;
const OBJECT_BYTES = 32;

/** About how many bytes plain data takes in memory; beyond `most` it is not looked at further. */
export function roomOf(data: unknown, most: number): number {
  const left = [data];
  let bytes = 0;
  while (left.length > 0 && bytes <= most) {
    const value = left.pop();
    bytes += VALUE_BYTES;
    if (typeof value === 'string') bytes += value.length;
    if (typeof value !== 'object' || value === null) continue;
    bytes += OBJECT_BYTES;
    if (ArrayBuffer.isView(value)) bytes += value.byteLength;
    else if (value instanceof Map) for (const entry of value) left.push(...entry);
    else for (const member of Object.values(value)) left.push(member);
  }
  return bytes;
}
