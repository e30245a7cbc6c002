import { hash } from 'node:crypto';
import { Fault } from '../core/fault.ts';
import type { Network } from '../core/graph.ts';
import { readDescription } from '../formats/description/index.ts';
import { suggestion as nearest } from '../formats/description/nearest.ts';
import { at } from '../formats/description/pointer.ts';
import type { Limits } from '../formats/format.ts';
import { describeRef, refsLike } from '../networks/index.ts';
import { within } from './json.ts';
import { suggestion } from './nearest.ts';
import { readNetwork } from './read-network.ts';
import { checkRef } from './ref.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The network that a JSON value stands for: a description, `{ ref }`, or `{ format, base64 }`. `pointer` is where the
 * value stands in the document that was sent.
 */
export async function resolveNetwork(value: unknown, limits: Limits, pointer = ''): Promise<Network> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Fault('invalid-network', 'a network is a JSON object: a description, { "ref": ... } or { "format": ..., "base64": ... }', {
      pointer,
    });
  }
  const json = value as Json;
  if (Object.hasOwn(json, 'ref')) return resolveRef(json, limits, pointer);
  if (Object.hasOwn(json, 'base64')) return resolveBase64(json, limits, pointer);
  return resolveDescription(json, limits, pointer);
}

/** The ref in `{ ref }`. Faults: `invalid-network`, `invalid-ref`. */
export function refIn(json: Json, pointer: string): string {
  only(json, ['ref'], pointer);
  const { ref } = json;
  if (typeof ref !== 'string') throw new Fault('invalid-ref', 'ref must be a string', { pointer: `${pointer}/ref` });
  within(pointer, () => checkRef(ref, '/ref'));
  return ref;
}

/** Kept networks have been looked up before (`kept-source.ts`). */
function resolveRef(json: Json, limits: Limits, pointer: string): Network {
  const ref = refIn(json, pointer);
  const spot = `${pointer}/ref`;
  const builtIn = within(spot, () => describeRef(ref));
  if (builtIn !== null) return resolveDescription({ ...builtIn.description }, limits, pointer);
  const near = nearest(ref, refsLike(ref));
  throw new Fault('network-not-found', `there is no network '${ref}'${near}`, { pointer: spot });
}

async function resolveBase64(json: Json, limits: Limits, pointer: string): Promise<Network> {
  only(json, ['format', 'base64', 'name'], pointer);
  const text = (key: string): string | undefined => {
    const value = json[key];
    if (value === undefined || typeof value === 'string') return value;
    throw new Fault('invalid-network', `${key} must be a string`, { pointer: `${pointer}/${key}` });
  };
  const encoded = (text('base64') ?? '').replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(encoded)) {
    throw new Fault('invalid-network', 'base64 holds characters that are not base64', { pointer: `${pointer}/base64` });
  }
  const bytes = Buffer.from(encoded, 'base64');
  return readNetwork(once(bytes), { limits, maxBytes: bytes.length, format: text('format'), name: text('name') });
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function resolveDescription(json: Json, limits: Limits, pointer: string): Network {
  const graph = within(pointer, () => readDescription(json, limits));
  return { graph, name: graph.name, ...identityOf(json) };
}

/**
 * A description has the identity of its JSON without white space, so that the same network is the same whether it came
 * alone, inside a request with options, or through GraphQL. The order of keys stays: that of `inputs` means something.
 */
export function identityOf(description: Json): Pick<Network, 'format' | 'sha256' | 'bytes'> {
  const canonical = Buffer.from(JSON.stringify(description));
  return { format: 'description', sha256: hash('sha256', canonical, 'hex'), bytes: canonical.length };
}

function only(json: Json, known: readonly string[], pointer: string): void {
  const odd = Object.keys(json).find((key) => !known.includes(key));
  if (odd !== undefined) {
    throw new Fault('invalid-network', `'${odd}' does not belong beside ${known[0]}${suggestion(odd, known)}`, {
      pointer: at(pointer, odd),
    });
  }
}
