import { type TSchema, Type } from '@sinclair/typebox';

const text = (description: string) => Type.String({ description });
const integer = (description: string) => Type.Integer({ description });
const number = (description: string) => Type.Number({ description });
const flag = (description: string) => Type.Boolean({ description });
const list = (items: TSchema, description: string) => Type.Array(items, { description });
const open = (properties: Record<string, TSchema>, description: string) => Type.Object(properties, { description });

/** Null is what could not be determined. Types rather than unions of types, which tools read better. */
const orNull = (schema: TSchema) => Type.Unsafe({ ...schema, type: [schema.type, 'null'].flat() });

const count = (description: string) =>
  Type.Unsafe<number | string>({ type: ['integer', 'string'], description: `${description} A decimal string above 2^53 - 1.` });

const Cost = open(
  { value: orNull(count('The figure.')), unit: text('What is counted: MAC or FLOP.') },
  'What the chosen convention counts.',
);

const Operations = {
  mac: count('Multiply-accumulates of contractions.'),
  mul: count('Multiplications.'),
  add: count('Additions.'),
  div: count('Divisions.'),
  cmp: count('Comparisons.'),
  exp: count('Transcendental functions.'),
  load: count('Gathered elements.'),
};

const Tensor = {
  name: text('Name of the tensor.'),
  dtype: orNull(text("Element type, by NumPy's name.")),
  shape: orNull(list(orNull(integer('A size.')), 'Sizes, outermost first; null where not even the rank is known.')),
};

const Input = open(
  {
    ...Tensor,
    axes: list(
      Type.String(),
      'Names of the axes: N, C, D, H, W, T, or the index. N and C may stand on several axes (heads and their channels).',
    ),
  },
  'A tensor at the edge of the network.',
);

const extent = {
  status: text('exact, global, dataDependent, unknown or none.'),
  size: orNull(number('Extent of the field in positions of the source, as if no tensor had a border; the largest over phases.')),
  sizeMin: orNull(number('The smallest extent over phases.')),
  visible: orNull(number('The largest extent after clipping at every border on the way.')),
  stride: orNull(number('Distance between the fields of neighbouring units; null where it is not constant.')),
  strideRatio: orNull(Type.Array(Type.Integer(), { minItems: 2, maxItems: 2, description: 'The stride as numerator and denominator.' })),
  padding: orNull(number('How far the field of the first unit reaches past the border.')),
  center: orNull(number('Centre of the field of the first unit.')),
};

const FieldAxis = open(
  {
    axis: text('Axis of the source.'),
    outputAxis: orNull(integer('Axis of this tensor that moves along it.')),
    ...extent,
    cause: Type.Optional(text('Why the status is what it is, where there is more to say.')),
    local: open(extent, 'The same without global statistics and gates.'),
  },
  'A receptive field along one axis of its source.',
);

const Params = {
  stored: count('Elements of stored weights.'),
  trainable: count('Stored elements that training changes.'),
  buffers: count('Running statistics.'),
};

const Layer = open(
  {
    index: integer('Place in the order of execution.'),
    id: text('Unique in the network.'),
    name: text('Name in the file; may be empty.'),
    scope: text('Path of the module this layer came from.'),
    op: text('Operator, by its ONNX name.'),
    attributes: Type.Object({}, { additionalProperties: true, description: 'Attributes by their ONNX names, with defaults filled in.' }),
    inputs: list(Type.String(), 'Names of the tensors that it reads.'),
    outputs: list(
      open(
        {
          ...Tensor,
          receptiveFields: list(
            open(
              { source: text('Input of the network.'), axes: list(FieldAxis, 'One per axis but batch and channel.') },
              'A receptive field.',
            ),
            'One per data input that reaches this tensor.',
          ),
        },
        'A tensor that the layer writes.',
      ),
      'The tensors that it writes.',
    ),
    params: open(Params, 'Parameters, counted at the first layer that uses them.'),
    macs: orNull(count('Multiply-accumulates.')),
    flops: orNull(count('Floating-point operations: 2 mac + mul + add + div + cmp + exp.')),
    operations: Type.Unsafe({ ...open(Operations, 'Primitive operations.'), type: ['object', 'null'] }),
    validMacs: orNull(count('Multiply-accumulates without those on taps in padding.')),
    validFlops: orNull(count('Floating-point operations without those on taps in padding.')),
    cost: Cost,
    integer: flag('Whether this is integer arithmetic.'),
    activationBytes: orNull(count('Bytes of the outputs.')),
  },
  'A node that computes on data.',
);

const Totals = open(
  {
    params: open(
      {
        ...Params,
        logical: count('Trainable elements with aliases of one tensor counted apart.'),
        scalars: count('Constants of one element.'),
        bytes: count('Bytes of the stored elements.'),
      },
      'Parameters, each tensor once.',
    ),
    macs: count('Multiply-accumulates.'),
    flops: count('Floating-point operations.'),
    operations: open(Operations, 'Primitive operations.'),
    validMacs: count('Multiply-accumulates without those on taps in padding.'),
    validFlops: count('Floating-point operations without those on taps in padding.'),
    cost: Cost,
    activations: open({ elements: count('Elements.'), bytes: count('Bytes.') }, 'Outputs of all layers.'),
    memory: open(
      {
        weightBytes: count('Bytes of the weights.'),
        peakBytes: count('Most bytes of activations that live at once.'),
        peakLayer: orNull(text('Id of the layer at which they do.')),
      },
      'Memory for inference.',
    ),
    depth: integer('Layers with weights on the longest path.'),
    nonlinearities: integer('Activation functions on the longest path.'),
    stride: Type.Object({}, { additionalProperties: orNull(number('A stride.')), description: 'Total stride of the main output by axis.' }),
    lowerBounds: list(Type.String(), 'Names of the totals that are lower bounds; empty when the report is complete.'),
  },
  'Totals; in a partial report the sums of what is known.',
);

const ScopeTotals = open(
  {
    scope: text('Start of the scope.'),
    layers: integer('Layers below it.'),
    params: open(Params, 'Parameters.'),
    macs: count('Multiply-accumulates.'),
    flops: count('Floating-point operations.'),
    cost: Cost,
    activationBytes: count('Bytes of the outputs.'),
    lowerBounds: list(Type.String(), 'Names of the totals of this scope that are lower bounds.'),
  },
  'Totals of the layers of one scope; where something is not known, the sums of what is.',
);

/** The report as OpenAPI describes it. Fields may be added, so none are excluded. */
export const ReportSchema = Type.Object(
  {
    network: open(
      {
        name: text('Name of the network.'),
        format: text('Id of the format.'),
        sha256: text('Digest of what was sent.'),
        bytes: integer('Size of what was sent.'),
        producer: Type.Optional(text('What wrote the file.')),
        opset: Type.Optional(integer('ONNX operator set.')),
        edits: Type.Optional(integer('How many edits were made to what was sent; absent where none were.')),
      },
      'What was analyzed.',
    ),
    engine: open({ name: text('fovea'), version: text('Version.') }, 'What analyzed it.'),
    convention: open(
      {
        id: text('Id.'),
        version: text('Version.'),
        unit: text('MAC or FLOP.'),
        notCounted: list(open({ op: text('Operator.'), count: integer('Layers.') }, 'An operator.'), 'What it leaves out.'),
      },
      'The counting convention of the cost fields.',
    ),
    inputs: list(Input, 'Data inputs.'),
    outputs: list(Input, 'Outputs.'),
    assumptions: list(
      open({ name: text('What was assumed.'), value: number('Its value.'), reason: text('Why.') }, 'An assumption.'),
      'Sizes that the file leaves open and Fovea chose.',
    ),
    status: text('complete or partial.'),
    coverage: open(
      {
        nodes: integer('Nodes in the file.'),
        layers: integer('Nodes that compute on data.'),
        folded: integer('Nodes that compute on constants only.'),
        unsupported: list(
          open({ op: text('Operator.'), count: integer('Nodes.'), nodes: list(Type.String(), 'Their ids.') }, 'An operator.'),
          'Operators that Fovea does not know.',
        ),
      },
      'How much of the network the report covers.',
    ),
    diagnostics: list(
      open(
        {
          code: text('Stable code.'),
          severity: text('info, warning or error.'),
          message: text('What was noticed.'),
          node: Type.Optional(text('Id of the node.')),
        },
        'Something worth knowing.',
      ),
      'What was noticed on the way.',
    ),
    totals: Totals,
    groups: Type.Optional(list(ScopeTotals, 'Totals by scope, with the option group.')),
    layers: Type.Optional(list(Layer, 'The layers, in order of execution; absent with layers=none.')),
  },
  { $id: 'Report', description: 'What Fovea says of a network. What could not be determined is null; known zeros are 0.' },
);
