import type { BlocksJson, LayerJson } from './description.ts';
import { concat, conv, globalPool, layer, norm, relu, use } from './layers.ts';
import { images, named, sequence } from './naming.ts';
import { defineNetwork } from './network.ts';
import { RESNET50, residual } from './residual.ts';
import { resized } from './resize.ts';

const BLOCKS: BlocksJson = {
  conv: {
    parameters: { channels: 256, kernel: 1, padding: 0, dilation: 1 },
    layers: sequence([conv('$channels', '$kernel', { padding: '$padding', dilation: '$dilation', bias: false }), norm(), relu()]),
  },
};

/** Atrous spatial pyramid pooling: fields of several sizes side by side, and the mean of the whole image. */
function pyramid(last: string, rates: readonly number[], pools: boolean): Record<string, LayerJson> {
  const atrous = rates.map((rate, index) => [
    `aspp/${index + 1}`,
    use('conv', { kernel: 3, padding: rate, dilation: rate }, { from: last }),
  ]);
  const pooling = {
    'aspp/4/pool': globalPool({ from: last }),
    'aspp/4/conv': use('conv'),
    'aspp/4/shape': layer('onnx.Shape', { from: 'aspp/0' }),
    'aspp/4': layer('onnx.Expand', { from: ['aspp/4/conv', 'aspp/4/shape'] }),
  };
  return {
    'aspp/0': use('conv', {}, { from: last }),
    ...Object.fromEntries(atrous),
    ...(pools && pooling),
    'aspp/concat': concat(['aspp/0', 'aspp/1', 'aspp/2', 'aspp/3', ...(pools ? ['aspp/4'] : [])]),
    'aspp/project': use('conv'),
    'aspp/dropout': layer('Dropout'),
  };
}

/** The head that helps in training; it reads the stage before the last. */
function auxiliary(stage: string): Record<string, LayerJson> {
  return {
    'aux/0': use('conv', { kernel: 3, padding: 1 }, { from: stage }),
    'aux/1': layer('Dropout'),
    'aux/2': conv(21, 1),
    ...resized('aux', 'aux/2', 'image', 'bilinear'),
  };
}

export const deeplab = defineNetwork({
  id: 'deeplabv3',
  title: 'DeepLab v3',
  summary: 'Dilation in place of stride keeps the map large without a smaller field; an atrous pyramid reads it at several rates.',
  paper: { title: 'Rethinking Atrous Convolution for Semantic Image Segmentation', authors: 'Chen and others', arxiv: '1706.05587' },
  year: 2017,
  parameters: {
    depth: { values: [50, 101], default: 50, doc: 'Layers of the ResNet.' },
    output_stride: { values: [8, 16], default: 8, doc: 'Stride of the map that the pyramid reads; 16 halves its rates.' },
    image_pooling: {
      values: ['yes', 'no'],
      default: 'yes',
      doc: 'Whether the pyramid reads the mean of the whole image, which makes every field global.',
    },
    aux: { values: ['no', 'yes'], default: 'no', doc: "Whether torchvision's auxiliary head is there." },
  },
  names: { deeplabv3_resnet50: { depth: 50 }, deeplabv3_resnet101: { depth: 101 } },
  describe: ({ depth, output_stride, image_pooling, aux }) => {
    const { blocks, layers, stages } = residual({ ...RESNET50, depth, outputStride: output_stride });
    const [, , third, last] = stages;
    const rates = [12, 24, 36].map((rate) => (rate * 8) / output_stride);
    return {
      inputs: images(520),
      blocks: { ...blocks, ...BLOCKS },
      layers: [
        ...layers,
        ...named({
          ...pyramid(last, rates, image_pooling === 'yes'),
          'classifier/1': use('conv', { kernel: 3, padding: 1 }),
          'classifier/4': conv(21, 1),
          ...resized('out', 'classifier/4', 'image', 'bilinear'),
          ...(aux === 'yes' && auxiliary(third)),
        }),
      ],
      outputs: aux === 'yes' ? ['out', 'aux'] : ['out'],
    };
  },
});
