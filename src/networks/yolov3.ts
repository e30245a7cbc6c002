import type { Arguments, BlocksJson, LayerJson } from './description.ts';
import { add, concat, conv, layer, norm, use } from './layers.ts';
import { images, named, stage } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Three boxes at each position: four coordinates, one score for an object, and those of 80 classes. */
const OUTPUTS = 3 * (4 + 1 + 80);

const pointwise = (channels: string | number, args: Arguments = {}) => use('conv', { channels }, args);
const wide = (channels: string | number) => use('conv', { channels, kernel: 3, padding: 1 });

const BLOCKS: BlocksJson = {
  conv: {
    parameters: { channels: null, kernel: 1, stride: 1, padding: 0 },
    layers: named({
      conv: conv('$channels', '$kernel', { stride: '$stride', padding: '$padding', bias: false }),
      bn: norm(),
      leaky: layer('LeakyReLU', { negative_slope: 0.1 }),
    }),
  },
  residual: {
    parameters: { narrow: null, channels: null },
    layers: named({ conv1: pointwise('$narrow'), conv2: wide('$channels'), shortcut: add(['conv2', 'input']) }),
  },
  five: {
    description: '1x1 and 3x3 in turn.',
    parameters: { narrow: null, channels: null },
    layers: named({
      conv1: pointwise('$narrow'),
      conv2: wide('$channels'),
      conv3: pointwise('$narrow'),
      conv4: wide('$channels'),
      conv5: pointwise('$narrow'),
    }),
  },
  head: {
    parameters: { channels: null },
    layers: named({ conv1: wide('$channels'), conv2: conv(OUTPUTS, 1) }),
  },
};

/** Darknet-53 without its classifier: five stages, each half the size of the one before. */
function darknet(): LayerJson[] {
  const first: readonly LayerJson[] = named({ 'darknet/conv0': wide(32) });
  const stages = [1, 2, 8, 8, 4].flatMap((count, index) => {
    const channels = 64 * 2 ** index;
    return [
      ...named({ [`darknet/down${index + 1}`]: use('conv', { channels, kernel: 3, stride: 2, padding: 1 }) }),
      ...stage(`darknet/stage${index + 1}`, count, () => use('residual', { narrow: channels / 2, channels })),
    ];
  });
  return [...first, ...stages];
}

/** The layers of one scale below the coarsest: what is above comes in at twice its size. */
function scale(stride: number, skip: string, narrow: number): Record<string, LayerJson> {
  return {
    [`reduce${stride}`]: pointwise(narrow, { from: `five${2 * stride}` }),
    [`up${stride}`]: layer('Upsample', { scale_factor: 2 }),
    [`concat${stride}`]: concat([`up${stride}`, skip]),
    [`five${stride}`]: use('five', { narrow, channels: 2 * narrow }),
    [`head${stride}`]: use('head', { channels: 2 * narrow }),
  };
}

export const yolov3 = defineNetwork({
  id: 'yolov3',
  title: 'YOLOv3',
  summary: 'Boxes at three scales in one pass; the finer scales read the coarser ones upsampled.',
  paper: { title: 'YOLOv3: An Incremental Improvement', authors: 'Redmon and Farhadi', arxiv: '1804.02767' },
  year: 2018,
  parameters: { image: { values: [320, 416, 608], default: 416, doc: 'Height and width of the image.' } },
  names: {},
  describe: ({ image }) => ({
    inputs: images(image),
    blocks: BLOCKS,
    layers: [
      ...darknet(),
      ...named({
        five32: use('five', { narrow: 512, channels: 1024 }),
        head32: use('head', { channels: 1024 }),
        ...scale(16, 'darknet/stage4/7', 256),
        ...scale(8, 'darknet/stage3/7', 128),
      }),
    ],
    outputs: ['head32', 'head16', 'head8'],
  }),
});
