import type { LayerJson } from '../description.ts';
import { conv, maxPool, relu } from '../layers.ts';
import { named } from '../naming.ts';
import type { Range } from '../network.ts';
import { CHANNELS, definePattern, maps } from './pattern.ts';

const LARGE: Range = { least: 16, most: 1024, default: 224, doc: 'Height and width of the feature maps.' };

/** Convolutions in a row; with `pooling` the size is halved between them. */
function row(channels: number, pooling: boolean): readonly LayerJson[] {
  const layers: Record<string, LayerJson> = {};
  for (let i = 1; i <= 5; i++) {
    layers[`conv${i}`] = conv(channels, 3, { padding: 1, bias: false });
    layers[`relu${i}`] = relu();
    if (pooling && i < 5) layers[`pool${i}`] = maxPool(2, 2);
  }
  return named(layers);
}

export const noDownsampling = definePattern({
  id: 'no-downsampling',
  title: 'Five convolutions at full size',
  summary: 'Every layer keeps maps of the full size: the memory stays as high, and the field grows by two a layer.',
  against: ['downsampling'],
  parameters: { channels: CHANNELS, size: LARGE },
  describe: ({ channels, size }) => ({ inputs: maps(channels, size), layers: row(channels, false) }),
});

export const downsampling = definePattern({
  id: 'downsampling',
  title: 'Five convolutions with poolings between',
  summary: 'Each pooling leaves a quarter of the positions to compute and to keep, and doubles what the field grows by.',
  against: ['no-downsampling'],
  parameters: { channels: CHANNELS, size: LARGE },
  describe: ({ channels, size }) => ({ inputs: maps(channels, size), layers: row(channels, true) }),
});
