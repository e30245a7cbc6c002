import { type TSchema, Type } from '@sinclair/typebox';

/** A network in JSON, as far as OpenAPI tells; what a description may hold is specified by schema/network.schema.json. */
export const NetworkInputSchema = Type.Union(
  [
    Type.Object(
      {
        version: Type.Integer({ description: 'Version of the description language.' }),
        name: Type.Optional(Type.String({ description: 'What to call the network.' })),
        inputs: Type.Object({}, { additionalProperties: true, description: 'Shapes by input name.' }),
        layers: Type.Array(Type.Object({ type: Type.String() }, { additionalProperties: true }), { description: 'The layers, in order.' }),
      },
      { title: 'A description', description: 'Specified by network.schema.json.' },
    ),
    Type.Object({ ref: Type.String({ description: 'A network that the service has.' }) }, { title: 'A reference' }),
    Type.Object(
      {
        format: Type.Optional(Type.String({ description: 'Id of the format; without it the content decides.' })),
        base64: Type.String({ contentEncoding: 'base64', description: 'A model file.' }),
        name: Type.Optional(Type.String({ description: 'What to call the network.' })),
      },
      { title: 'A file' },
    ),
  ],
  {
    $id: 'NetworkInput',
    description: 'A network.',
    examples: [
      {
        version: 1,
        inputs: { x: [1, 3, 224, 224] },
        layers: [{ type: 'Conv2d', out_channels: 64, kernel_size: 7, stride: 2, padding: 3 }],
      },
    ],
  },
);

const binary = { schema: Type.String({ format: 'binary' }) };

/** Bodies that hold a network, by content type; `json` are those in JSON. */
export function networkBodies(json: TSchema[]) {
  return {
    'application/octet-stream': binary,
    'application/onnx': binary,
    'application/x-protobuf': binary,
    'application/json': { schema: Type.Union(json) },
    'multipart/form-data': {
      schema: Type.Object({ model: Type.String({ format: 'binary', description: 'The file, under any name.' }) }),
    },
  };
}
