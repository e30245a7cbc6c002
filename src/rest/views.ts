import { Type } from '@sinclair/typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { abandonment } from '../analysis/abandonment.ts';
import type { Config } from '../config.ts';
import { acceptNetworks, type Read, readBody, takeBody } from './body.ts';
import { COMPARISON, isComparison, sendComparison } from './comparison.ts';
import { type Door, doors, responsesOf } from './door.ts';
import { answerForm } from './media.ts';
import { optionsFromText, viewOptions } from './options.ts';
import { networkBodies } from './schemas/network.ts';
import { besideSchemasOf, jsonSchemaOf, querySchemaOf } from './schemas/options.ts';
import { ref } from './schemas/ref.ts';
import { sendDocument } from './send-document.ts';

function schemaOf(door: Door) {
  const { view, names, forms } = door;
  const compares = view.id === 'compare';
  return {
    operationId: view.id === 'report' ? 'analyze' : view.id,
    summary: view.summary,
    description:
      `${view.description} ${compares ? `${COMPARISON.description} ` : ''}Takes a model file as raw bytes (its format is detected by content), a network description or ` +
      '`{ network, options }` as JSON, or a form with one file and the options as fields. Nothing is kept. ' +
      'Options stand in the query, in the JSON or in the form; the query wins.',
    tags: ['analysis'],
    querystring: querySchemaOf(compares ? [...names, ...COMPARISON.options] : names, compares ? COMPARISON.forms : forms),
    body: {
      content: networkBodies([
        Type.Object(
          { network: ref('NetworkInput'), options: Type.Optional(jsonSchemaOf(names, forms)), ...besideSchemasOf(names) },
          { title: 'A network and options' },
        ),
        ref('NetworkInput'),
        ...(compares ? [COMPARISON.body] : []),
      ]),
    },
    response: responsesOf(door, compares ? COMPARISON : undefined),
  };
}

/** `POST /v1/<view>`: a network in, what the view says of it out. The door of the report is `POST /v1/analyze`. */
export async function viewRoutes(app: FastifyInstance, { config }: { config: Config }): Promise<void> {
  await acceptNetworks(app, config);
  const { jsonLayers: maxLayers, answerBytes: maxBytes } = config.limits;

  for (const shared of doors()) {
    const { view, forms } = shared;
    const path = view.id === 'report' ? '/v1/analyze' : `/v1/${view.id}`;
    const door: Door = { ...shared, names: [...shared.names, 'format'] };
    // Bodies are streams, and options are checked with the names that were meant: neither is a matter for a schema.
    app.post(path, { schema: schemaOf(door), validatorCompiler: () => () => true }, async (request: FastifyRequest, reply) => {
      const leave = abandonment(reply.raw);
      try {
        const read: Read = (source) => app.analyst.read(source, leave.signal, view.heavy);
        const body = await takeBody(request, config);
        if (view.id === 'compare' && isComparison(body)) return await sendComparison(request, reply, body, config, read);
        const query = optionsFromText(request.query as Record<string, string | string[]>, door.names);
        const preferred = answerForm(query.as, request.headers.accept, forms);
        const { network, options } = await readBody(request, body, query, door.names, config, read);
        const form = options.as === undefined ? preferred : answerForm(options.as, undefined, forms);
        const limits = { maxLayers, maxBytes };
        const document = await network.ask({ kind: 'document', view: view.id, options: viewOptions(options), form, limits });
        return sendDocument(reply, document, view, options, form);
      } finally {
        leave.over();
      }
    });
  }
}
