import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Document } from '../analysis/document.ts';
import type { RequestOptions } from '../analysis/options/index.ts';
import type { Form, View } from '../analysis/views/view.ts';
import { VERSION } from '../core/version.ts';
import { TYPES } from './media.ts';

const PARAMETERS: Readonly<Record<Form, string>> = {
  json: '; charset=utf-8',
  csv: '; charset=utf-8; header=present',
  md: '; charset=utf-8; variant=GFM',
  svg: '; charset=utf-8',
  netron: '; charset=utf-8',
};

/** Answers with what a view says, in one of its forms, under a tag that was known before or one of what is in the document. */
export function sendDocument(
  reply: FastifyReply,
  document: Document,
  view: View,
  options: RequestOptions,
  form: Form,
  tag = tagOfDocument(document, view, options, form),
): FastifyReply {
  const { status, body } = document;
  return sendBody(reply, body, form, tag, status === undefined ? {} : { 'x-fovea-status': status });
}

/** Tags of documents that were answered with; one that is kept has been asked for in the same words each time. */
const tags = new WeakMap<Document, string>();

function tagOfDocument(document: Document, view: View, options: RequestOptions, form: Form): string {
  const { sha256, format, name } = document.network;
  const tag = tags.get(document) ?? tagOf([sha256, format, name, view.id, askedOf(options)], form);
  tags.set(document, tag);
  return tag;
}

/** Answers with a body that has been written out. */
export function sendBody(
  reply: FastifyReply,
  body: Document['body'],
  form: Form,
  tag: string,
  headers: Readonly<Record<string, string>> = {},
): FastifyReply {
  if (knows(reply.request, tag) || knows(reply.request, '*')) return sendKnown(reply, tag);
  const [only] = body;
  // A browser that opens a figure by itself must not run or load anything that a name in a model file may have smuggled in.
  if (form === 'svg') reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
  return named(reply, tag)
    .headers(headers)
    .type(`${TYPES[form]}${PARAMETERS[form]}`)
    .send(body.length === 1 && only !== undefined ? Buffer.from(only.buffer) : Readable.from(body));
}

/**
 * The tag of a document. The same networks and options give the same document, so `identity`, which tells of both, names
 * it without it.
 */
export function tagOf(identity: readonly unknown[], form: Form): string {
  return `"${hash('sha256', JSON.stringify([identity, form, VERSION]), 'base64url')}"`;
}

/** Answers that the client has this document already. */
export function sendKnown(reply: FastifyReply, tag: string): FastifyReply {
  return named(reply, tag).code(304).send();
}

function named(reply: FastifyReply, tag: string): FastifyReply {
  vary(reply, 'Accept', 'Accept-Encoding');
  return reply.header('etag', tag);
}

/** Adds to the headers of a request that its answer depends on. */
function vary(reply: FastifyReply, ...names: readonly string[]): void {
  const already = reply.getHeader('vary');
  reply.header('vary', [...(already === undefined ? [] : [String(already)]), ...names].join(', '));
}

/** The options in one order, whichever they were given in. */
export function askedOf(options: RequestOptions): readonly unknown[] {
  return Object.entries(options)
    .filter(([name]) => name !== 'as')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Whether the client says that it has what this tag names (RFC 9110, 13.1.2); a POST asks for it anew. */
export function knows({ method, headers }: FastifyRequest, tag: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  const tags = headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return tags?.includes(tag) ?? false;
}
