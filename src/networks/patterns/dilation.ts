import type { LayerJson } from '../description.ts';
import { conv, relu } from '../layers.ts';
import { named } from '../naming.ts';
import { CHANNELS, definePattern, maps, type Pattern, SIZE } from './pattern.ts';

// "Understanding Convolution for Semantic Segmentation", section 3.2: which rates leave holes.

const STACKS = {
  'dilated-1-2-5': { rates: [1, 2, 5], summary: 'Rates that grow and share no factor: every position within the field counts.' },
  'dilated-2-2-2': { rates: [2, 2, 2], summary: 'One rate throughout: a unit depends on every other position only, a grid with holes.' },
  'dilated-1-2-4': { rates: [1, 2, 4], summary: 'Rates that double: the field grows fast, and every position within it counts.' },
} as const;

function stack(id: keyof typeof STACKS): Pattern {
  const { rates, summary } = STACKS[id];
  return definePattern({
    id,
    title: `Three 3x3 convolutions dilated by ${rates.join(', ')}`,
    summary,
    against: Object.keys(STACKS).filter((other) => other !== id),
    parameters: { channels: CHANNELS, size: SIZE },
    describe: ({ channels, size }) => ({
      inputs: maps(channels, size),
      layers: named(
        Object.fromEntries(
          rates.flatMap((dilation, i): [string, LayerJson][] => [
            [`conv${i + 1}`, conv(channels, 3, { padding: dilation, dilation, bias: false })],
            [`relu${i + 1}`, relu()],
          ]),
        ),
      ),
    }),
  });
}

export const dilated125 = stack('dilated-1-2-5');
export const dilated222 = stack('dilated-2-2-2');
export const dilated124 = stack('dilated-1-2-4');
