import { dataOf, string } from '../../../../core/operators/call.ts';
import { decimal, type Guesser, oneOrAll } from './guess.ts';

const INTERPOLATIONS = ['linear', 'bilinear', 'trilinear'];

const resize: Guesser = (call) => {
  const spatial = (call.inputs[0]?.shape?.length ?? 2) - 2;
  const kind = string(call, 'mode', 'nearest');
  const mode = kind === 'cubic' ? 'bicubic' : kind === 'linear' ? INTERPOLATIONS[spatial - 1] : 'nearest';
  const align = string(call, 'coordinate_transformation_mode', 'half_pixel') === 'align_corners' ? true : undefined;
  const [scales, sizes] = [dataOf(call, 2), dataOf(call, 3)];
  if (scales) return [{ type: 'Upsample', args: { scale_factor: oneOrAll(scales.slice(2).map(decimal)), mode, align_corners: align } }];
  return sizes ? [{ type: 'Upsample', args: { size: oneOrAll(sizes), mode, align_corners: align } }] : [];
};

/** PyTorch's layers by the mode of ONNX. */
const PADS = new Map([
  ['reflect', 'ReflectionPad'],
  ['edge', 'ReplicationPad'],
  ['wrap', 'CircularPad'],
]);

const pad: Guesser = (call) => {
  const pads = dataOf(call, 1);
  const axes = (pads?.length ?? 0) / 2 - 2;
  if (!pads || axes < 1 || axes > 3) return [];
  // PyTorch counts from the last axis.
  const sides = Array.from({ length: axes }, (_, k) => axes + 1 - k).flatMap((axis) => [
    pads[axis] as number,
    pads[axis + axes + 2] as number,
  ]);
  const padding = oneOrAll(sides);
  const type = PADS.get(string(call, 'mode', 'constant'));
  if (type !== undefined) return [{ type: `${type}${axes}d`, args: { padding } }];
  const value = dataOf(call, 2)?.[0];
  if (value === undefined) return [{ type: `ZeroPad${axes}d`, args: { padding } }];
  return Number.isFinite(value) ? [{ type: `ConstantPad${axes}d`, args: { padding, value: decimal(value) } }] : [];
};

export const resizes: Readonly<Record<string, Guesser>> = { Resize: resize, Pad: pad };
