import multipart from '@fastify/multipart';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { abandonment } from '../analysis/abandonment.ts';
import type { Config } from '../config.ts';
import { Fault } from '../core/fault.ts';
import { acceptNetworks, readBody } from './body.ts';
import { answerForm } from './media.ts';
import { analyzeOptions, optionsFromText } from './options.ts';
import { OptionQuery, RequestOptions } from './schemas/options.ts';
import { ref } from './schemas/ref.ts';
import { sendReport } from './send-report.ts';

const binary = { schema: Type.String({ format: 'binary' }) };

const schema = {
  operationId: 'analyze',
  summary: 'Analyze a network that is sent along',
  description:
    'Takes a model file as raw bytes (its format is detected by content), a network description or `{ network, options }` as JSON, ' +
    'or a form with one file and the options as fields. Nothing is kept. Options stand in the query, in the JSON or in the form; the query wins.',
  tags: ['analysis'],
  querystring: OptionQuery,
  body: {
    content: {
      'application/octet-stream': binary,
      'application/onnx': binary,
      'application/x-protobuf': binary,
      'application/json': {
        schema: Type.Union([
          Type.Object({ network: ref('NetworkInput'), options: Type.Optional(RequestOptions) }, { title: 'A network and options' }),
          ref('NetworkInput'),
        ]),
      },
      'multipart/form-data': {
        schema: Type.Object({ model: Type.String({ format: 'binary', description: 'The file, under any name.' }) }),
      },
    },
  },
  response: {
    200: {
      description: 'The report.',
      headers: {
        etag: { type: 'string', description: 'Names this document: content, options, engine version and form.' },
        'x-fovea-status': { type: 'string', description: 'complete or partial, as in the report.' },
      },
      content: {
        'application/json': { schema: ref('Report') },
        'text/csv': { schema: Type.String({ description: 'One row per layer.' }) },
      },
    },
    '4xx': {
      description: 'What is wrong with the request or the network.',
      content: { 'application/problem+json': { schema: ref('Problem') } },
    },
    503: {
      description: 'More large networks are being analyzed than there is room for.',
      headers: { 'retry-after': { type: 'integer', description: 'Seconds after which to try again.' } },
      content: { 'application/problem+json': { schema: ref('Problem') } },
    },
  },
};

/** `POST /v1/analyze`: a network in, a report out. */
export async function analyzeRoute(app: FastifyInstance, { config }: { config: Config }): Promise<void> {
  acceptNetworks(app);
  const { jsonBytes, jsonLayers: maxLayers, answerBytes: maxBytes } = config.limits;
  // The file itself is counted while it is read; a field is an option, never more.
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: { fileSize: Number.MAX_SAFE_INTEGER, files: 2, fields: 100, parts: 102, fieldSize: jsonBytes, headerPairs: 20 },
  });

  // Bodies are streams, and options are checked with the names that were meant: neither is a matter for a schema.
  app.post('/v1/analyze', { schema, validatorCompiler: () => () => true }, async (request: FastifyRequest, reply) => {
    const query = optionsFromText(request.query as Record<string, string | string[]>);
    const form = answerForm(query.as, request.headers.accept);
    const leave = abandonment(reply.raw);
    try {
      const { network, options } = await readBody(request, query, config, (source) => app.analyst.read(source, leave.signal));
      const chosen = options.as ?? form;
      if (chosen === 'csv' && options.layers === 'none') {
        throw new Fault('invalid-option', 'CSV lists the layers: it has nothing to say with layers=none');
      }
      const document = await network.ask({ kind: 'document', options: analyzeOptions(options), form: chosen, maxLayers, maxBytes });
      return sendReport(reply, document, options, chosen);
    } finally {
      leave.abort();
    }
  });
}
