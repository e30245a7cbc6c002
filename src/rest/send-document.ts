import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Document } from '../analysis/document.ts';
import type { RequestOptions } from '../analysis/options/index.ts';
import type { Form, View } from '../analysis/views/view.ts';
import { TYPES } from './media.ts';

const PARAMETERS: Readonly<Record<Form, string>> = {
  json: '; charset=utf-8',
  csv: '; charset=utf-8; header=present',
  md: '; charset=utf-8; variant=GFM',
  svg: '; charset=utf-8',
  netron: '; charset=utf-8',
};

/** Answers with what a view says, in one of its forms. */
export function sendDocument(reply: FastifyReply, document: Document, view: View, options: RequestOptions, form: Form): FastifyReply {
  const { network, engine, status, body } = document;
  const identity = [network.sha256, network.format, network.name, view.id, askedOf(options), engine.version];
  return sendBody(reply, body, form, identity, status === undefined ? {} : { 'x-fovea-status': status });
}

/**
 * Answers with a body that has been written out. The same networks and options give the same body, so `identity`, which
 * tells of both, names it without hashing the body.
 */
export function sendBody(
  reply: FastifyReply,
  body: Document['body'],
  form: Form,
  identity: readonly unknown[],
  headers: Readonly<Record<string, string>> = {},
): FastifyReply {
  const digest = createHash('sha256').update(JSON.stringify([identity, form]));
  const tag = `"${digest.digest('base64url')}"`;
  reply.header('etag', tag).header('vary', 'Accept, Accept-Encoding');
  if (isKnown(reply.request, tag)) return reply.code(304).send();
  const [only] = body;
  // A browser that opens a figure by itself must not run or load anything that a name in a model file may have smuggled in.
  if (form === 'svg') reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
  return reply
    .headers(headers)
    .type(`${TYPES[form]}${PARAMETERS[form]}`)
    .send(body.length === 1 && only !== undefined ? Buffer.from(only.buffer) : Readable.from(body));
}

/** The options in one order, whichever they were given in. */
export function askedOf(options: RequestOptions): readonly unknown[] {
  return Object.entries(options)
    .filter(([name]) => name !== 'as')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Whether the client has this document already (RFC 9110, 13.1.2); a POST asks for it anew. */
function isKnown({ method, headers }: FastifyRequest, tag: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const tags = headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(tag) || tags.includes('*');
}
