import { Type } from '@sinclair/typebox';
import { count } from '../arguments.ts';
import type { Attributes, Layer } from '../layer.ts';
import { each } from './sizes.ts';

/** A window that slides over the spatial axes. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

const amount = { ...count(''), minimum: 0 };

/** Padding at the borders, with the words of PyTorch ("same", "valid") and ONNX ("same_upper", "same_lower"). */
export function paddingSchema(rank: number) {
  const one = Type.Integer({ minimum: 0, maximum: amount.maximum as number });
  const pair = Type.Array(one, { minItems: 2, maxItems: 2 });
  const words = (['same', 'valid', 'same_upper', 'same_lower'] as const).map((name) => Type.Literal(name));
  return Type.Union(
    [one, Type.Array(one, { minItems: rank, maxItems: rank }), Type.Array(pair, { minItems: rank, maxItems: rank }), ...words],
    {
      title: `an integer of at least 0, a list of ${rank} integers or [begin, end], "same", "valid", "same_upper" or "same_lower"`,
      description:
        'Padding at both ends of every spatial axis: one number, one per axis, or [begin, end] per axis. "same" keeps the size at stride 1; "same_upper" and "same_lower" give ceil(size / stride) and put an odd element at the end or the beginning; "valid" is none.',
    },
  );
}

export type Padding = number | readonly number[] | readonly (readonly number[])[] | 'same' | 'valid' | 'same_upper' | 'same_lower';

/** Amounts before and after each spatial axis; a word where they depend on the input's size. */
export type Pads = { readonly begin: readonly number[]; readonly end: readonly number[] } | 'SAME_UPPER' | 'SAME_LOWER';

/** What a padding argument means for a window. */
export function resolvePadding(layer: Layer, padding: Padding, { kernel, stride, dilation }: Window): Pads {
  if (padding === 'same_upper') return 'SAME_UPPER';
  if (padding === 'same_lower') return 'SAME_LOWER';
  if (padding === 'same') {
    if (stride.some((s) => s !== 1)) layer.refuse('"same" needs a stride of 1; "same_upper" pads to ceil(size / stride)', 'padding');
    const total = kernel.map((k, axis) => (k - 1) * (dilation[axis] as number));
    return { begin: total.map((t) => Math.floor(t / 2)), end: total.map((t) => Math.ceil(t / 2)) };
  }
  const ends = each(padding === 'valid' ? 0 : (padding as number | readonly number[]), kernel.length) as readonly (
    | number
    | readonly [number, number]
  )[];
  return { begin: ends.map((p) => (typeof p === 'number' ? p : p[0])), end: ends.map((p) => (typeof p === 'number' ? p : p[1])) };
}

/** The attributes that ONNX's windows have in common. */
export function windowAttributes({ kernel, stride, dilation }: Window, pads: Pads): Attributes {
  const padding = typeof pads === 'string' ? { auto_pad: pads } : { pads: [...pads.begin, ...pads.end] };
  return { kernel_shape: kernel, strides: stride, dilations: dilation, ...padding };
}
