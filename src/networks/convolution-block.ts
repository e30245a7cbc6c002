import type { Arguments, BlockJson, Json, LayerJson } from './description.ts';
import { conv, norm, use } from './layers.ts';
import { sequence } from './naming.ts';

/** A block of a convolution, its normalization and an activation (none for a linear one), called 0, 1 and 2 as in torchvision. */
export function convolutionBlock(activation: LayerJson | null, normalization: Arguments = {}): BlockJson {
  const args = { stride: '$stride', padding: '$padding', groups: '$groups', bias: false };
  return {
    parameters: { channels: null, kernel: 1, stride: 1, padding: 0, groups: 1 },
    layers: sequence([conv('$channels', '$kernel', args), norm(normalization), ...(activation ? [activation] : [])]),
  };
}

interface Window {
  readonly kernel: number;
  readonly stride: number;
}

/** Such a block with so much padding that the size is divided by the stride. */
export function padded(block: string, channels: Json, { kernel, stride }: Window): LayerJson {
  return use(block, { channels, kernel, ...(stride > 1 && { stride }), padding: (kernel - 1) / 2 });
}

/** Channels times a factor, rounded to a multiple of 8 by at most a tenth down. */
export function rounded(channels: number, factor = 1): number {
  const wanted = channels * factor;
  const nearest = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
  return nearest < 0.9 * wanted ? nearest + 8 : nearest;
}
