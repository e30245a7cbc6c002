import type { Architecture, LayerJson } from '../description.ts';
import { conv, relu } from '../layers.ts';
import { named } from '../naming.ts';
import { CHANNELS, definePattern, maps, SIZE } from './pattern.ts';

const PARAMETERS = { channels: CHANNELS, size: SIZE };

interface Maps {
  readonly channels: number;
  readonly size: number;
}

/** 3x3 convolutions in a row, with these strides. */
function strided(strides: readonly number[], { channels, size }: Maps): Architecture {
  const layers = strides.flatMap((stride, i): [string, LayerJson][] => [
    [`conv${i + 1}`, conv(channels, 3, { stride, padding: 1, bias: false })],
    [`relu${i + 1}`, relu()],
  ]);
  return { inputs: maps(channels, size), layers: named(Object.fromEntries(layers)) };
}

export const earlyStride = definePattern({
  id: 'early-stride',
  title: 'Strides in the first convolutions',
  summary: 'All that comes behind a stride steps further over the input: the field grows faster, and there is less to compute.',
  against: ['late-stride'],
  parameters: PARAMETERS,
  describe: (maps) => strided([2, 2, 1, 1, 1], maps),
});

export const lateStride = definePattern({
  id: 'late-stride',
  title: 'Strides in the last convolutions',
  summary: 'The same convolutions and the same total stride, for more computation and a smaller field.',
  against: ['early-stride'],
  parameters: PARAMETERS,
  describe: (maps) => strided([1, 1, 1, 2, 2], maps),
});

// One field at three total strides: 1 + 7 x 2, 1 + 2 + 3 x 4, 1 + 2 + 4 + 8.

export const field15Stride1 = definePattern({
  id: 'field-15-stride-1',
  title: 'A field of 15 without strides',
  summary: 'Seven 3x3 convolutions: depth alone makes the field.',
  against: ['field-15-stride-2', 'field-15-stride-4'],
  parameters: PARAMETERS,
  describe: (maps) => strided([1, 1, 1, 1, 1, 1, 1], maps),
});

export const field15Stride2 = definePattern({
  id: 'field-15-stride-2',
  title: 'A field of 15 at a total stride of 2',
  summary: 'Four 3x3 convolutions, of which the first has a stride.',
  against: ['field-15-stride-1', 'field-15-stride-4'],
  parameters: PARAMETERS,
  describe: (maps) => strided([2, 1, 1, 1], maps),
});

export const field15Stride4 = definePattern({
  id: 'field-15-stride-4',
  title: 'A field of 15 at a total stride of 4',
  summary: 'Three 3x3 convolutions, of which the first two have strides: field and total stride are independent.',
  against: ['field-15-stride-1', 'field-15-stride-2'],
  parameters: PARAMETERS,
  describe: (maps) => strided([2, 2, 1], maps),
});
