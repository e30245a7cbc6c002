import type { Arguments, BlockJson, BlocksJson, LayerJson } from './description.ts';
import { add, conv, layer, norm, relu, use } from './layers.ts';
import { named, sequence } from './naming.ts';

/** Where a bottleneck strides: in the first 1x1 (`v1`, the paper) or in the 3x3 (`v1.5`); `v1d` also averages in the shortcut. */
export type ResidualVariant = 'v1' | 'v1.5' | 'v1d';

/** A gate on the result of every residual branch, before it is added. */
export interface Gate {
  /** The block `gate`, and others that it needs. */
  readonly blocks: BlocksJson & { readonly gate: BlockJson };
  /** Values of the gate's parameters for so many channels. */
  values(channels: number): Arguments;
}

export interface BlockOptions {
  readonly variant: ResidualVariant;
  readonly block: 'basic' | 'bottleneck';
  readonly groups: number;
  readonly gate?: Gate;
}

/**
 * The blocks of a residual network: `residual`, whose shortcut is its input, `projected`, whose shortcut changes the
 * channels, and `strided`, which halves the size as well.
 */
export function residualBlocks(options: BlockOptions): BlocksJson {
  const { gate, variant } = options;
  const parameters = { width: null, channels: null, dilation: 1, ...gate?.blocks.gate.parameters };
  const blockOf = (stride: 1 | 2, shortcut: readonly LayerJson[]): BlockJson => ({
    parameters,
    layers: [...branch(options, stride), ...shortcut, ...ending(options, shortcut)],
  });
  return {
    residual: blockOf(1, []),
    projected: blockOf(1, projection(1, variant)),
    strided: blockOf(2, projection(2, variant)),
    ...gate?.blocks,
  };
}

function branch({ block, variant, groups, gate }: BlockOptions, stride: 1 | 2): readonly LayerJson[] {
  const wide = { padding: '$dilation', dilation: '$dilation', bias: false };
  const narrow = { bias: false };
  const [first, second] = variant === 'v1' ? [stride, 1] : [1, stride];
  const layers =
    block === 'basic'
      ? { conv1: conv('$width', 3, { stride, ...wide }), bn1: norm(), relu1: relu(), conv2: conv('$channels', 3, wide), bn2: norm() }
      : {
          conv1: conv('$width', 1, { stride: first, ...narrow }),
          bn1: norm(),
          relu1: relu(),
          conv2: conv('$width', 3, { stride: second, groups, ...wide }),
          bn2: norm(),
          relu2: relu(),
          conv3: conv('$channels', 1, narrow),
          bn3: norm(),
        };
  const passed = Object.keys(gate?.blocks.gate.parameters ?? {}).map((name) => [name, `$${name}`]);
  return named({ ...layers, ...(gate && { gate: use('gate', Object.fromEntries(passed)) }) });
}

function projection(stride: 1 | 2, variant: ResidualVariant): readonly LayerJson[] {
  const averaged = variant === 'v1d' && stride === 2;
  const pool = layer('AvgPool2d', { kernel_size: 2, stride: 2, ceil_mode: true, count_include_pad: false });
  const project = conv('$channels', 1, { stride: averaged ? 1 : stride, bias: false });
  const [first, ...rest] = sequence([...(averaged ? [pool] : []), project, norm()], 'downsample/') as [LayerJson, ...LayerJson[]];
  return [{ ...first, from: 'input' }, ...rest];
}

function ending({ block, gate }: BlockOptions, shortcut: readonly LayerJson[]): readonly LayerJson[] {
  const result = gate ? 'gate' : block === 'basic' ? 'bn2' : 'bn3';
  return named({ add: add([result, String(shortcut.at(-1)?.name ?? 'input')]), relu: relu() });
}
