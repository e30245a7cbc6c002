import { rounded } from './convolution-block.ts';
import type { BlockJson, BlocksJson, LayerJson } from './description.ts';
import { add, conv, layer, linear, norm, relu, use } from './layers.ts';
import { images, named, sequence } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Kernel, stride, factor of expansion, channels and copies. */
const STAGES = [
  [3, 2, 3, 24, 3],
  [5, 2, 3, 40, 3],
  [5, 2, 6, 80, 3],
  [3, 1, 6, 96, 2],
  [5, 2, 6, 192, 4],
  [3, 1, 6, 320, 1],
] as const;

const FILTER = { stride: '$stride', padding: '$padding', bias: false };

function block(shortcut: boolean): BlockJson {
  const layers = [
    ...[conv('$hidden', 1, { bias: false }), norm(), relu()],
    ...[conv('$hidden', '$kernel', { ...FILTER, groups: '$hidden' }), norm(), relu()],
    ...[conv('$channels', 1, { bias: false }), norm()],
  ];
  return {
    parameters: { kernel: null, stride: 1, padding: null, hidden: null, channels: null },
    layers: [...sequence(layers, 'layers/'), ...(shortcut ? named({ add: add(['layers/7', 'input']) }) : [])],
  };
}

const BLOCKS: BlocksJson = { inverted: block(false), residual: block(true) };

function stages(width: number): LayerJson[][] {
  let before = rounded(16, width);
  return STAGES.map(([kernel, stride, factor, base, copies]) =>
    Array.from({ length: copies }, (_, copy) => {
      const channels = rounded(base, width);
      const hidden = before * factor;
      before = channels;
      const values = { kernel, padding: (kernel - 1) / 2, hidden, channels };
      return copy === 0 ? use('inverted', { ...values, ...(stride > 1 && { stride }) }) : use('residual', values);
    }),
  );
}

export const mnasnet = defineNetwork({
  id: 'mnasnet',
  title: 'MNASNet',
  summary: 'Inverted residuals found by a search that measured time on a phone.',
  paper: { title: 'MnasNet: Platform-Aware Neural Architecture Search for Mobile', authors: 'Tan and others', arxiv: '1807.11626' },
  year: 2018,
  parameters: { width: { values: [0.5, 0.75, 1, 1.3], default: 1, doc: 'Factor on the channels.' } },
  names: { mnasnet0_5: { width: 0.5 }, mnasnet0_75: { width: 0.75 }, mnasnet1_0: { width: 1 }, mnasnet1_3: { width: 1.3 } },
  describe: ({ width }) => {
    const [first, second] = [rounded(32, width), rounded(16, width)];
    const stem = [
      ...[conv(first, 3, { stride: 2, padding: 1, bias: false }), norm(), relu()],
      ...[conv(first, 3, { padding: 1, groups: first, bias: false }), norm(), relu()],
      ...[conv(second, 1, { bias: false }), norm()],
    ];
    return {
      inputs: images(224),
      blocks: BLOCKS,
      layers: [
        ...sequence(stem, 'layers/'),
        ...stages(width).flatMap((members, index) => sequence(members, `layers/${index + 8}/`)),
        ...named({
          'layers/14': conv(1280, 1, { bias: false }),
          'layers/15': norm(),
          'layers/16': relu(),
          mean: layer('Mean', { dim: [2, 3] }),
        }),
        ...sequence([layer('Dropout'), linear(1000)], 'classifier/'),
      ],
    };
  },
});
