import { convolutionBlock, padded, rounded } from './convolution-block.ts';
import type { BlockJson, LayerJson } from './description.ts';
import { add, conv, globalPool, layer, linear, norm, use } from './layers.ts';
import { images, named, sequence } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Factor of expansion, channels, copies, and stride of the first copy. */
const ROWS = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** Wide in the middle and narrow at the ends; the narrow end has no activation. */
function bottleneck(expands: boolean, shortcut: boolean): BlockJson {
  const convolutions = [
    ...(expands ? [use('conv', { channels: '$hidden' })] : []),
    use('conv', { channels: '$hidden', kernel: 3, stride: '$stride', padding: 1, groups: '$hidden' }),
    conv('$channels', 1, { bias: false }),
    norm(),
  ];
  const layers = sequence(convolutions, 'conv/');
  return {
    parameters: { hidden: null, channels: null, stride: 1 },
    layers: [...layers, ...(shortcut ? named({ add: add(['input', String(layers.at(-1)?.name)]) }) : [])],
  };
}

function features(width: number): readonly LayerJson[] {
  let before = rounded(32, width);
  const first = padded('conv', before, { kernel: 3, stride: 2 });
  const middle = ROWS.flatMap(([factor, base, copies, stride]) =>
    Array.from({ length: copies }, (_, copy) => {
      const channels = rounded(base, width);
      const step = copy === 0 ? stride : 1;
      const kind = factor === 1 ? 'narrow' : step === 1 && before === channels ? 'residual' : 'bottleneck';
      const hidden = before * factor;
      before = channels;
      return use(kind, { hidden, channels, ...(step > 1 && { stride: step }) });
    }),
  );
  return sequence([first, ...middle, use('conv', { channels: rounded(1280, Math.max(1, width)) })], 'features/');
}

export const mobilenetV2 = defineNetwork({
  id: 'mobilenet_v2',
  title: 'MobileNet v2',
  summary: 'Inverted residuals: shortcuts between narrow ends, a depthwise convolution in the wide middle.',
  paper: { title: 'MobileNetV2: Inverted Residuals and Linear Bottlenecks', authors: 'Sandler and others', arxiv: '1801.04381' },
  year: 2018,
  parameters: { width: { values: [0.35, 0.5, 0.75, 1, 1.4], default: 1, doc: 'Factor on all channels.' } },
  names: {},
  describe: ({ width }) => ({
    inputs: images(224),
    blocks: {
      conv: convolutionBlock(layer('ReLU6')),
      narrow: bottleneck(false, false),
      bottleneck: bottleneck(true, false),
      residual: bottleneck(true, true),
    },
    layers: [
      ...features(width),
      ...named({ avgpool: globalPool(), flatten: layer('Flatten') }),
      ...sequence([layer('Dropout'), linear(1000)], 'classifier/'),
    ],
  }),
});
