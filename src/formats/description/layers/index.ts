import type { LayerType } from '../layer.ts';
import { activationLayers } from './activation.ts';
import { attentionLayers } from './attention.ts';
import { convolutionLayers } from './convolution.ts';
import { linearLayers } from './linear.ts';
import { mergeLayers } from './merge.ts';
import { normalizationLayers } from './normalization.ts';
import { paddingLayers } from './padding.ts';
import { poolingLayers } from './pooling.ts';
import { resizeLayers } from './resize.ts';
import { shapeLayers } from './shape.ts';
import { sliceLayers } from './slice.ts';

/** Every layer type by its name, family by family. */
export const layerTypes: ReadonlyMap<string, LayerType> = new Map(
  [
    ...convolutionLayers,
    ...poolingLayers,
    ...normalizationLayers,
    ...activationLayers,
    ...linearLayers,
    ...attentionLayers,
    ...mergeLayers,
    ...shapeLayers,
    ...sliceLayers,
    ...resizeLayers,
    ...paddingLayers,
  ].map((layer) => [layer.type, layer]),
);
