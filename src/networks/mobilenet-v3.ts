import { padded, rounded } from './convolution-block.ts';
import { type InvertedResidual, invertedResiduals } from './inverted-residual.ts';
import { globalPool, layer, linear, use } from './layers.ts';
import { images, named, sequence } from './naming.ts';
import { defineNetwork } from './network.ts';

type Row = readonly [kernel: number, hidden: number, channels: number, gated: boolean, activation: 'ReLU' | 'Hardswish', stride: number];

/** Tables 1 and 2 of the paper. */
const ROWS = {
  large: [
    [3, 16, 16, false, 'ReLU', 1],
    [3, 64, 24, false, 'ReLU', 2],
    [3, 72, 24, false, 'ReLU', 1],
    [5, 72, 40, true, 'ReLU', 2],
    [5, 120, 40, true, 'ReLU', 1],
    [5, 120, 40, true, 'ReLU', 1],
    [3, 240, 80, false, 'Hardswish', 2],
    [3, 200, 80, false, 'Hardswish', 1],
    [3, 184, 80, false, 'Hardswish', 1],
    [3, 184, 80, false, 'Hardswish', 1],
    [3, 480, 112, true, 'Hardswish', 1],
    [3, 672, 112, true, 'Hardswish', 1],
    [5, 672, 160, true, 'Hardswish', 2],
    [5, 960, 160, true, 'Hardswish', 1],
    [5, 960, 160, true, 'Hardswish', 1],
  ],
  small: [
    [3, 16, 16, true, 'ReLU', 2],
    [3, 72, 24, false, 'ReLU', 2],
    [3, 88, 24, false, 'ReLU', 1],
    [5, 96, 40, true, 'Hardswish', 2],
    [5, 240, 40, true, 'Hardswish', 1],
    [5, 240, 40, true, 'Hardswish', 1],
    [5, 120, 48, true, 'Hardswish', 1],
    [5, 144, 48, true, 'Hardswish', 1],
    [5, 288, 96, true, 'Hardswish', 2],
    [5, 576, 96, true, 'Hardswish', 1],
    [5, 576, 96, true, 'Hardswish', 1],
  ],
} as const satisfies Record<string, readonly Row[]>;

function residuals(size: keyof typeof ROWS): InvertedResidual[] {
  return (ROWS[size] as readonly Row[]).map(([kernel, hidden, channels, gated, activation, stride], index, rows) => {
    const before = rows[index - 1]?.[2] ?? 16;
    return { kernel, stride, before, hidden, channels, squeeze: gated ? rounded(hidden / 4) : 0, activation };
  });
}

export const mobilenetV3 = defineNetwork({
  id: 'mobilenet_v3',
  title: 'MobileNet v3',
  summary: 'Inverted residuals found by search, with squeeze and excitation and a cheaper swish.',
  paper: { title: 'Searching for MobileNetV3', authors: 'Howard and others', arxiv: '1905.02244' },
  year: 2019,
  parameters: { size: { values: ['large', 'small'], default: 'large', doc: 'Which of the two networks of the paper.' } },
  names: { mobilenet_v3_large: { size: 'large' }, mobilenet_v3_small: { size: 'small' } },
  describe: ({ size }) => {
    const { blocks, stages } = invertedResiduals([residuals(size)], { inner: 'ReLU', scale: 'Hardsigmoid' }, 0.001);
    const [last, hidden] = size === 'large' ? [960, 1280] : [576, 1024];
    const features = [padded('Hardswish', 16, { kernel: 3, stride: 2 }), ...stages.flat(), use('Hardswish', { channels: last })];
    return {
      inputs: images(224),
      blocks,
      layers: [
        ...sequence(features, 'features/'),
        ...named({ avgpool: globalPool(), flatten: layer('Flatten') }),
        ...sequence([linear(hidden), layer('Hardswish'), layer('Dropout'), linear(1000)], 'classifier/'),
      ],
    };
  },
});
