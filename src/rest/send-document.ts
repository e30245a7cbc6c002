import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Document } from '../analysis/document.ts';
import type { Form, View } from '../analysis/views/view.ts';
import { TYPES } from './media.ts';
import type { RequestOptions } from './schemas/options.ts';

const PARAMETERS: Readonly<Record<Form, string>> = {
  json: '; charset=utf-8',
  csv: '; charset=utf-8; header=present',
  md: '; charset=utf-8; variant=GFM',
  svg: '; charset=utf-8',
  netron: '; charset=utf-8',
};

/** Answers with what a view says, in one of its forms. */
export function sendDocument(reply: FastifyReply, document: Document, view: View, options: RequestOptions, form: Form): FastifyReply {
  const { body, status } = document;
  const tag = etag(document, view, options, form);
  reply.header('etag', tag).header('vary', 'Accept, Accept-Encoding');
  if (isKnown(reply.request, tag)) return reply.code(304).send();
  const [only] = body;
  if (status !== undefined) reply.header('x-fovea-status', status);
  // A browser that opens a figure by itself must not run or load anything that a name in a model file may have smuggled in.
  if (form === 'svg') reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
  return reply
    .type(`${TYPES[form]}${PARAMETERS[form]}`)
    .send(body.length === 1 && only !== undefined ? Buffer.from(only.buffer) : Readable.from(body));
}

/** Whether the client has this document already (RFC 9110, 13.1.2); a POST asks for it anew. */
function isKnown({ method, headers }: FastifyRequest, tag: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const tags = headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(tag) || tags.includes('*');
}

/** The same bytes and options give the same document, so their hash names it without hashing the document. */
function etag({ network, engine }: Document, { id }: View, options: RequestOptions, form: Form): string {
  const asked = Object.entries(options)
    .filter(([name]) => name !== 'as')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const identity = JSON.stringify([network.sha256, network.format, network.name, id, asked, engine.version, form]);
  return `"${createHash('sha256').update(identity).digest('base64url')}"`;
}
