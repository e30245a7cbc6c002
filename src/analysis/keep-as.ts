import { Fault, type Spot } from '../core/fault.ts';
import type { KeepAs } from '../store/network.ts';

/** A name is text that stands in a ref: the at sign is followed by a number there, and an asterisk by anything in a filter. */
export const NAME = String.raw`(?!\s)[^@*\p{Cc}\p{Cs}]{1,200}(?<!\s)`;

const WHOLE_NAME = new RegExp(`^${NAME}$`, 'u');

/** A tag is a word; several are written with commas between them. */
const TAG = /^[\p{L}\p{N}_.:/+-]{1,64}$/u;

/** Tags that a network may have. */
export const MOST_TAGS = 32;
const LONGEST_NOTE = 4_000;

/** Checks what a network is to be kept under; `spot` is where it was said. Fault: `invalid-option`. */
export function checkKeepAs({ name, tags = [], note = '' }: KeepAs, spot: Spot = {}): void {
  const invalid = (message: string) => new Fault('invalid-option', message, spot);
  if (name !== undefined && !WHOLE_NAME.test(name)) {
    throw invalid('name has from 1 to 200 characters, none of them @, * or a control character, and no space at either end');
  }
  if (tags.length > MOST_TAGS) throw invalid(`there are at most ${MOST_TAGS} tags`);
  const odd = tags.find((tag) => !TAG.test(tag));
  if (odd !== undefined) throw invalid(`a tag has from 1 to 64 letters, digits and any of _ . : / + -, and '${odd.slice(0, 80)}' has not`);
  if (note.length > LONGEST_NOTE) throw invalid(`note has at most ${LONGEST_NOTE} characters`);
  if (/[\0\p{Cs}]/u.test(note)) throw invalid('note holds characters that cannot be kept');
}
