import type { Arguments, BlocksJson, LayerJson } from './description.ts';
import { conv, maxPool, norm, relu, use } from './layers.ts';
import { named, sequence, stage } from './naming.ts';
import { type BlockOptions, type ResidualVariant, residualBlocks } from './residual-blocks.ts';

/** Blocks per stage, by the number of layers with weights. */
const STAGES = { 18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3] } as const;

export interface ResidualOptions extends BlockOptions {
  readonly depth: keyof typeof STAGES;
  /** Channels per group of the 3x3 in the first stage. */
  readonly width: number;
  /** Stages beyond this stride dilate instead. */
  readonly outputStride: 8 | 16 | 32;
}

export const RESNET50: ResidualOptions = { depth: 50, variant: 'v1.5', block: 'bottleneck', groups: 1, width: 64, outputStride: 32 };

export interface ResidualNetwork {
  readonly blocks: BlocksJson;
  /** Everything before the pooling at the end. */
  readonly layers: readonly LayerJson[];
  /** The names of the last block of each of the four stages. */
  readonly stages: readonly [string, string, string, string];
}

/** The convolutions of a residual network, called as torchvision calls them. */
export function residual(options: ResidualOptions): ResidualNetwork {
  const counts = STAGES[options.depth];
  const lasts = counts.map((count, index) => `layer${index + 1}/${count - 1}`);
  return {
    blocks: residualBlocks(options),
    layers: [...stem(options.variant), ...counts.flatMap((count, index) => stageOf(options, index, count))],
    stages: lasts as unknown as ResidualNetwork['stages'],
  };
}

function stem(variant: ResidualVariant): readonly LayerJson[] {
  const same: Arguments = { padding: 1, bias: false };
  const deep = [conv(32, 3, { stride: 2, ...same }), norm(), relu(), conv(32, 3, same), norm(), relu(), conv(64, 3, same)];
  const plain = conv(64, 7, { stride: 2, padding: 3, bias: false });
  return [
    ...(variant === 'v1d' ? sequence(deep, 'conv1/') : named({ conv1: plain })),
    ...named({ bn1: norm(), relu: relu(), maxpool: maxPool(3, 2, { padding: 1 }) }),
  ];
}

/** The first block of a stage that dilates still has the dilation of the stage before, as in torchvision. */
function stageOf({ block, width, groups, gate, outputStride }: ResidualOptions, index: number, count: number): readonly LayerJson[] {
  const strides = index > 0 && 2 ** (index + 2) <= outputStride;
  const planes = 64 * 2 ** index;
  const channels = block === 'basic' ? planes : 4 * planes;
  const dilationOf = (stage: number) => Math.max(1, 2 ** (stage + 2) / outputStride);
  const values = {
    width: block === 'basic' ? planes : Math.floor((planes * width) / 64) * groups,
    channels,
    ...gate?.values(channels),
  };
  return stage(`layer${index + 1}`, count, (member) => {
    if (member > 0) return use('residual', dilated(values, dilationOf(index)));
    const kind = strides ? 'strided' : index === 0 && channels === 64 ? 'residual' : 'projected';
    return use(kind, dilated(values, dilationOf(index - 1)));
  });
}

function dilated(values: Arguments, dilation: number): Arguments {
  return dilation === 1 ? values : { ...values, dilation };
}
