import { conv, layer, norm } from './layers.ts';
import { sequence } from './naming.ts';
import { defineNetwork } from './network.ts';

const leaky = () => layer('LeakyReLU', { negative_slope: 0.2 });

/** A 4x4 convolution with batch normalization. */
function normalized(channels: number, stride: number) {
  return [conv(channels, 4, { stride, padding: 1, bias: false }), norm(), leaky()];
}

export const patchgan = defineNetwork({
  id: 'patchgan',
  title: 'PatchGAN discriminator',
  summary: 'Judges every patch of an image by itself: the receptive field of an output is the patch.',
  paper: {
    title: 'Image-to-Image Translation with Conditional Adversarial Networks',
    authors: 'Isola, Zhu, Zhou and Efros',
    arxiv: '1611.07004',
  },
  year: 2016,
  parameters: { n_layers: { least: 1, most: 6, default: 3, doc: 'Convolutions that halve the size; 3 is the 70 x 70 of the paper.' } },
  names: {},
  describe: ({ n_layers }) => {
    const channels = (index: number) => 64 * Math.min(2 ** index, 8);
    const strided = Array.from({ length: n_layers - 1 }, (_, index) => normalized(channels(index + 1), 2)).flat();
    const layers = [
      conv(64, 4, { stride: 2, padding: 1 }),
      leaky(),
      ...strided,
      ...normalized(channels(n_layers), 1),
      conv(1, 4, { padding: 1 }),
    ];
    return { inputs: { images: ['batch', 6, 256, 256] }, layers: sequence(layers, 'model/') };
  },
});
