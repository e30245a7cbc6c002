import type { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { chunksOf, collect, tooLarge } from '../analysis/chunks.ts';
import { parseJson } from '../analysis/json.ts';
import { suggestion } from '../analysis/nearest.ts';
import type { OptionName, RequestOptions } from '../analysis/options/index.ts';
import type { Reading } from '../analysis/reading.ts';
import type { Source } from '../analysis/source.ts';
import type { Config } from '../config.ts';
import { Fault } from '../core/fault.ts';
import { at } from '../formats/description/pointer.ts';
import { readForm } from './form.ts';
import { optionsFromJson } from './options.ts';
import { BESIDE } from './schemas/options.ts';

/** Model files come under these, and under no content type at all, which is what Python requests sends. */
const RAW_TYPES = ['application/octet-stream', 'application/onnx', 'application/x-protobuf', 'application/x-www-form-urlencoded'];

/** What the content-type parsers leave in `request.body`: nothing has been read yet. */
interface Unread {
  readonly kind: 'raw' | 'json' | 'unsupported';
  readonly stream: Readable;
}

/** A body of which only JSON has been read. */
export type Body =
  | { readonly kind: 'form' }
  | { readonly kind: 'raw'; readonly stream: Readable }
  | { readonly kind: 'json'; readonly json: unknown; readonly bytes: number };

/** Reads a network for one request, here or in the pool. */
export type Read = (source: Source) => Promise<Reading>;

/** A network and the options that came with it. */
export interface Sent {
  readonly network: Reading;
  readonly options: RequestOptions;
}

/**
 * Content types of the doors that take a network. Each parser hands the stream on unread, so that the handler decides
 * what to hold of it.
 */
export async function acceptNetworks(app: FastifyInstance, { limits: { jsonBytes } }: Config): Promise<void> {
  app.removeAllContentTypeParsers();
  const pass = (kind: Unread['kind']) => (_request: FastifyRequest, stream: Readable, done: (error: null, body: Unread) => void) =>
    done(null, { kind, stream });
  app.addContentTypeParser(RAW_TYPES, pass('raw'));
  app.addContentTypeParser('application/json', pass('json'));
  // To refuse it here would close the connection under those who send all before they read what is wrong.
  app.addContentTypeParser('*', (request, stream, done) => {
    pass(request.headers['content-type'] === undefined ? 'raw' : 'unsupported')(request, stream, done);
  });
  // The file itself is counted while it is read; a field is an option, never more.
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: { fileSize: Number.MAX_SAFE_INTEGER, files: 2, fields: 100, parts: 102, fieldSize: jsonBytes, headerPairs: 20 },
  });
}

/** The fault of a body whose type is not read. */
export function unsupported(contentType: string): Fault {
  return new Fault(
    'unsupported-media-type',
    `a body of type '${contentType.slice(0, 100)}' is not read; send a model file with 'Content-Type: application/octet-stream', ` +
      `a network description with 'Content-Type: application/json', or a form with 'Content-Type: multipart/form-data'`,
  );
}

/** Takes the body of a request as far as it has to be held: what is JSON is parsed, files are left to be read as they arrive. */
export async function takeBody(request: FastifyRequest, { limits }: Config): Promise<Body> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Fault('unsupported-media-type', `a body with 'Content-Encoding: ${encoding.slice(0, 100)}' is not read; send it as it is`);
  }
  const { modelBytes, jsonBytes, reader } = limits;
  if (request.isMultipart()) {
    refuseLarge(request, modelBytes + jsonBytes);
    return { kind: 'form' };
  }
  const body = request.body as Unread | undefined;
  if (body === undefined) throw new Fault('empty-body', 'the body is empty: send a model file or a network description');
  const { kind, stream } = body;
  if (kind === 'unsupported') throw unsupported(request.headers['content-type'] ?? '');
  refuseLarge(request, kind === 'json' ? jsonBytes : modelBytes);
  if (kind === 'raw') return { kind, stream };
  const bytes = await collect(stream, jsonBytes);
  return { kind, json: parseJson(bytes, reader.depth), bytes: bytes.length };
}

/** Reads the network in a body. `query` decides where it says something that the body says too; `names` are the options of the door. */
export async function readBody(
  request: FastifyRequest,
  body: Body,
  query: RequestOptions,
  names: readonly OptionName[],
  { limits: { modelBytes } }: Config,
  read: Read,
): Promise<Sent> {
  if (body.kind === 'form') return readForm(request, query, names, modelBytes, read);
  if (body.kind === 'json') return readJson(body.json, body.bytes, query, names, read);
  const network = await read({ kind: 'file', chunks: chunksOf(body.stream), maxBytes: modelBytes, format: query.format });
  return { network, options: query };
}

async function readJson(json: unknown, bytes: number, query: RequestOptions, names: readonly OptionName[], read: Read): Promise<Sent> {
  if (typeof json !== 'object' || json === null || !(Object.hasOwn(json, 'network') || Object.hasOwn(json, 'options'))) {
    return { network: await read({ kind: 'json', value: json, pointer: '', bytes }), options: query };
  }
  const { network, options, ...others } = json as { readonly network?: unknown; readonly options?: unknown };
  const beside = BESIDE.filter((name) => names.includes(name));
  const odd = Object.keys(others).find((key) => !beside.some((name) => name === key));
  if (odd !== undefined) {
    const near = suggestion(odd, ['network', 'options', ...beside]);
    throw new Fault('invalid-network', `'${odd}' does not belong here${near}`, { pointer: at('', odd) });
  }
  const inside = options === undefined ? {} : optionsFromJson(options, '/options', names);
  const all = { ...inside, ...optionsFromJson(others, '', beside), ...query };
  if (network === undefined) throw new Fault('invalid-network', "the network is missing: add the key 'network'", { pointer: '' });
  return { network: await read({ kind: 'json', value: network, pointer: '/network', bytes }), options: all };
}

function refuseLarge(request: FastifyRequest, maxBytes: number): void {
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
}
