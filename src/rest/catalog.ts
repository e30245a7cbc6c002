import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { conventionCatalog, deviceCatalog, formatCatalog, operatorCatalog } from '../analysis/catalog.ts';

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

const Convention = Type.Object({
  id: Type.String({
    description: 'What the option convention takes; with a version behind an @, mistakes of that version of the tool and all.',
  }),
  version: Type.String({ description: 'Of the tool whose rules these are, or of the rules themselves.' }),
  unit: Type.String({ description: 'What is counted: MAC or FLOP.' }),
  summary: Type.String({ description: 'What counts, in a sentence.' }),
  source: Type.String({ description: 'Where the rules are stated.' }),
  note: Type.Union([Type.String(), Type.Null()], { description: 'What it does otherwise than the tool, or where the tool is wrong.' }),
});

const Device = Type.Object({
  id: Type.String({ description: 'What the option device takes.' }),
  name: Type.String({ description: 'Name.' }),
  kind: Type.String({ description: 'server, desktop, edge or cpu.' }),
  bandwidth: Type.Number({ description: 'Bytes per second between processor and main memory.' }),
  rates: Type.Object(
    {},
    { additionalProperties: Type.Number(), description: 'Operations per second on dense data by type; a multiply-accumulate is two.' },
  ),
  source: Type.String({ description: 'Where the figures were published.' }),
  date: Type.String({ description: 'When.' }),
  verified: Type.Boolean({ description: 'Whether every figure was compared with the source.' }),
  note: Type.Union([Type.String(), Type.Null()], { description: 'What else one should know.' }),
});

/** What Fovea knows, read from its registries. */
export async function catalogRoutes(app: FastifyInstance): Promise<void> {
  const tags = ['catalog'];

  const operatorsAnswer = Type.Object({ operators: Type.Array(Operator) }, { description: 'The operators.' });
  app.get(
    '/v1/operators',
    { schema: { operationId: 'operators', summary: 'The operators that Fovea knows', tags, response: { 200: operatorsAnswer } } },
    async () => ({ operators: operatorCatalog() }),
  );

  const formatsAnswer = Type.Object({ formats: Type.Array(Format) }, { description: 'The formats.' });
  app.get(
    '/v1/formats',
    { schema: { operationId: 'formats', summary: 'The formats that Fovea reads', tags, response: { 200: formatsAnswer } } },
    async () => ({ formats: formatCatalog() }),
  );

  const conventionsAnswer = Type.Object({ conventions: Type.Array(Convention) }, { description: 'The conventions.' });
  app.get(
    '/v1/conventions',
    {
      schema: {
        operationId: 'conventions',
        summary: 'The conventions of cost that Fovea knows',
        tags,
        response: { 200: conventionsAnswer },
      },
    },
    async () => ({ conventions: conventionCatalog() }),
  );

  const devicesAnswer = Type.Object({ devices: Type.Array(Device) }, { description: 'The devices.' });
  app.get(
    '/v1/devices',
    { schema: { operationId: 'devices', summary: 'The devices that Fovea has figures for', tags, response: { 200: devicesAnswer } } },
    async () => ({ devices: deviceCatalog() }),
  );
}
