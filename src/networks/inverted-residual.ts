import { convolutionBlock } from './convolution-block.ts';
import type { BlockJson, BlocksJson, LayerJson } from './description.ts';
import { add, conv, globalPool, layer, use } from './layers.ts';
import { named, sequence } from './naming.ts';

/** An inverted residual block with its activation and gate. */
export interface InvertedResidual {
  readonly kernel: number;
  readonly stride: number;
  /** Channels of the input, of the wide middle and of the output. */
  readonly before: number;
  readonly hidden: number;
  readonly channels: number;
  /** Channels of the gate between its convolutions; 0 where there is no gate. */
  readonly squeeze: number;
  readonly activation: 'ReLU' | 'Hardswish' | 'SiLU';
}

export interface GateActivations {
  readonly inner: 'ReLU' | 'SiLU';
  readonly scale: 'Sigmoid' | 'Hardsigmoid';
}

/** What tells the definitions of blocks apart; the rest are parameters. */
type Kind = Pick<InvertedResidual, 'activation'> & { readonly expands: boolean; readonly gated: boolean; readonly shortcut: boolean };

/** The blocks of a network stage by stage, without names, and the definitions that they need. */
export function invertedResiduals(stages: readonly (readonly InvertedResidual[])[], gate: GateActivations, eps: number) {
  const blocks = new Map<string, BlockJson>([
    ['gate', gateBlock(gate)],
    ['linear', convolutionBlock(null, { eps })],
  ]);
  const place = (row: InvertedResidual): LayerJson => {
    const { activation, kernel, stride, before, hidden, channels, squeeze } = row;
    const kind: Kind = { activation, expands: hidden !== before, gated: squeeze > 0, shortcut: stride === 1 && before === channels };
    const name = nameOf(kind);
    if (!blocks.has(activation)) blocks.set(activation, convolutionBlock(layer(activation), { eps }));
    if (!blocks.has(name)) blocks.set(name, definitionOf(kind));
    const values = { kernel, padding: (kernel - 1) / 2, ...(stride > 1 && { stride }), hidden, channels };
    return use(name, { ...values, ...(squeeze > 0 && { squeeze }) });
  };
  const placed = stages.map((rows) => rows.map(place));
  return { blocks: Object.fromEntries(blocks) as BlocksJson, stages: placed };
}

function nameOf({ activation, expands, gated, shortcut }: Kind): string {
  return [activation, ...(expands ? ['expanded'] : []), ...(gated ? ['gated'] : []), ...(shortcut ? ['residual'] : [])].join('_');
}

function definitionOf({ activation, expands, gated, shortcut }: Kind): BlockJson {
  const window = { kernel: '$kernel', stride: '$stride', padding: '$padding', groups: '$hidden' };
  const members = [
    ...(expands ? [use(activation, { channels: '$hidden' })] : []),
    use(activation, { channels: '$hidden', ...window }),
    ...(gated ? [use('gate', { channels: '$hidden', squeeze: '$squeeze' })] : []),
    use('linear', { channels: '$channels' }),
  ];
  return {
    parameters: { kernel: null, padding: null, stride: 1, hidden: null, channels: null, ...(gated && { squeeze: null }) },
    layers: [...sequence(members, 'block/'), ...(shortcut ? named({ add: add([`block/${members.length - 1}`, 'input']) }) : [])],
  };
}

/** Squeeze and excitation: each channel times a number that depends on the means of all channels. */
function gateBlock({ inner, scale }: GateActivations): BlockJson {
  return {
    parameters: { channels: null, squeeze: null },
    layers: named({
      avgpool: globalPool(),
      fc1: conv('$squeeze', 1),
      activation: layer(inner),
      fc2: conv('$channels', 1),
      scale_activation: layer(scale),
      scale: layer('Multiply', { from: ['scale_activation', 'input'] }),
    }),
  };
}
