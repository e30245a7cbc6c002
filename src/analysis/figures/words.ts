/** Of a longer text only the ends are looked at: names come from model files and may be megabytes. */
const MAX_LENGTH = 2_000;
const ELLIPSIS = '…';
const NAMELESS = '(no name)';

/**
 * A text from a model as it may stand in XML, on one line: control characters, lone surrogates and what turns the
 * direction of writing are gone, and no letter carries more than two marks. Not yet escaped.
 */
export function clean(text: string): string {
  const ends = text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH / 2)}${ELLIPSIS}${text.slice(-MAX_LENGTH / 2)}`;
  return (
    ends
      .toWellFormed()
      .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML forbids them.
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]+/g, ' ')
      .replace(/(\p{M}{2})\p{M}+/gu, '$1')
      .replace(/ {2,}/g, ' ')
      .trim()
  );
}

/** Text and attribute values alike. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A name for a sentence: clean, and at most so many characters. */
export function named(text: string, characters = 80): string {
  const all = [...clean(text)];
  if (all.length === 0) return NAMELESS;
  if (all.length <= characters) return all.join('');
  const tail = Math.floor(characters * 0.6);
  return `${all.slice(0, characters - tail - 1).join('')}${ELLIPSIS}${all.slice(-tail).join('')}`;
}

/** The unit of a measure: clean and short, or empty. */
export function unitText(unit: string): string {
  const text = clean(unit);
  return text === '' ? '' : named(text, 8);
}

/** Width in pixels, estimated high for Helvetica, Arial and their kin: what has room here has room on every machine. */
export function widthOf(text: string, size: number, bold = false): number {
  let ems = 0;
  for (const letter of text) ems += emsOf(letter);
  return ems * size * (bold ? 1.08 : 1);
}

function emsOf(letter: string): number {
  if (/\p{M}/u.test(letter)) return 0;
  if (/[ijlI|'.,:;!/ \u00a0[\]]/.test(letter)) return 0.3;
  if (/[ftr()-]/.test(letter)) return 0.36;
  if (/[cksvxyzJ]/.test(letter)) return 0.53;
  if (/[@W]/.test(letter)) return 1.02;
  if (/[mM%…]/.test(letter)) return 0.9;
  if (/[OQGw]/.test(letter)) return 0.8;
  if (/[A-Z&]/.test(letter)) return 0.73;
  if (/[+=<>~×−]/.test(letter) || letter <= '\u007f') return 0.59;
  return letter < '\u1100' || (letter >= '\u2000' && letter < '\u2e80') ? 0.85 : 1.15;
}

/** The text, with its middle left out where it is wider than so many pixels: of a layer's id the end says the most. */
export function fit(text: string, width: number, size: number, bold = false): string {
  if (widthOf(text, size, bold) <= width) return text;
  const letters = [...text];
  let room = width - widthOf(ELLIPSIS, size, bold);
  let head = 0;
  let tail = letters.length;
  while (head < tail) {
    const fromHead = head < (letters.length - tail) * 0.7;
    const letter = letters[fromHead ? head : tail - 1] as string;
    room -= widthOf(letter, size, bold);
    if (room < 0) break;
    if (fromHead) head += 1;
    else tail -= 1;
  }
  return `${letters.slice(0, head).join('').trimEnd()}${ELLIPSIS}${letters.slice(tail).join('').trimStart()}`;
}

/** A sentence in lines of at most so many pixels; what is left after the last line is cut. */
export function wrap(text: string, width: number, size: number, lines: number): string[] {
  const words = text.split(' ').map((word) => fit(word, width, size));
  const out: string[] = [];
  let line = '';
  for (const [i, word] of words.entries()) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer, size) <= width) {
      line = longer;
      continue;
    }
    if (out.length === lines - 1) {
      const rest = `${line} ${words.slice(i).join(' ')}`;
      return [...out, cut(rest, width, size)];
    }
    out.push(line);
    line = word;
  }
  return line === '' ? out : [...out, line];
}

function cut(text: string, width: number, size: number): string {
  const letters = [...text];
  while (letters.length > 0 && widthOf(letters.join(''), size) > width - size) letters.pop();
  return `${letters.join('').trimEnd()}${ELLIPSIS}`;
}
