import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { Fault } from '../core/fault.ts';
import type { Report } from '../core/report.ts';
import { csvRows } from './csv.ts';
import type { AnswerForm } from './media.ts';
import type { RequestOptions } from './schemas/options.ts';

const TYPES = { json: 'application/json; charset=utf-8', csv: 'text/csv; charset=utf-8; header=present' } as const;

/** Answers with a report in one of its forms. */
export function sendReport(
  reply: FastifyReply,
  report: Report,
  options: RequestOptions,
  form: AnswerForm,
  jsonLayers: number,
): FastifyReply {
  if (form === 'json' && (report.layers?.length ?? 0) > jsonLayers) {
    throw new Fault(
      'too-many-layers',
      `the network has ${report.layers?.length} layers, and a JSON report lists at most ${jsonLayers}: ask for layers=none, or for as=csv`,
    );
  }
  reply
    .header('etag', etag(report, options, form))
    .header('vary', 'Accept, Accept-Encoding')
    .header('x-fovea-status', report.status)
    .type(TYPES[form]);
  return form === 'csv' ? reply.send(Readable.from(csvRows(report))) : reply.send(report);
}

/** The same bytes and options give the same document, so their hash names it without hashing the document. */
function etag(report: Report, options: RequestOptions, form: AnswerForm): string {
  const { network, engine } = report;
  const asked = Object.entries(options)
    .filter(([name]) => name !== 'as')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const identity = JSON.stringify([network.sha256, network.format, network.name, asked, engine.version, form]);
  return `"${createHash('sha256').update(identity).digest('base64url')}"`;
}
