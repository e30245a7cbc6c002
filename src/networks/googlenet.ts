import type { Arguments, BlockJson, LayerJson } from './description.ts';
import { concat, conv, globalPool, layer, linear, maxPool, norm, relu, use } from './layers.ts';
import { images, named } from './naming.ts';
import { defineNetwork } from './network.ts';

type Widths = readonly [one: number, threeIn: number, three: number, fiveIn: number, five: number, pool: number];

const WIDTHS = {
  inception3a: [64, 96, 128, 16, 32, 32],
  inception3b: [128, 128, 192, 32, 96, 64],
  inception4a: [192, 96, 208, 16, 48, 64],
  inception4b: [160, 112, 224, 24, 64, 64],
  inception4c: [128, 128, 256, 24, 64, 64],
  inception4d: [112, 144, 288, 32, 64, 64],
  inception4e: [256, 160, 320, 32, 128, 128],
  inception5a: [256, 160, 320, 32, 128, 128],
  inception5b: [384, 192, 384, 48, 128, 128],
} as const satisfies Record<string, Widths>;

/** Incomplete windows count, so that 224 pixels give 112, 56, 28, 14 and 7. */
const halve = (kernel = 3) => maxPool(kernel, 2, { ceil_mode: true });

/** A convolution with its ReLU; torchvision has batch normalization between, and no bias. */
function convBlock(original: boolean): BlockJson {
  const args: Arguments = { stride: '$stride', padding: '$padding', ...(!original && { bias: false }) };
  return {
    parameters: { channels: null, kernel: 1, stride: 1, padding: 0 },
    layers: named({ conv: conv('$channels', '$kernel', args), ...(!original && { bn: norm({ eps: 0.001 }) }), relu: relu() }),
  };
}

function inceptionBlock(original: boolean): BlockJson {
  const five = original ? { kernel: 5, padding: 2 } : { kernel: 3, padding: 1 };
  return {
    description: 'Fields of four sizes side by side; 1x1 convolutions first narrow what the larger ones read.',
    parameters: { one: null, threeIn: null, three: null, fiveIn: null, five: null, pool: null },
    layers: named({
      branch1: use('conv', { channels: '$one' }, { from: 'input' }),
      'branch2/0': use('conv', { channels: '$threeIn' }, { from: 'input' }),
      'branch2/1': use('conv', { channels: '$three', kernel: 3, padding: 1 }),
      'branch3/0': use('conv', { channels: '$fiveIn' }, { from: 'input' }),
      'branch3/1': use('conv', { channels: '$five', ...five }),
      'branch4/0': maxPool(3, 1, { padding: 1, from: 'input' }),
      'branch4/1': use('conv', { channels: '$pool' }),
      concat: concat(['branch1', 'branch2/1', 'branch3/1', 'branch4/1']),
    }),
  };
}

function inceptions(first: keyof typeof WIDTHS, last: keyof typeof WIDTHS): Record<string, LayerJson> {
  const names = Object.keys(WIDTHS) as (keyof typeof WIDTHS)[];
  const within = names.slice(names.indexOf(first), names.indexOf(last) + 1);
  return Object.fromEntries(
    within.map((name) => {
      const [one, threeIn, three, fiveIn, five, pool] = WIDTHS[name];
      return [name, use('inception', { one, threeIn, three, fiveIn, five, pool })];
    }),
  );
}

export const googlenet = defineNetwork({
  id: 'googlenet',
  title: 'GoogLeNet',
  summary: 'Inception modules: convolutions of several sizes side by side, made cheap by 1x1 convolutions before them.',
  paper: { title: 'Going Deeper with Convolutions', authors: 'Szegedy and others', arxiv: '1409.4842' },
  year: 2014,
  parameters: {
    variant: {
      values: ['torchvision', 'paper'],
      default: 'torchvision',
      doc: 'torchvision has batch normalization, 3x3 where the paper has 5x5, and a last pooling of 2x2; the paper has local response normalization.',
    },
  },
  names: { inception_v1: { variant: 'paper' } },
  describe: ({ variant }) => {
    const original = variant === 'paper';
    const lrn = layer('LocalResponseNorm', { size: 5 });
    return {
      inputs: images(224),
      blocks: { conv: convBlock(original), inception: inceptionBlock(original) },
      layers: named({
        conv1: use('conv', { channels: 64, kernel: 7, stride: 2, padding: 3 }),
        maxpool1: halve(),
        ...(original && { norm1: lrn }),
        conv2: use('conv', { channels: 64 }),
        conv3: use('conv', { channels: 192, kernel: 3, padding: 1 }),
        ...(original && { norm2: lrn }),
        maxpool2: halve(),
        ...inceptions('inception3a', 'inception3b'),
        maxpool3: halve(),
        ...inceptions('inception4a', 'inception4e'),
        maxpool4: halve(original ? 3 : 2),
        ...inceptions('inception5a', 'inception5b'),
        avgpool: globalPool(),
        flatten: layer('Flatten'),
        dropout: layer('Dropout'),
        fc: linear(1000),
      }),
    };
  },
});
