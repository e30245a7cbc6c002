import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Document } from '../analysis/document.ts';
import type { AnswerForm } from './media.ts';
import type { RequestOptions } from './schemas/options.ts';

const TYPES = { json: 'application/json; charset=utf-8', csv: 'text/csv; charset=utf-8; header=present' } as const;

/** Answers with a report in one of its forms. */
export function sendReport(reply: FastifyReply, document: Document, options: RequestOptions, form: AnswerForm): FastifyReply {
  const { body, status } = document;
  const [only] = body;
  return reply
    .header('etag', etag(document, options, form))
    .header('vary', 'Accept, Accept-Encoding')
    .header('x-fovea-status', status)
    .type(TYPES[form])
    .send(body.length === 1 && only !== undefined ? Buffer.from(only.buffer) : Readable.from(body));
}

/** The same bytes and options give the same document, so their hash names it without hashing the document. */
function etag({ network, engine }: Document, options: RequestOptions, form: AnswerForm): string {
  const asked = Object.entries(options)
    .filter(([name]) => name !== 'as')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const identity = JSON.stringify([network.sha256, network.format, network.name, asked, engine.version, form]);
  return `"${createHash('sha256').update(identity).digest('base64url')}"`;
}
