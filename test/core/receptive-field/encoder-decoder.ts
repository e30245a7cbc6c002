import type { Json } from './described.ts';

/** Convolutions of a U-Net or a V-Net, by level: what a level does before it is pooled, and after it is merged. */
interface Levels {
  /** Suffix of the layer types: as many spatial axes. */
  readonly axes: 1 | 2 | 3;
  readonly depth: number;
  readonly kernel: number;
  /** Convolutions at a level (0 is that of the input). */
  readonly convolutions: (level: number) => number;
  readonly padding: unknown;
  /** Pooling by 2, or a convolution of kernel 2 and stride 2. */
  readonly down: 'pool' | 'convolution';
  readonly up: 'nearest' | 'transposed';
  /** Positions by which a skip is larger than what comes from below, on each side. */
  readonly crop?: (level: number) => number;
}

/** An encoder and a decoder with a skip at every level. Layers named `encoder0`, ... and `decoder0`, ... end a level. */
export function encoderDecoder({ axes, depth, kernel, convolutions, padding, down, up, crop }: Levels): Json[] {
  const type = (name: string) => `${name}${axes}d`;
  const level = (name: string, at: number): Json[] => {
    const convs = Array.from({ length: convolutions(at) }, () => [
      { type: type('Conv'), out_channels: 2, kernel_size: kernel, padding },
      { type: 'ReLU' },
    ]).flat();
    return convs.map((layer, i): Json => (i === convs.length - 1 ? { ...layer, name: `${name}${at}` } : layer));
  };
  const lower: Json =
    down === 'pool'
      ? { type: type('MaxPool'), kernel_size: 2 }
      : { type: type('Conv'), out_channels: 2, kernel_size: 2, stride: 2, padding: 0 };
  const raise: Json =
    up === 'nearest' ? { type: 'Upsample', scale_factor: 2 } : { type: type('ConvTranspose'), out_channels: 2, kernel_size: 2, stride: 2 };
  const encoder = Array.from({ length: depth }, (_, at) => [...level('encoder', at), lower]).flat();
  const decoder = Array.from({ length: depth }, (_, i) => {
    const at = depth - 1 - i;
    const skip = crop ? [{ name: `crop${at}`, type: type('ZeroPad'), from: `encoder${at}`, padding: -crop(at) }] : [];
    const merge = { type: 'Concat', from: [crop ? `crop${at}` : `encoder${at}`, `up${at}`] };
    return [{ ...raise, name: `up${at}` }, ...skip, merge, ...level('decoder', at)];
  }).flat();
  return [...encoder, ...level('encoder', depth), ...decoder];
}

/** The U-Net of CSBDeep: two convolutions a level, SAME padding, nearest upsampling. */
export function csbdeep(depth: number, kernel: number, axes: 1 | 2 | 3 = 2): Json[] {
  return encoderDecoder({ axes, depth, kernel, convolutions: () => 2, padding: 'same', down: 'pool', up: 'nearest' });
}

/** The U-Net of vinloo/u-net-receptive-field-study: the same with a transposed convolution. */
export function studiedUnet(depth: number, kernel: number): Json[] {
  return encoderDecoder({ axes: 2, depth, kernel, convolutions: () => 2, padding: 'same', down: 'pool', up: 'transposed' });
}

/** The U-Net without padding, that of Ronneberger et al. 2015 with depth 4; its skips are cropped by 4, 16, 40, 88. */
export function validUnet(depth: number, axes: 1 | 2 | 3 = 2): Json[] {
  const crop = (at: number): number => (at === depth - 1 ? 4 : 8 + 2 * crop(at + 1));
  return encoderDecoder({ axes, depth, kernel: 3, convolutions: () => 2, padding: 0, down: 'pool', up: 'transposed', crop });
}

/** V-Net (Milletari et al. 2016): 1, 2, 3, 3, 3 convolutions of kernel 5 a level; down and up by kernel 2 and stride 2. */
export function vnet(): Json[] {
  const convolutions = (at: number) => Math.min(at + 1, 3);
  return encoderDecoder({ axes: 3, depth: 4, kernel: 5, convolutions, padding: 2, down: 'convolution', up: 'transposed' });
}
