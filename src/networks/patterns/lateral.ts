import type { LayerJson } from '../description.ts';
import { add, conv, relu } from '../layers.ts';
import { named } from '../naming.ts';
import { resized } from '../resize.ts';
import { definePattern, maps, SIZE } from './pattern.ts';

// One level of a feature pyramid: figure 3 of "Feature Pyramid Networks for Object Detection".

const PARAMETERS = {
  channels: { least: 1, most: 4096, default: 1024, doc: 'Feature maps of the finer stage; the coarser has twice as many.' },
  width: { least: 1, most: 4096, default: 256, doc: 'Feature maps of every level.' },
  size: { ...SIZE, default: 32 },
} as const;

interface Level {
  readonly channels: number;
  readonly width: number;
}

/** The coarser stage, narrowed and brought to the size of the finer one. */
function topDown({ channels, width }: Level): Record<string, LayerJson> {
  return {
    coarse: conv(2 * channels, 3, { stride: 2, padding: 1, bias: false }),
    coarse_relu: relu(),
    narrow: conv(width, 1),
    ...resized('up', 'narrow', 'x', 'nearest'),
  };
}

export const lateralConnection = definePattern({
  id: 'lateral-connection',
  title: 'A top-down path with a lateral connection',
  summary: 'A 1x1 convolution gives the finer stage the width of the coarser one, so that they can be added (FPN).',
  against: ['no-lateral-connection'],
  parameters: PARAMETERS,
  describe: ({ size, ...level }) => ({
    inputs: maps(level.channels, size),
    layers: named({
      ...topDown(level),
      lateral: conv(level.width, 1, { from: 'x' }),
      merged: add(['lateral', 'up']),
      smooth: conv(level.width, 3, { padding: 1 }),
    }),
  }),
});

export const noLateralConnection = definePattern({
  id: 'no-lateral-connection',
  title: 'A top-down path alone',
  summary: 'The coarser stage is enlarged; what it has lost of the finer one does not come back.',
  against: ['lateral-connection'],
  parameters: PARAMETERS,
  describe: ({ size, ...level }) => ({
    inputs: maps(level.channels, size),
    layers: named({ ...topDown(level), smooth: conv(level.width, 3, { padding: 1 }) }),
  }),
});
