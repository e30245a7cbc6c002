import { padded, rounded } from './convolution-block.ts';
import { type InvertedResidual, invertedResiduals } from './inverted-residual.ts';
import { globalPool, layer, linear, use } from './layers.ts';
import { images, named, sequence } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Factor of expansion, kernel, stride, channels and copies of the seven stages of B0. */
const STAGES = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const;

/** Factors of width and depth, and the size of the image, that B0 to B7 are scaled to. */
const SCALES = [
  [1, 1, 224],
  [1, 1.1, 240],
  [1.1, 1.2, 288],
  [1.2, 1.4, 300],
  [1.4, 1.8, 380],
  [1.6, 2.2, 456],
  [1.8, 2.6, 528],
  [2, 3.1, 600],
] as const;

type Scale = (typeof SCALES)[number];

/** The blocks of the seven stages. */
function stagesOf([width, depth]: Scale): InvertedResidual[][] {
  let before = rounded(32, width);
  return STAGES.map(([factor, kernel, stride, base, copies]) =>
    Array.from({ length: Math.ceil(copies * depth) }, (_, copy) => {
      const channels = rounded(base, width);
      const row: InvertedResidual = {
        kernel,
        stride: copy === 0 ? stride : 1,
        before,
        hidden: before * factor,
        channels,
        squeeze: Math.max(1, Math.floor(before / 4)),
        activation: 'SiLU',
      };
      before = channels;
      return row;
    }),
  );
}

export const efficientnet = defineNetwork({
  id: 'efficientnet',
  title: 'EfficientNet',
  summary: 'Width, depth and image size scaled together, from a network found by search.',
  paper: { title: 'EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks', authors: 'Tan and Le', arxiv: '1905.11946' },
  year: 2019,
  parameters: { scale: { least: 0, most: 7, default: 0, doc: 'B0 to B7; each has its image size.' } },
  names: Object.fromEntries(SCALES.map((_, scale) => [`efficientnet_b${scale}`, { scale }])),
  describe: ({ scale }) => {
    const chosen = SCALES[scale] as Scale;
    const [width, , size] = chosen;
    const gate = { inner: 'SiLU', scale: 'Sigmoid' } as const;
    const { blocks, stages } = invertedResiduals(stagesOf(chosen), gate, scale < 5 ? 1e-5 : 0.001);
    return {
      inputs: images(size),
      blocks,
      layers: [
        ...named({ 'features/0': padded('SiLU', rounded(32, width), { kernel: 3, stride: 2 }) }),
        ...stages.flatMap((layers, index) => sequence(layers, `features/${index + 1}/`)),
        ...named({ 'features/8': use('SiLU', { channels: 4 * rounded(320, width) }) }),
        ...named({ avgpool: globalPool(), flatten: layer('Flatten') }),
        ...sequence([layer('Dropout'), linear(1000)], 'classifier/'),
      ],
    };
  },
});
