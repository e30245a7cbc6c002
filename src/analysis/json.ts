import { Fault } from '../core/fault.ts';
import { parseJson as parseText } from '../formats/description/json.ts';

/**
 * Parses a JSON body. Nesting is bounded here, once, because everything that walks the value later recurses; and keys
 * that reach an object's prototype are refused, since no network needs them; and numbers beyond those that there are, which
 * would be written again as null.
 */
export function parseJson(bytes: Uint8Array, maxDepth: number): unknown {
  if (bytes.length === 0) throw new Fault('empty-body', 'send a JSON document in the body');
  const value = parse(bytes);
  inspect(value, maxDepth);
  return value;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return parseText(bytes);
  } catch (error) {
    throw error instanceof Fault ? new Fault('invalid-json', error.message, error.spot) : error;
  }
}

function inspect(root: unknown, maxDepth: number): void {
  let level = [root].filter(isObject);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > maxDepth) throw new Fault('limit-exceeded', `the JSON document nests more than ${maxDepth} brackets`);
    if (level.some((value) => Object.hasOwn(value, '__proto__'))) throw new Fault('invalid-json', "the key '__proto__' is not allowed");
    level = level.flatMap((value) => {
      const members: unknown[] = Object.values(value);
      if (members.some((one) => one === Infinity || one === -Infinity))
        throw new Fault('invalid-json', 'a number is too large for a double');
      return members.filter(isObject);
    });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
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
