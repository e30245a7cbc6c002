/** Names longer than this are rarely met twice. */
const LONGEST = 96;
const SLOTS = 4096;

/**
 * Makes strings of bytes. A name stands in a file where it is produced and wherever it is read: those met lately are
 * given out again, which is faster than making them anew and keeps one copy of each.
 */
export class Texts {
  private readonly slots: (string | undefined)[] = new Array(SLOTS);

  /** The text in UTF-8; what is not UTF-8 becomes U+FFFD. */
  read(buffer: Buffer, start: number, end: number): string {
    if (end - start > LONGEST) return buffer.toString('utf8', start, end);
    let hash = 0;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (buffer[i] as number)) | 0;
    const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
    const lately = this.slots[slot];
    if (lately !== undefined && isAt(lately, buffer, start, end)) return lately;
    const text = buffer.toString('utf8', start, end);
    this.slots[slot] = text;
    return text;
  }
}

/** Whether the bytes are this text. Only ASCII is as many characters as bytes with the same numbers. */
function isAt(text: string, buffer: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== buffer[start + i] || code > 0x7f) return false;
  }
  return true;
}
