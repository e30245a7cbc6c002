import { Fault } from '../core/fault.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a JSON body. Nesting is bounded here, once, because everything that walks the value later recurses; and keys
 * that reach an object's prototype are refused, since no network needs them.
 */
export function parseJson(bytes: Uint8Array, maxDepth: number): unknown {
  if (bytes.length === 0) throw new Fault('empty-body', 'send a JSON document in the body');
  const value = parse(bytes);
  inspect(value, maxDepth);
  return value;
}

function parse(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new Fault('invalid-json', 'the body is not UTF-8');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = (error as Error).message;
    const position = /at position (\d+)/.exec(message)?.[1];
    throw new Fault('invalid-json', message, position === undefined ? {} : { offset: Number(position) });
  }
}

function inspect(root: unknown, maxDepth: number): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) throw new Fault('limit-exceeded', `the JSON document nests deeper than ${maxDepth} brackets`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      if (Object.hasOwn(value, '__proto__')) throw new Fault('invalid-json', `the key '__proto__' is not allowed`);
      for (const child of Object.values(value)) if (typeof child === 'object') next.push(child);
    }
    level = next;
  }
}

/** Runs something that points into a part of a document, so that what it throws points into the whole. */
export function within<T>(pointer: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (pointer !== '' && error instanceof Fault && error.spot.pointer !== undefined) {
      throw new Fault(error.code, error.message, { ...error.spot, pointer: pointer + error.spot.pointer });
    }
    throw error;
  }
}
