import type { Attribute, Dim, Shape } from '../graph.ts';
import { dim, int, ints, malformed, size, string } from './call.ts';
import type { AxisLink, AxisMap, Call } from './operator.ts';
import { EACH, link, unknownMap, windows } from './relation.ts';
import type { AxisWindow } from './taps.ts';

const AUTO_PADS = ['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'];

/** Attributes beyond this are no sizes of a window, and their products would leave the exact integers. */
const MAX_EXTENT = 2 ** 31 - 1;

/** A window that slides along the spatial axes; one entry of each list per axis. */
export interface Window {
  /** Taps; null where the weight's shape decides and is unknown. */
  readonly kernel: readonly (number | null)[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly autoPad: string;
  readonly begin: readonly number[];
  readonly end: readonly number[];
}

/** Reads the attributes that Conv, ConvTranspose and the pools share, for `axes` spatial axes. */
export function windowOf(call: Call, axes: number, weight: Shape | null): Window {
  const autoPad = string(call, 'auto_pad', 'NOTSET') || 'NOTSET';
  if (!AUTO_PADS.includes(autoPad)) malformed(call, `auto_pad ${JSON.stringify(autoPad.slice(0, 40))} is none of ${AUTO_PADS.join(', ')}`);
  const pads = autoPad === 'NOTSET' ? list(call, 'pads', 2 * axes, 0, -MAX_EXTENT) : repeated(0, 2 * axes);
  return {
    kernel: kernelOf(call, axes, weight),
    strides: list(call, 'strides', axes, 1, 1),
    dilations: list(call, 'dilations', axes, 1, 1),
    autoPad,
    begin: pads.slice(0, axes),
    end: pads.slice(axes),
  };
}

function list(call: Call, name: string, length: number, fallback: 0 | 1, least: number): readonly number[] {
  const values = ints(call, name);
  if (!values) return repeated(fallback, length);
  if (values.length !== length) malformed(call, `${name} has ${values.length} entries, ${length} are needed`);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < least || value > MAX_EXTENT) malformed(call, `${name} of ${value} is outside ${least} to ${MAX_EXTENT}`);
  }
  return values;
}

// Most windows have no stride and no dilation, along few axes: lists that say so are shared.
const ZEROS: readonly (readonly number[])[] = Array.from({ length: 7 }, (_, length) => Array<number>(length).fill(0));
const ONES: readonly (readonly number[])[] = Array.from({ length: 7 }, (_, length) => Array<number>(length).fill(1));

function repeated(value: 0 | 1, length: number): readonly number[] {
  return (value === 0 ? ZEROS : ONES)[length] ?? Array<number>(length).fill(value);
}

function kernelOf(call: Call, axes: number, weight: Shape | null): readonly (number | null)[] {
  const stated = ints(call, 'kernel_shape') && list(call, 'kernel_shape', axes, 1, 1);
  const kernel = weight?.slice(2) ?? stated ?? Array<null>(axes).fill(null);
  if (kernel.length !== axes) malformed(call, `a weight of rank ${kernel.length + 2} for ${axes} spatial axes`);
  return kernel.map((k, axis) => {
    const taps = size(k) ?? stated?.[axis] ?? null;
    if (taps !== null && taps < 1) malformed(call, `a kernel of ${taps} taps`);
    if (stated && taps !== stated[axis]) malformed(call, `kernel_shape says ${stated[axis]} on axis ${axis}, the weight says ${taps}`);
    return taps;
  });
}

/** Positions from the first tap to the last; null where the kernel is unknown. */
export function extent(call: Call, window: Window, axis: number): number | null {
  const taps = window.kernel[axis] ?? null;
  return taps === null ? null : dim(call, (window.dilations[axis] as number) * (taps - 1) + 1);
}

/**
 * Size after the window slides along an axis. Source: ONNX Conv and MaxPool. With `ceilMode` a last window that would
 * start in the right padding is dropped, as PyTorch, Caffe and ONNX's own inference do.
 */
export function slide(call: Call, window: Window, axis: number, input: Dim, ceilMode: boolean): Dim {
  const stride = window.strides[axis] as number;
  const span = extent(call, window, axis);
  if (window.autoPad.startsWith('SAME') && stride === 1) return input;
  const n = size(input);
  if (n === null) return null;
  if (window.autoPad.startsWith('SAME')) return Math.ceil(n / stride);
  if (span === null) return null;
  const begin = window.begin[axis] as number;
  const room = n + begin + (window.end[axis] as number) - span;
  let count = (ceilMode ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
  if (ceilMode && (count - 1) * stride >= n + begin) count--;
  if (count < 1) malformed(call, `a window of ${span} does not fit into an axis of ${n} with padding ${begin} and ${window.end[axis]}`);
  return dim(call, count);
}

/** Padding before the first position: the least and the most that it can be, which differ where SAME makes it depend on an unknown size. */
function padRange(window: Window, axis: number, span: number, input: Dim): readonly [number, number] {
  const begin = window.begin[axis] as number;
  if (!window.autoPad.startsWith('SAME')) return [begin, begin];
  const stride = window.strides[axis] as number;
  // ONNX: total = max((ceil(n / s) - 1) * s + extent - n, 0), which is max(extent - 1 - (n - 1) mod s, 0).
  const half = (rest: number) => Math.max(span - 1 - rest, 0) / 2;
  const left = (rest: number) => (window.autoPad === 'SAME_UPPER' ? Math.floor(half(rest)) : Math.ceil(half(rest)));
  const n = size(input);
  if (n === null) return [left(stride - 1), left(0)];
  return [left((n + stride - 1) % stride), left((n + stride - 1) % stride)];
}

/** Padding before the first position; null where SAME makes it depend on an unknown size. */
export function padBegin(window: Window, axis: number, span: number, input: Dim): number | null {
  const [least, most] = padRange(window, axis, span, input);
  return least === most ? most : null;
}

/** What the window reads along a spatial axis. */
export function windowMap(call: Call, window: Window, axis: number, input: Dim): AxisMap {
  const span = extent(call, window, axis);
  if (span === null) return unknownMap('the kernel size is not known');
  const [least, most] = padRange(window, axis, span, input);
  const [stride, dilation] = [window.strides[axis] as number, window.dilations[axis] as number];
  return windows(stride, 0 - most, window.kernel[axis] as number, dilation, most - least);
}

/** Links of N, C and the spatial axes; neighbouring axes with equal windows share one map, and so what is made of it. */
export function spatialLinks(axes: number, channel: AxisLink | null, map: (axis: number) => AxisMap): readonly (AxisLink | null)[] {
  const links: (AxisLink | null)[] = [link(0, EACH), channel];
  let before: AxisMap = EACH;
  for (let axis = 0; axis < axes; axis++) {
    const made = map(axis);
    if (!sameWindows(made, before)) before = made;
    links.push(link(axis + 2, before));
  }
  return links;
}

function sameWindows(a: AxisMap, b: AxisMap): boolean {
  if (a.kind !== 'periodic' || b.kind !== 'periodic') return false;
  const same = (of: 'lo' | 'hi' | 'step') => a[of].length === b[of].length && a[of].every((value, phase) => value === b[of][phase]);
  return a.shift === b.shift && a.known === b.known && a.slack === b.slack && same('lo') && same('hi') && same('step');
}

/** The places of a window on a tensor of sizes that are known, axis by axis. */
export function places(call: Call, window: Window, input: readonly number[], output: readonly number[]): readonly AxisWindow[] {
  return window.kernel.map((k, axis) => {
    const [taps, n] = [k as number, input[axis + 2] as number];
    return {
      taps,
      n,
      stride: window.strides[axis] as number,
      dilation: window.dilations[axis] as number,
      begin: padBegin(window, axis, extent(call, window, axis) as number, n) as number,
      positions: output[axis + 2] as number,
    };
  });
}

/** The window's attributes with the defaults of the specification. */
export function windowDefaults(call: Call, axes: number | null, weight: Shape | null): Readonly<Record<string, Attribute>> {
  if (axes === null) return { auto_pad: 'NOTSET' };
  const { kernel, strides, dilations, begin, end, autoPad } = windowOf(call, axes, weight);
  return {
    auto_pad: 'NOTSET',
    ...(kernel.every((k) => k !== null) && { kernel_shape: kernel as readonly number[] }),
    strides,
    dilations,
    ...(autoPad === 'NOTSET' && { pads: [...begin, ...end] }),
  };
}

/** Number of spatial axes from a tensor's rank, or from the attribute that has one entry per axis. */
export function spatialAxes(call: Call, ...shapes: readonly (Shape | null)[]): number | null {
  for (const shape of shapes) {
    if (!shape) continue;
    return shape.length >= 3 ? shape.length - 2 : malformed(call, `a tensor of rank ${shape.length} has no spatial axis`);
  }
  const kernel = ints(call, 'kernel_shape');
  return kernel && kernel.length > 0 && kernel.length <= 62 ? kernel.length : null;
}

/** The group attribute, which divides the channels. */
export function groupsOf(call: Call): number {
  const groups = int(call, 'group', 1);
  return groups >= 1 && groups <= MAX_EXTENT ? groups : malformed(call, `group is ${groups}`);
}
