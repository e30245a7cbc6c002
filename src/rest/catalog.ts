import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { operators } from '../core/operators/index.ts';
import { formats } from '../formats/index.ts';

const Operator = Type.Object({
  op: Type.String({ description: 'ONNX name; with its domain where that is not ai.onnx.' }),
  nonlinear: Type.Boolean({ description: 'Whether it is an activation function.' }),
  view: Type.Boolean({ description: 'Whether its outputs own no memory.' }),
  folds: Type.Boolean({ description: 'Whether it is computed where its inputs are small constants.' }),
});

const Format = Type.Object({
  id: Type.String({ description: 'What the option format takes.' }),
  title: Type.String({ description: 'Name.' }),
  extensions: Type.Array(Type.String(), { description: 'File name endings.' }),
  reads: Type.String({ description: 'What of it is read.' }),
});

/** What Fovea knows, read from its registries. */
export async function catalogRoutes(app: FastifyInstance): Promise<void> {
  const tags = ['catalog'];

  const operatorsAnswer = Type.Object({ operators: Type.Array(Operator) }, { description: 'The operators.' });
  app.get(
    '/v1/operators',
    { schema: { operationId: 'operators', summary: 'The operators that Fovea knows', tags, response: { 200: operatorsAnswer } } },
    async () => ({
      operators: operators().map(({ op, nonlinear, view, value }) => ({
        op,
        nonlinear: nonlinear ?? false,
        view: view ?? false,
        folds: value !== undefined,
      })),
    }),
  );

  const formatsAnswer = Type.Object({ formats: Type.Array(Format) }, { description: 'The formats.' });
  app.get(
    '/v1/formats',
    { schema: { operationId: 'formats', summary: 'The formats that Fovea reads', tags, response: { 200: formatsAnswer } } },
    async () => ({
      formats: formats().map(({ id, title, extensions, reads }) => ({ id, title, extensions, reads })),
    }),
  );
}
