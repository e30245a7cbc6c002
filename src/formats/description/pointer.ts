/** The JSON pointer (RFC 6901) of a member of what `pointer` points at. */
export function at(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
