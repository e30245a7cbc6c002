import { Type } from '@sinclair/typebox';

const Count = (description: string) => Type.Unsafe({ type: ['integer', 'string'], description });

const Totals = Type.Object(
  {
    engine: Type.String({ description: 'Version of the engine that made them.' }),
    status: Type.String({ description: 'complete or partial, as in the report.' }),
    nodes: Type.Integer({ description: 'Nodes of the graph.' }),
    layers: Type.Integer({ description: 'Layers of the report.' }),
    params: Count('Trainable parameters.'),
    macs: Count('Multiply-accumulates.'),
    flops: Count('Floating-point operations.'),
    weightBytes: Count('Bytes of all parameters.'),
    activations: Count('Elements of the outputs of all layers.'),
    activationBytes: Count('Their bytes.'),
    peakBytes: Count('Most bytes of activations that are live at once.'),
    receptiveField: Type.Unsafe({
      type: ['integer', 'null'],
      description:
        'Largest size over the axes of the first input, for the units of the last layer that still have a place along it; null where it is unknown, or there is no such axis.',
    }),
    depth: Type.Integer({ description: 'Layers with weights on the longest path.' }),
    nonlinearities: Type.Integer({ description: 'Activation functions on that path.' }),
    lowerBounds: Type.Array(Type.String(), { description: 'Names of the totals that are lower bounds, as in the report.' }),
  },
  { description: 'Totals of the report under no options.' },
);

const About = Type.Object(
  {
    name: Type.String({ description: 'What the file calls it.' }),
    format: Type.String({ description: 'Id of the format.' }),
    sha256: Type.String({ description: 'Digest of what was sent.' }),
    bytes: Type.Integer({ description: 'Its size.' }),
    producer: Type.Optional(Type.String({ description: 'What wrote the file.' })),
    opset: Type.Optional(Type.Integer({ description: 'Version of its operators.' })),
  },
  { description: 'As in the report.' },
);

const Views = Type.Object({}, { additionalProperties: Type.String(), description: 'Where its views are.' });

const KEPT = {
  ref: Type.String({ description: '`sha256:...`, under which it is always the same.' }),
  network: About,
  totals: Totals,
  tags: Type.Array(Type.String(), { description: 'Its tags.' }),
  note: Type.Unsafe({ type: ['string', 'null'], description: 'Its note.' }),
  keptAt: Type.String({ format: 'date-time', description: 'When it was first kept.' }),
  versions: Type.Array(Type.String(), {
    description: 'Refs of the form `name:<name>@<n>` that stand for it; of very many the newest 100.',
  }),
};

/** A network that is kept, without its graph. */
export const KeptSchema = Type.Object(KEPT, { $id: 'KeptNetwork', description: 'A network that is kept.' });

/** The same with what can be asked of it. */
export const OneKept = Type.Object({ ...KEPT, views: Views }, { title: 'A kept network' });

/** What a name has stood for. */
export const VersionSchema = Type.Object(
  {
    ref: Type.String({ description: '`name:<name>@<n>`' }),
    name: Type.String({ description: 'The name.' }),
    number: Type.Integer({ description: 'Its place in the history; the first is 1. Numbers are never given twice.' }),
    keptAt: Type.String({ format: 'date-time', description: 'When the name was given to it.' }),
    kept: Type.Unsafe({ $ref: 'KeptNetwork#' }),
  },
  { description: 'What a name has stood for.' },
);

const next = Type.Unsafe({ type: ['string', 'null'], description: 'What `after` takes for the next page; null on the last.' });

const Networks = Type.Array(Type.Unsafe({ $ref: 'KeptNetwork#' }), { description: 'The networks of this page.' });

/** A page of kept networks. */
export const Page = { kept: Type.Union([Networks, Type.Null()]), next };

/** A page of a history. */
export const History = Type.Object(
  { name: Type.String({ description: 'The name.' }), versions: Type.Array(VersionSchema, { description: 'The newest first.' }), next },
  { title: 'A history' },
);
