import type { BlockJson, Json } from './description.ts';
import { add, conv, layer, linear, use } from './layers.ts';
import { images, named } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Features, heads, and copies of the block. */
const SIZES = { base: [768, 12, 12], large: [1024, 16, 24] } as const;

const BLOCK: BlockJson = {
  description: 'Attention between all tokens, then two layers for each token, both with a shortcut.',
  parameters: { features: null, heads: null, hidden: null },
  layers: named({
    ln_1: layer('LayerNorm', { eps: 1e-6 }),
    self_attention: layer('MultiheadAttention', { num_heads: '$heads' }),
    add_1: add(['self_attention', 'input']),
    ln_2: layer('LayerNorm', { eps: 1e-6 }),
    'mlp/0': linear('$hidden'),
    'mlp/1': layer('GELU'),
    'mlp/3': linear('$features'),
    add_2: add(['mlp/3', 'add_1']),
  }),
};

/** One more token, the same for every image of the batch. */
function withClassToken(features: number) {
  const token: Json = { dtype: 'float32', shape: [1, 1, features] };
  const rest: Json = { dtype: 'int64', shape: [2], data: [1, features] };
  return {
    batch: layer('onnx.Shape', { attributes: { start: 0, end: 1 } }),
    token_shape: layer('onnx.Concat', { from: ['batch', rest], attributes: { axis: 0 } }),
    class_token: layer('onnx.Expand', { from: [token, 'token_shape'] }),
    tokens: layer('Concat', { from: ['class_token', 'patches'], dim: 1 }),
  };
}

export const vit = defineNetwork({
  id: 'vit',
  title: 'Vision Transformer',
  summary: 'An image as a sequence of patches, which a transformer reads: every token sees the whole image from the first block.',
  paper: {
    title: 'An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale',
    authors: 'Dosovitskiy and others',
    arxiv: '2010.11929',
  },
  year: 2020,
  parameters: {
    size: { values: ['base', 'large'], default: 'base', doc: 'Depth and width.' },
    patch: { values: [16, 32], default: 16, doc: 'Height and width of a patch.' },
    image: { values: [224, 384, 512], default: 224, doc: 'Height and width of the image, to which the position embedding belongs.' },
  },
  names: {
    vit_b_16: { size: 'base', patch: 16 },
    vit_b_32: { size: 'base', patch: 32 },
    vit_l_16: { size: 'large', patch: 16 },
    vit_l_32: { size: 'large', patch: 32 },
  },
  describe: ({ size, patch, image }) => {
    const [features, heads, copies] = SIZES[size];
    const tokens = (image / patch) ** 2 + 1;
    return {
      inputs: images(image),
      blocks: { encoder_layer: BLOCK },
      layers: named({
        conv_proj: conv(features, patch, { stride: patch }),
        flatten: layer('Flatten', { start_dim: 2 }),
        patches: layer('Permute', { dims: [0, 2, 1] }),
        ...withClassToken(features),
        pos_embedding: layer('Add', { from: ['tokens', { dtype: 'float32', shape: [1, tokens, features] }] }),
        dropout: layer('Dropout'),
        'encoder/layers': use('encoder_layer', { features, heads, hidden: 4 * features }, { repeat: copies }),
        'encoder/ln': layer('LayerNorm', { eps: 1e-6 }),
        first: layer('Select', { dim: 1, index: 0 }),
        'heads/head': linear(1000),
      }),
    };
  },
});
