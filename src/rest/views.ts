import multipart from '@fastify/multipart';
import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { abandonment } from '../analysis/abandonment.ts';
import { views } from '../analysis/views/index.ts';
import type { Form, View } from '../analysis/views/view.ts';
import type { Config } from '../config.ts';
import { acceptNetworks, type Read, readBody } from './body.ts';
import { answerForm, TYPES } from './media.ts';
import { optionsFromText, viewOptions } from './options.ts';
import { answerName } from './schemas/answers.ts';
import { jsonSchemaOf, type OptionName, querySchemaOf } from './schemas/options.ts';
import { ref } from './schemas/ref.ts';
import { sendDocument } from './send-document.ts';

const binary = { schema: Type.String({ format: 'binary' }) };

const FORMS: Readonly<Record<Form, string>> = {
  json: 'The answer.',
  netron: 'The figures for Netron.',
  csv: 'A table, one row per layer or point.',
  md: 'The same as a Markdown table.',
  svg: 'A figure.',
};

/** What a door may be asked beside the options of its view. */
const COMMON: readonly OptionName[] = ['input', 'bind', 'batch', 'format', 'as'];

function namesOf(view: View): OptionName[] {
  return [...COMMON, ...(view.takes as readonly OptionName[])];
}

function formsOf(view: View): Form[] {
  return (Object.keys(TYPES) as Form[]).filter((form) => form === 'json' || form in view.forms);
}

function schemaOf(view: View) {
  const names = namesOf(view);
  const forms = formsOf(view);
  const content = forms.map((form): [string, object] =>
    form === 'json'
      ? [TYPES.json, { schema: ref(answerName(view)) }]
      : [TYPES[form], { schema: Type.String({ description: FORMS[form] }) }],
  );
  return {
    operationId: view.id === 'report' ? 'analyze' : view.id,
    summary: view.summary,
    description:
      `${view.description} Takes a model file as raw bytes (its format is detected by content), a network description or ` +
      '`{ network, options }` as JSON, or a form with one file and the options as fields. Nothing is kept. ' +
      'Options stand in the query, in the JSON or in the form; the query wins.',
    tags: ['analysis'],
    querystring: querySchemaOf(names, forms),
    body: {
      content: {
        'application/octet-stream': binary,
        'application/onnx': binary,
        'application/x-protobuf': binary,
        'application/json': {
          schema: Type.Union([
            Type.Object(
              { network: ref('NetworkInput'), options: Type.Optional(jsonSchemaOf(names, forms)) },
              { title: 'A network and options' },
            ),
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
        description: `${view.summary}.`,
        headers: {
          etag: { type: 'string', description: 'Names this document: content, options, engine version and form.' },
          ...(view.id === 'report' && { 'x-fovea-status': { type: 'string', description: 'complete or partial, as in the report.' } }),
        },
        content: Object.fromEntries(content),
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
}

/** `POST /v1/<view>`: a network in, what the view says of it out. The door of the report is `POST /v1/analyze`. */
export async function viewRoutes(app: FastifyInstance, { config }: { config: Config }): Promise<void> {
  acceptNetworks(app);
  const { jsonBytes, jsonLayers: maxLayers, answerBytes: maxBytes } = config.limits;
  // The file itself is counted while it is read; a field is an option, never more.
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: { fileSize: Number.MAX_SAFE_INTEGER, files: 2, fields: 100, parts: 102, fieldSize: jsonBytes, headerPairs: 20 },
  });

  for (const view of views()) {
    const path = view.id === 'report' ? '/v1/analyze' : `/v1/${view.id}`;
    const names = namesOf(view);
    const forms = formsOf(view);
    // Bodies are streams, and options are checked with the names that were meant: neither is a matter for a schema.
    app.post(path, { schema: schemaOf(view), validatorCompiler: () => () => true }, async (request: FastifyRequest, reply) => {
      const query = optionsFromText(request.query as Record<string, string | string[]>, names);
      const preferred = answerForm(query.as, request.headers.accept, forms);
      const leave = abandonment(reply.raw);
      try {
        const read: Read = (source) => app.analyst.read(source, leave.signal, view.heavy);
        const { network, options } = await readBody(request, query, names, config, read);
        const form = options.as === undefined ? preferred : answerForm(options.as, undefined, forms);
        const limits = { maxLayers, maxBytes };
        const document = await network.ask({ kind: 'document', view: view.id, options: viewOptions(options), form, limits });
        return sendDocument(reply, document, view, options, form);
      } finally {
        leave.abort();
      }
    });
  }
}
