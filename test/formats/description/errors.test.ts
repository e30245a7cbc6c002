import t from 'tap';
import { Fault } from '../../../src/core/fault.ts';
import { readDescription } from '../../../src/formats/description/index.ts';
import { type Json, LIMITS, network } from './lower.ts';

type Wrong = readonly [document: unknown, pointer: string, message: string];

function expectInvalid(t: { same(found: unknown, wanted: unknown, name: string): void }, cases: readonly Wrong[]): void {
  for (const [document, pointer, message] of cases) {
    const found = fault(() => readDescription(document, LIMITS));
    t.same(found, { code: 'invalid-description', pointer, message }, message);
  }
}

function fault(run: () => unknown): Json | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault) return { code: error.code, pointer: error.spot.pointer, message: error.message };
    throw error;
  }
  return undefined;
}

const conv = { type: 'Conv2d', out_channels: 8, kernel_size: 3 };
const image = (...layers: readonly unknown[]) => network([1, 3, 32, 32], ...layers);
/** A wrong argument of a convolution. */
const argument = (key: string, value: unknown) => image({ ...conv, [key]: value });

t.test('the document', async (t) => {
  expectInvalid(t, [
    [5, '', 'a network description must be an object, not 5'],
    [[], '', 'a network description must be an object, not []'],
    [{ layers: [conv] }, '', 'missing required key "inputs"'],
    [{ inputs: {} }, '', 'missing required key "layers"'],
    [{ ...image(), layers: [] }, '/layers', '"layers" must be a list of at least one layer, not []'],
    [{ ...image(conv), version: 2 }, '/version', '"version" must be 1, not 2'],
    [{ ...image(conv), constants: { c: { dtype: 'int8', shape: 2 } } }, '/constants/c/shape', '"shape" must be a list of integers, not 2'],
    [
      { ...image(conv), constants: { c: { dtype: 'int8', shape: [], data: 2 } } },
      '/constants/c/data',
      '"data" must be a list of values, not 2',
    ],
    [{ ...image(conv), output: ['x'] }, '/output', 'unknown key "output"; did you mean "outputs"?'],
    [{ ...image(conv), outputs: 'x' }, '/outputs', '"outputs" must be a list of names, not "x"'],
    [{ ...image(conv), outputs: ['conv2d_1'] }, '/outputs/0', 'there is no "conv2d_1"; did you mean "conv2d_0"?'],
    [{ ...image(conv), outputs: ['x', 'x'] }, '/outputs/1', '"x" is an output twice'],
    [{ ...image(conv), name: 'x'.repeat(50).split('') }, '/name', '"name" must be a string, not a list'],
    [{ ...image(conv), constants: { '': { dtype: 'int8', shape: [] } } }, '/constants/', 'a constant must have a name'],
    [{ ...image(conv), constants: { x: { dtype: 'int8', shape: [] } } }, '/constants/x', 'the name "x" is taken'],
    [
      { ...image(conv), constants: { c: { dtype: 'int8', shape: [2], data: [1] } } },
      '/constants/c/data',
      'the shape [2] has 2 elements, but "data" has 1',
    ],
    [
      { ...image(conv), constants: { c: { dtype: 'int8', shape: [1], data: ['one'] } } },
      '/constants/c/data/0',
      'item 0 must be a number, true or false or a decimal string, not "one"',
    ],
  ]);
});

t.test('inputs', async (t) => {
  const inputs = (inputs: unknown) => ({ ...image(conv), inputs });
  expectInvalid(t, [
    [inputs([]), '/inputs', '"inputs" must be an object, not []'],
    [inputs({ '': [1] }), '/inputs/', 'an input must have a name'],
    [inputs({ 'a/b~': 'x' }), '/inputs/a~1b~0', '"a/b~" must be a list of sizes, or an object with "shape" and "dtype", not "x"'],
    [inputs({ x: [1, -3] }), '/inputs/x/1', 'item 1 must be a size, a name or null, not -3'],
    [inputs({ x: { shape: [1], dtpe: 'int8' } }), '/inputs/x/dtpe', 'unknown key "dtpe"; did you mean "dtype"?'],
    [
      inputs({ x: { shape: [1], dtype: 'float' } }),
      '/inputs/x/dtype',
      '"dtype" must be an element type such as "float32" or "int64", not "float"',
    ],
    [inputs({ x: [1, 3, 8, 8], y: [1] }), '/layers/0', 'there is not exactly one input, so the first layer must say "from" which it reads'],
    [inputs({ x: [1, null, 8, 8] }), '/layers/0', 'Conv2d needs to know the number of channels of "x"'],
    [inputs({ x: { shape: null } }), '/layers/0', 'Conv2d needs to know how many axes "x" has'],
    [inputs({ x: [1, 3, 8] }), '/layers/0', 'Conv2d reads a tensor of 4 axes (N, C, H, W), not 3'],
  ]);
});

t.test('layer types and keys', async (t) => {
  const poisoned = JSON.parse('{"type":"ReLU","__proto__":{"type":"Tanh"}}');
  expectInvalid(t, [
    [image('ReLU'), '/layers/0', 'a layer must be an object with a "type"'],
    [image({}), '/layers/0', 'missing required key "type"'],
    [image({ type: 3 }), '/layers/0/type', '"type" must be the name of a layer type'],
    [image({ type: 'conv2d' }), '/layers/0/type', 'unknown layer type "conv2d"; did you mean "Conv2d"?'],
    [image({ type: 'BatchNrom2d' }), '/layers/0/type', 'unknown layer type "BatchNrom2d"; did you mean "BatchNorm2d"?'],
    [image({ type: 'Zzzzzz' }), '/layers/0/type', 'unknown layer type "Zzzzzz"'],
    [image({ type: 'constructor' }), '/layers/0/type', 'unknown layer type "constructor"'],
    [image({ type: 'Z'.repeat(100) }), '/layers/0/type', `unknown layer type "${'Z'.repeat(100)}"`],
    [image({ type: 'onnx.' }), '/layers/0/type', '"type" must be "onnx." and the name of an operator, not "onnx."'],
    [argument('kernal_size', 3), '/layers/0/kernal_size', 'unknown key "kernal_size"'],
    [
      image({ type: 'Conv2d', out_channels: 8, kernal_size: 3 }),
      '/layers/0/kernal_size',
      'unknown key "kernal_size"; did you mean "kernel_size"?',
    ],
    [image({ type: 'Conv2d', out_channels: 8 }), '/layers/0', 'missing required key "kernel_size"'],
    [argument('constructor', 1), '/layers/0/constructor', 'unknown key "constructor"'],
    [image(poisoned), '/layers/0/__proto__', 'unknown key "__proto__"'],
    [image({ type: 'ReLU', weights: 'a' }), '/layers/0/weights', 'unknown key "weights"'],
  ]);
});

t.test('arguments', async (t) => {
  const size = '"kernel_size" must be an integer of at least 1 or a list of 2 integers';
  const padding =
    '"padding" must be an integer of at least 0, a list of 2 integers or [begin, end], "same", "valid", "same_upper" or "same_lower"';
  expectInvalid(t, [
    [argument('kernel_size', '3'), '/layers/0/kernel_size', `${size}, not "3"`],
    [argument('kernel_size', 0), '/layers/0/kernel_size', `${size}, not 0`],
    [argument('kernel_size', 1.5), '/layers/0/kernel_size', `${size}, not 1.5`],
    [argument('kernel_size', null), '/layers/0/kernel_size', `${size}, not null`],
    [argument('kernel_size', {}), '/layers/0/kernel_size', `${size}, not an object`],
    [argument('kernel_size', [3]), '/layers/0/kernel_size', `${size}, not [3]`],
    [argument('kernel_size', [3, 'x']), '/layers/0/kernel_size/1', 'item 1 must be an integer of at least 1, not "x"'],
    [
      argument('out_channels', 2 ** 40),
      '/layers/0/out_channels',
      '"out_channels" must be an integer of at most 2147483647, not 1099511627776',
    ],
    [argument('bias', 1), '/layers/0/bias', '"bias" must be true or false, not 1'],
    [argument('padding', 'smae'), '/layers/0/padding', `${padding}, not "smae"`],
    [argument('padding', 's'.repeat(50)), '/layers/0/padding', `${padding}, not "${'s'.repeat(40)}"...`],
    [argument('padding', [[1, 1], [1]]), '/layers/0/padding', `${padding}, not a list`],
    [
      argument('padding_mode', 'zero'),
      '/layers/0/padding_mode',
      '"padding_mode" must be "zeros", "reflect", "replicate" or "circular", not "zero"',
    ],
    [image({ type: 'BatchNorm2d', momentum: 'x' }), '/layers/0/momentum', '"momentum" must be a number or null, not "x"'],
    [image({ type: 'onnx.A', attributes: { a: [null] } }), '/layers/0/attributes/a/0', 'item 0 must be a number or a string, not null'],
    [argument('from', 3), '/layers/0/from', '"from" must be the name of an earlier layer, or a list of names, not 3'],
    [argument('from', ['x', 3]), '/layers/0/from/1', 'item 1 must be a name or a tensor, not 3'],
    [argument('repeat', 0), '/layers/0/repeat', '"repeat" must be an integer of at least 1, not 0'],
    [image({ type: 'LeakyReLU', negative_slope: '1' }), '/layers/0/negative_slope', '"negative_slope" must be a number, not "1"'],
    [image({ type: 'Permute', dims: 1 }), '/layers/0/dims', '"dims" must be a list of 1 to 64 integers, not 1'],
    [
      image({ type: 'onnx.A', attributes: { a: null } }),
      '/layers/0/attributes/a',
      '"a" must be a number, a string, a list of numbers or strings, or a tensor, not null',
    ],
    [image({ type: 'onnx.A', attributes: { a: [1, 'x'] } }), '/layers/0/attributes', 'attribute "a" mixes numbers and strings'],
    [image({ type: 'onnx.A', outputs: ['a'], num_outputs: 1 }), '/layers/0/num_outputs', '"outputs" already says how many there are'],
    [image({ type: 'onnx.A', outputs: ['a', 'a'] }), '/layers/0/outputs', '"outputs" must be different names'],
    [image({ type: 'onnx.A', outputs: [''] }), '/layers/0/outputs', '"outputs" must be different names'],
    [image({ ...conv, outputs: ['a', 'b'] }), '/layers/0/outputs', '"outputs" has 2 names, but the layer gives 1'],
    [image({ ...conv, outputs: ['x'] }), '/layers/0', 'the name "x" is taken'],
  ]);
});

t.test('names', async (t) => {
  expectInvalid(t, [
    [argument('from', 'xx'), '/layers/0/from', 'there is no "xx"; did you mean "x"?'],
    [{ inputs: {}, layers: [{ type: 'ReLU', from: 'x' }] }, '/layers/0/from', 'there is no "x"'],
    [argument('from', 'nowhere'), '/layers/0/from', 'there is no "nowhere"'],
    [
      image({ type: 'ReLU', from: 'b' }, { type: 'ReLU', name: 'b' }),
      '/layers/0/from',
      '"b" comes later; only earlier layers can be named',
    ],
    [argument('name', 'x'), '/layers/0/name', 'the name "x" is taken by /inputs/x'],
    [argument('name', ''), '/layers/0/name', '"name" must be a name, not ""'],
    [image({ ...conv, name: 'a' }, { type: 'ReLU', name: 'a' }), '/layers/1/name', 'the name "a" is taken by /layers/0'],
    [image({ ...conv, name: 'a' }, { type: 'ReLU', name: 'a.weight' }), '/layers/1', 'the name "a.weight" is taken'],
    [
      image({ type: 'onnx.A', name: 'a', outputs: ['b'] }, { type: 'onnx.A', name: 'a', outputs: ['c'] }),
      '/layers/1',
      'the name "a" is taken',
    ],
    [argument('from', ['x', 'x']), '/layers/0/from', 'Conv2d reads 1 value, not 2'],
    [image({ type: 'Add' }), '/layers/0', 'Add reads at least 2 values, not 1; name them in "from"'],
    [image({ type: 'Subtract', from: ['x', 'x', 'x'] }), '/layers/0/from', 'Subtract reads 2 values, not 3'],
    [
      image({ type: 'MultiheadAttention', num_heads: 1, from: ['x', 'x', 'x', 'x'] }),
      '/layers/0/from',
      'MultiheadAttention reads at most 3 values, not 4',
    ],
    [image({ type: 'Chunk', chunks: 3, name: 's' }, { type: 'ReLU' }), '/layers/1', '"s" has 3 outputs; say which: "s.0", "s.1", "s.2"'],
    [
      network([1, 8], { type: 'Chunk', chunks: 8, name: 's' }, { type: 'ReLU', from: 's' }),
      '/layers/1/from',
      '"s" has 8 outputs; say which: "s.0", "s.1", "s.2", ...',
    ],
    [image({ type: 'Add', from: ['x', 'x'], repeat: 2 }), '/layers/0/repeat', 'only a layer that reads one value can be repeated'],
    [image({ type: 'Linear', out_features: 3, weights: 'z' }), '/layers/0/weights', 'there is no earlier layer "z" with parameters'],
    [
      image({ ...conv, name: 'c', bias: false, padding: 1 }, { ...conv, weights: 'c' }),
      '/layers/1/weights',
      'the shared weight "c.weight" has the shape [8,3,3,3]; this layer needs [8,8,3,3]',
    ],
    [image({ ...conv, name: 'c', bias: false }, { ...conv, from: 'x', weights: 'c' }), '/layers/1/weights', '"c" has no bias to share'],
  ]);
});

t.test('what contradicts the tensors', async (t) => {
  expectInvalid(t, [
    [argument('groups', 2), '/layers/0/groups', 'the 3 input channels cannot be split into 2 groups'],
    [argument('groups', 3), '/layers/0/groups', 'the 8 output channels cannot be split into 3 groups'],
    [argument('in_channels', 4), '/layers/0/in_channels', '"in_channels" is 4, but the layer reads 3 channels'],
    [
      image({ ...conv, padding: 'same', stride: 2 }),
      '/layers/0/padding',
      '"same" needs a stride of 1; "same_upper" pads to ceil(size / stride)',
    ],
    [
      image({ ...conv, padding: 'same_upper', padding_mode: 'reflect' }),
      '/layers/0/padding',
      '"padding_mode" "reflect" needs the padding as numbers',
    ],
    [
      image({ type: 'ConvTranspose2d', out_channels: 3, kernel_size: 2, output_padding: 1 }),
      '/layers/0/output_padding',
      '"output_padding" must be smaller than the stride or the dilation',
    ],
    [argument('kernel_size', 64), '/layers/0', "Conv 'conv2d_0': a window of 64 does not fit into an axis of 32 with padding 0 and 0"],
    [
      network([1, 3, null], { type: 'AdaptiveAvgPool1d', output_size: null }),
      '/layers/0/output_size',
      'null keeps a size that is not known',
    ],
    [image({ type: 'GroupNorm', num_groups: 2 }), '/layers/0/num_groups', '3 channels cannot be split into 2 groups'],
    [
      image({ type: 'LayerNorm', normalized_shape: 5 }),
      '/layers/0/normalized_shape',
      '"normalized_shape" is [5], but the layer reads [1,3,32,32]',
    ],
    [network([1, null], { type: 'LayerNorm' }), '/layers/0', 'LayerNorm needs to know the size of the last axis'],
    [image({ type: 'Softmax', dim: 4 }), '/layers/0/dim', '"dim" is 4, outside a tensor of 4 axes'],
    [
      image({ type: 'Embedding', num_embeddings: 5, embedding_dim: 4 }),
      '/layers/0',
      'Embedding reads indices, but "x" is float32; give the input "dtype": "int64"',
    ],
    [image({ type: 'Flatten', start_dim: 3, end_dim: 2 }), '/layers/0/start_dim', '"start_dim" is after "end_dim"'],
    [image({ type: 'Reshape', shape: [-1, -1] }), '/layers/0/shape', 'only one size can be -1'],
    [image({ type: 'Permute', dims: [0, 1, 2, 2] }), '/layers/0/dims', '"dims" must name each of the 4 axes once'],
    [image({ type: 'ChannelShuffle', groups: 2 }), '/layers/0/groups', '3 channels cannot be split into 2 groups'],
    [image({ type: 'Upsample' }), '/layers/0', 'Upsample needs either "scale_factor" or "size"'],
    [image({ type: 'Upsample', size: [4] }), '/layers/0/size', '"size" has 1 numbers for 2 spatial axes'],
    [image({ type: 'Upsample', size: 4, mode: 'linear' }), '/layers/0/mode', '"mode" "linear" is for tensors of 3 axes, not 4'],
    [network([1, 3], { type: 'Upsample', size: 4 }), '/layers/0/mode', '"mode" "nearest" is for tensors of 3, 4 or 5 axes, not 2'],
    [image({ type: 'Upsample', size: 4, align_corners: true }), '/layers/0/align_corners', '"align_corners" has no meaning for "nearest"'],
    [image({ type: 'Slice', dim: [1, 2], start: [1] }), '/layers/0/start', '"start" has 1 numbers for 2 axes'],
    [
      image({ type: 'Split', split_size_or_sections: [1, 1] }),
      '/layers/0/split_size_or_sections',
      'the sizes add up to 2, but the axis has 3',
    ],
    [network([1, 5000], { type: 'Split', split_size_or_sections: 1 }), '/layers/0/split_size_or_sections', 'that is more than 4096 parts'],
    [
      network([1, null], { type: 'Split', split_size_or_sections: 1 }),
      '/layers/0/split_size_or_sections',
      'the size of the axis is not known; list the sizes',
    ],
    [
      image({ type: 'Add', from: ['x', { dtype: 'float32', shape: [5] }] }),
      '/layers/0',
      "Add 'add_0': sizes 32 and 5 on axis 3 do not broadcast",
    ],
    [network([1, 4, 6], { type: 'MultiheadAttention', num_heads: 4 }), '/layers/0/num_heads', '6 features cannot be split into 4 heads'],
    [
      network([1, 4, 6], { type: 'MultiheadAttention', num_heads: 2, from: ['x', 'x'] }),
      '/layers/0/from',
      'MultiheadAttention reads 1 or 3 values, not 2',
    ],
    [
      network([1, 4, 6], { type: 'MultiheadAttention', num_heads: 2, from: ['x', 'x', { dtype: 'float32', shape: [1, 4, 5] }] }),
      '/layers/0/from',
      'query, key and value must be N, L, E with E = 6, but "multiheadattention_0.from.2" is not',
    ],
    [
      network([4], { type: 'ScaledDotProductAttention', from: ['x', 'x', 'x'] }),
      '/layers/0/from',
      'ScaledDotProductAttention reads tensors of at least 2 axes',
    ],
  ]);
});

t.test('blocks', async (t) => {
  const block = (use: Json, layer: Json, more: Json = {}) => ({
    ...image({ type: 'block', block: 'b', ...use }),
    blocks: { b: { parameters: { channels: null }, layers: [layer], ...more } },
  });
  const open = { ...conv, out_channels: '$channels' };
  const three = { with: { channels: 3 } };
  expectInvalid(t, [
    [image({ type: 'block', block: 'b' }), '/layers/0/block', 'there is no block "b"'],
    [block({ block: 'bb' }, open), '/layers/0/block', 'there is no block "bb"; did you mean "b"?'],
    [block({}, open), '/layers/0', 'block "b" needs a value for "channels" in "with"'],
    [block({ with: { chanels: 3 } }, open), '/layers/0/with/chanels', 'block "b" has no parameter "chanels"; did you mean "channels"?'],
    [
      block({ name: 's', with: { channels: '3' } }, open),
      '/blocks/b/layers/0/out_channels',
      '"out_channels" must be an integer of at least 1, not "3" (in "s")',
    ],
    [
      block(three, { ...conv, out_channels: '$chanels' }),
      '/blocks/b/layers/0/out_channels',
      'the block has no parameter "chanels"; did you mean "channels"? (in "b_0")',
    ],
    [block(three, { type: 'ReLU', name: '$channels' }), '/blocks/b/layers/0/name', 'a name cannot be a parameter'],
    [block(three, { type: 'ReLU', name: 'input' }), '/blocks/b/layers/0/name', 'the name "input" is taken by what the block reads'],
    [block(three, { type: 'ReLU', from: 'x' }), '/blocks/b/layers/0/from', 'there is no "x" (in "b_0")'],
    [block(three, { ...conv, out_chanels: '$channels' }), '/blocks/b/layers/0/out_chanels', 'unknown key "out_chanels"'],
    [
      block(three, { ...open, kernel_size: '3' }),
      '/blocks/b/layers/0/kernel_size',
      '"kernel_size" must be an integer of at least 1 or a list of 2 integers, not "3"',
    ],
    [
      block(three, { ...conv, kernel_size: ['$channels', 'x'] }),
      '/blocks/b/layers/0/kernel_size/1',
      'item 1 must be an integer of at least 1, not "x"',
    ],
    [block(three, { type: 'block', block: 'b', ...three }), '/blocks/b/layers/0/block', 'a block cannot hold itself: b > b (in "b_0")'],
    [block(three, open, { output: 'c' }), '/blocks/b/output', 'there is no "c"'],
    [block(three, open, { output: ['input', 'c'] }), '/blocks/b/output/1', 'there is no "c"'],
    [
      block({ ...three, from: ['x', 'x'] }, open),
      '/blocks/b/layers/0',
      '"input" has 2 outputs; say which: "input.0", "input.1" (in "b_0")',
    ],
    [{ ...image(conv), blocks: { b: { layer: [] } } }, '/blocks/b/layer', 'unknown key "layer"; did you mean "layers"?'],
    [
      { ...image(conv), blocks: { b: { layers: [{ type: 'Relu' }] } } },
      '/blocks/b/layers/0/type',
      'unknown layer type "Relu"; did you mean "ReLU"?',
    ],
    [
      {
        ...image({ type: 'block', block: 'outer', with: { a: 1 } }),
        blocks: {
          outer: { parameters: { a: null }, layers: [{ type: 'block', block: 'inner', with: { b: ['$a', '$a'] } }] },
          inner: { parameters: { b: null }, layers: [{ type: 'ReLU' }] },
        },
      },
      '/blocks/outer/layers/0/with/b',
      'here a parameter can only be the whole value (in "outer_0")',
    ],
  ]);
});

t.test('a fault of an operator keeps its node', async (t) => {
  const expected = new Fault(
    'invalid-description',
    "Conv 'conv2d_0': a window of 64 does not fit into an axis of 32 with padding 0 and 0",
    {
      pointer: '/layers/0',
      node: 'conv2d_0',
    },
  );
  t.throws(() => readDescription(argument('kernel_size', 64), LIMITS), expected);
});
