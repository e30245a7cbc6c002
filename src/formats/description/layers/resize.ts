import { Type } from '@sinclair/typebox';
import { count, optional, word } from '../arguments.ts';
import { type Attributes, defineLayer, type Layer } from '../layer.ts';
import { each, needRank, rankOf } from './sizes.ts';

const first = (layer: Layer) => layer.inputs[0] as string;

/** Spatial axes that a mode is for; nearest is for all. */
const MODES = { nearest: null, linear: 1, bilinear: 2, bicubic: 2, trilinear: 3 } as const;
type Mode = keyof typeof MODES;

/** The modes of PyTorch in ONNX's words, as PyTorch's own exporter writes them. */
function resizeAttributes(mode: Mode, alignCorners: boolean): Attributes {
  if (mode === 'nearest') return { mode, coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
  const coordinates = alignCorners ? 'align_corners' : 'half_pixel';
  const cubic: Attributes = mode === 'bicubic' ? { cubic_coeff_a: -0.75 } : {};
  return { mode: mode === 'bicubic' ? 'cubic' : 'linear', coordinate_transformation_mode: coordinates, ...cubic };
}

const factor = Type.Number({ exclusiveMinimum: 0, maximum: 2 ** 31 - 1 });
const size = Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 });
const several = { minItems: 1, maxItems: 3 };

const upsample = defineLayer(
  'Upsample',
  'Interpolation to a factor of the size, or to a size.',
  {
    scale_factor: Type.Optional(
      Type.Union([factor, Type.Array(factor, several)], {
        title: 'a number above 0, or a list of one per spatial axis',
        description: 'Factor of every spatial axis, or one per axis.',
      }),
    ),
    size: Type.Optional(
      Type.Union([size, Type.Array(size, several)], {
        title: 'an integer of at least 1, or a list of one per spatial axis',
        description: 'Size of every spatial axis of the output, or one per axis.',
      }),
    ),
    mode: optional(word(Object.keys(MODES) as Mode[], 'How values between positions are found.'), 'nearest'),
    align_corners: Type.Optional(
      Type.Union([Type.Boolean(), Type.Null()], { description: 'Whether the corner positions coincide; not for nearest.' }),
    ),
  },
  (layer, args) => {
    const spatial = rankOf(layer) - 2;
    checkUpsample(layer, spatial, args);
    const attributes = resizeAttributes(args.mode, args.align_corners ?? false);
    if (args.scale_factor !== undefined) {
      const scales = [1, 1, ...perAxis(layer, args.scale_factor, spatial, 'scale_factor')];
      return layer.emit('Resize', [first(layer), '', layer.constant('scales', scales, 'float32')], attributes);
    }
    const sizes = perAxis(layer, args.size as number | number[], spatial, 'size');
    const axes = sizes.map((_, axis) => axis + 2);
    return layer.emit('Resize', [first(layer), '', '', layer.constant('sizes', sizes)], { axes, ...attributes });
  },
);

interface UpsampleArguments {
  readonly scale_factor?: unknown;
  readonly size?: unknown;
  readonly mode: Mode;
  readonly align_corners?: boolean | null;
}

function checkUpsample(layer: Layer, spatial: number, args: UpsampleArguments): void {
  if ((args.scale_factor === undefined) === (args.size === undefined)) layer.refuse('Upsample needs either "scale_factor" or "size"');
  const wanted = MODES[args.mode];
  if (spatial < 1 || spatial > 3 || (wanted !== null && wanted !== spatial)) {
    const axes = wanted === null ? '3, 4 or 5' : wanted + 2;
    layer.refuse(`"mode" ${JSON.stringify(args.mode)} is for tensors of ${axes} axes, not ${spatial + 2}`, 'mode');
  }
  if (args.mode === 'nearest' && args.align_corners) layer.refuse('"align_corners" has no meaning for "nearest"', 'align_corners');
}

function perAxis(layer: Layer, value: number | readonly number[], spatial: number, key: string): readonly number[] {
  const list = each(value, spatial);
  if (list.length !== spatial) layer.refuse(`${JSON.stringify(key)} has ${list.length} numbers for ${spatial} spatial axes`, key);
  return list;
}

const pixelShuffle = defineLayer(
  'PixelShuffle',
  'Channels moved into space: r * r times fewer channels, r times the height and width.',
  { upscale_factor: count('The factor r.') },
  (layer, { upscale_factor }) => {
    needRank(layer, [4], 'N, C, H, W');
    return layer.emit('DepthToSpace', [first(layer)], { blocksize: upscale_factor, mode: 'CRD' });
  },
);

/** SpaceToDepth puts the position before the channel, PyTorch the channel before the position. */
const pixelUnshuffle = defineLayer(
  'PixelUnshuffle',
  'Space moved into channels: the inverse of PixelShuffle.',
  { downscale_factor: count('The factor r.') },
  (layer, { downscale_factor }) => {
    needRank(layer, [4], 'N, C, H, W');
    return layer.emit('SpaceToDepth', [first(layer)], { blocksize: downscale_factor });
  },
);

export const resizeLayers = [upsample, pixelShuffle, pixelUnshuffle];
