import { Fault } from '../../core/fault.ts';

const TOKEN = /([{}[\],:])|(")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const PLAIN = /[ !#-[\]-\u{10ffff}]*/uy;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const SPACE = /[ \t\n\r]*/y;

/** Tokens that are looked through for an error; the search takes far longer than the parser, and nothing else gets a turn. */
const MAX_TOKENS = 20_000;

/** The value of a JSON text in UTF-8. A fault tells the byte at which it stops being JSON, where that is found soon enough. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  try {
    return JSON.parse(text);
  } catch {
    const index = errorIndex(text);
    if (index === undefined) throw new Fault('malformed-file', 'not valid JSON');
    const offset = bytes.length - Buffer.byteLength(text.slice(index));
    const what =
      index >= text.length ? 'it ends too early' : `unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(index) as number))}`;
    throw new Fault('malformed-file', `not valid JSON: ${what} at byte ${offset}`, { offset });
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new Fault('malformed-file', 'not valid JSON: the text is not UTF-8');
  }
}

/** The index of the first token that cannot stand where it does; undefined where there are too many before it. JSON.parse does not tell it for every error. */
function errorIndex(text: string): number | undefined {
  const open: string[] = [];
  let expected: 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'next' = 'value';
  let index = 0;
  for (let tokens = 0; tokens < MAX_TOKENS; tokens++) {
    const start = after(SPACE, text, index);
    TOKEN.lastIndex = start;
    const [, mark, string] = TOKEN.exec(text) ?? [];
    index = string === undefined ? TOKEN.lastIndex : stringEnd(text, start);
    // A sticky pattern that does not match leaves its index at 0.
    if (index <= start) return start;
    if (expected === 'colon') {
      if (mark !== ':') return start;
      expected = 'value';
    } else if (expected === 'next') {
      if (mark === ',' && open.length > 0) expected = open.at(-1) === '{' ? 'key' : 'value';
      else if (mark !== undefined && mark === closing(open.at(-1))) open.pop();
      else return start;
    } else if (mark === '}' && expected === 'key or }') {
      open.pop();
      expected = 'next';
    } else if (expected === 'key' || expected === 'key or }') {
      if (string === undefined) return start;
      expected = 'colon';
    } else if (mark === ']' && expected === 'value or ]') {
      open.pop();
      expected = 'next';
    } else if (mark === '{' || mark === '[') {
      open.push(mark);
      expected = mark === '{' ? 'key or }' : 'value or ]';
    } else if (mark !== undefined) {
      return start;
    } else {
      expected = 'next';
    }
  }
  return undefined;
}

/** The index after what a sticky pattern matches; 0 where it does not. */
function after(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index;
  pattern.exec(text);
  return pattern.lastIndex;
}

/** The index after the string that starts here; 0 where it does not end. A single pattern would need stack for every escape. */
function stringEnd(text: string, start: number): number {
  let index = after(PLAIN, text, start + 1);
  while (text[index] === '\\') {
    const next = after(ESCAPE, text, index);
    if (next === 0) return 0;
    index = after(PLAIN, text, next);
  }
  return text[index] === '"' ? index + 1 : 0;
}

function closing(bracket: string | undefined): string | undefined {
  return bracket === undefined ? undefined : bracket === '{' ? '}' : ']';
}
