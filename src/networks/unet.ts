import type { Arguments, BlocksJson, LayerJson } from './description.ts';
import { concat, conv, layer, maxPool, relu, use } from './layers.ts';
import { named } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Height and width at the bottom, before its convolutions. */
const BOTTOM = 32;

interface Form {
  readonly depth: number;
  readonly kernel: number;
  readonly padding: 'valid' | 'same';
  readonly up: 'transposed' | 'nearest';
}

function blocksOf({ kernel, padding, up }: Form): BlocksJson {
  const args: Arguments = padding === 'same' ? { padding: 'same' } : {};
  const enlarge: LayerJson =
    up === 'nearest'
      ? layer('Upsample', { scale_factor: 2, from: 'input.0' })
      : layer('ConvTranspose2d', { out_channels: '$channels', kernel_size: 2, stride: 2, from: 'input.0' });
  return {
    double: {
      parameters: { channels: null },
      layers: named({ conv1: conv('$channels', kernel, args), relu1: relu(), conv2: conv('$channels', kernel, args), relu2: relu() }),
    },
    up: {
      description: 'Reads what is below, and the skip; a negative padding crops it.',
      parameters: { channels: null, ...(padding === 'valid' && { crop: null }) },
      layers: named({
        up: enlarge,
        ...(padding === 'valid' && { crop: layer('ZeroPad2d', { padding: '$crop', from: 'input.1' }) }),
        concat: concat([padding === 'valid' ? 'crop' : 'input.1', 'up']),
        convs: use('double', { channels: '$channels' }),
      }),
    },
  };
}

/** Height and width of the image, so that every pooling reads an even size; 572 for the original. */
function imageSize({ depth, kernel, padding }: Form): number {
  const lost = padding === 'valid' ? 2 * (kernel - 1) : 0;
  return 2 ** depth * BOTTOM + (2 ** depth - 1) * lost;
}

/** What is cut off at each end of a skip, `above` levels above the lowest: the original has 4, 16, 40 and 88. */
function cropOf({ kernel }: Form, above: number): number {
  return 2 * (kernel - 1) * (3 * 2 ** above - 2);
}

export const unet = defineNetwork({
  id: 'unet',
  title: 'U-Net',
  summary: 'An encoder and a decoder with skips between them; the original has no padding and crops the skips.',
  paper: {
    title: 'U-Net: Convolutional Networks for Biomedical Image Segmentation',
    authors: 'Ronneberger, Fischer and Brox',
    arxiv: '1505.04597',
  },
  year: 2015,
  parameters: {
    padding: {
      values: ['valid', 'same'],
      default: 'valid',
      doc: 'valid: none, as in the paper; same: the output has the size of the input.',
    },
    depth: { least: 1, most: 6, default: 4, doc: 'How often the size is halved.' },
    kernel: { least: 2, most: 7, default: 3, doc: 'Size of the convolutions.' },
    channels: { least: 1, most: 256, default: 64, doc: 'Channels of the finest level; each coarser one has twice as many.' },
    up: { values: ['transposed', 'nearest'], default: 'transposed', doc: 'How the decoder doubles the size.' },
  },
  names: { unet_padded: { padding: 'same' } },
  describe: ({ channels, ...form }) => {
    const image = imageSize(form);
    const levels = Array.from({ length: form.depth }, (_, level) => level);
    const down = levels.map((level) => ({
      [`down${level + 1}`]: use('double', { channels: channels * 2 ** level }),
      [`pool${level + 1}`]: maxPool(2, 2),
    }));
    const up = levels.reverse().map((level, above) => {
      const crop = form.padding === 'valid' && { crop: -cropOf(form, above) };
      const from = [above === 0 ? 'bottom' : `up${level + 2}`, `down${level + 1}`];
      return { [`up${level + 1}`]: use('up', { channels: channels * 2 ** level, ...crop }, { from }) };
    });
    return {
      inputs: { image: ['batch', 1, image, image] },
      blocks: blocksOf(form),
      layers: named({
        ...(Object.assign({}, ...down) as Record<string, LayerJson>),
        bottom: use('double', { channels: channels * 2 ** form.depth }),
        ...(Object.assign({}, ...up) as Record<string, LayerJson>),
        head: conv(2, 1),
      }),
    };
  },
});
