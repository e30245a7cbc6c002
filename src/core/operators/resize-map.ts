import type { Dim } from '../graph.ts';
import { size } from './call.ts';
import type { AxisMap } from './operator.ts';
import { BROADCAST, MAX_PERIOD, table, unknownMap } from './relation.ts';
import type { Scale } from './resize-scale.ts';

export const MODES = ['nearest', 'linear', 'cubic'] as const;
export const COORDINATES = [
  'half_pixel',
  'half_pixel_symmetric',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_half_pixel_for_nn',
  'tf_crop_and_resize',
] as const;
export const NEAREST = ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'] as const;

/** One axis of a Resize. */
export interface Axis {
  readonly input: Dim;
  readonly output: Dim;
  /** Null where it is not known. */
  readonly scale: Scale | null;
  /** Begin and end of the box that is resized, as a share of the axis; null for all of it. */
  readonly roi: readonly [number, number] | null;
}

export interface Sampling {
  readonly mode: (typeof MODES)[number];
  readonly coordinates: (typeof COORDINATES)[number];
  readonly nearest: (typeof NEAREST)[number];
  readonly antialias: boolean;
}

/** Output o samples the input at (a*o + b) / c; whole numbers wherever the scale is a simple fraction. */
interface Line {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Where every output samples; null where a size that decides it is unknown. Source: ONNX Resize, the coordinate modes. */
function lineOf({ input, output, scale, roi }: Axis, coordinates: Sampling['coordinates']): Line | null {
  const [n, m] = [size(input), size(output)];
  const centred = scale && { a: 2 * scale.q, b: scale.q - scale.p, c: 2 * scale.p };
  switch (coordinates) {
    case 'half_pixel':
      return centred;
    case 'pytorch_half_pixel':
      return m === 1 ? { a: 0, b: 0, c: 1 } : centred;
    case 'half_pixel_symmetric':
      // The outputs are centred on the input also where the size was rounded down: + (n - m * q / p) / 2.
      return scale && centred && n !== null && m !== null ? { ...centred, b: centred.b + n * scale.p - m * scale.q } : null;
    case 'tf_half_pixel_for_nn':
      return scale && centred && { ...centred, b: scale.q };
    case 'asymmetric':
      return scale && { a: scale.q, b: 0, c: scale.p };
    case 'align_corners':
      if (m === 1) return { a: 0, b: 0, c: 1 };
      return n !== null && m !== null ? { a: n - 1, b: 0, c: m - 1 } : null;
    case 'tf_crop_and_resize': {
      if (n === null || m === null || !roi) return null;
      const [begin, end] = roi;
      return m > 1 ? { a: (end - begin) * (n - 1), b: begin * (n - 1) * (m - 1), c: m - 1 } : { a: 0, b: (begin + end) * (n - 1), c: 2 };
    }
  }
}

/** Half the width of the interpolation kernel in input positions; shrinking with `antialias` widens it. */
export function kernelOf(mode: Sampling['mode'], antialias: boolean, scale: number): number {
  const half = mode === 'cubic' ? 2 : 1;
  return antialias && scale < 1 ? half / scale : half;
}

type Span = readonly [number, number];

function nearestAt({ a, b, c }: Line, rounding: Sampling['nearest']): (o: number) => number {
  switch (rounding) {
    case 'round_prefer_floor':
      return (o) => Math.ceil((2 * (a * o + b) - c) / (2 * c));
    case 'round_prefer_ceil':
      return (o) => Math.floor((2 * (a * o + b) + c) / (2 * c));
    case 'floor':
      return (o) => Math.floor((a * o + b) / c);
    case 'ceil':
      return (o) => Math.ceil((a * o + b) / c);
  }
}

/**
 * The positions inside the kernel around each sample. On a position itself a kernel that is not widened weighs all
 * others with zero.
 */
function interpolated({ a, b, c }: Line, { mode, antialias }: Sampling, { p, q }: Scale): (o: number) => Span {
  const wide = antialias && p < q;
  const half = mode === 'cubic' ? 2 : 1;
  const [over, under] = wide ? [half * q, p] : [half, 1];
  return (o) => {
    const x = a * o + b;
    if (!wide && x % c === 0) return [x / c, x / c];
    const at = x * under;
    return [Math.floor((at - over * c) / (c * under)) + 1, Math.ceil((at + over * c) / (c * under)) - 1];
  };
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** What one axis of the output reads; null where the scale is not known. */
export function resizeMap(axis: Axis, sampling: Sampling): AxisMap | null {
  const line = lineOf(axis, sampling.coordinates);
  if (!line || !axis.scale) return null;
  const [n, m] = [size(axis.input), size(axis.output)];
  const cropped = sampling.coordinates === 'tf_crop_and_resize';
  if (n === 1 && !cropped) return BROADCAST;
  const nearest = nearestAt(line, sampling.nearest);
  const spans = sampling.mode === 'nearest' ? (o: number): Span => [nearest(o), nearest(o)] : interpolated(line, sampling, axis.scale);
  const map = cropped ? null : periodicMap(line, spans);
  if (map) return map;
  if (n === null) return unknownMap('the sizes that Resize maps are not known');
  const last = 2 * (axis.scale.p + axis.scale.q) * (line.a * (m ?? 0) + Math.abs(line.b) + line.c);
  if (last > Number.MAX_SAFE_INTEGER) return unknownMap('the sizes that Resize maps are too large for exact positions');
  const inside = (x: number) => Math.min(Math.max(x, 0), n - 1);
  const at = (o: number): Span | null => {
    const x = (line.a * o + line.b) / line.c;
    if (cropped && (x < 0 || x > n - 1)) return null;
    const [lo, hi] = spans(o);
    return [inside(lo), inside(hi)];
  };
  return table(m, at, 'Resize clamps to its border');
}

/** The map that repeats, where the scale is a fraction of small numbers; null elsewhere. Taps past the border read the border. */
function periodicMap({ a, b, c }: Line, spans: (o: number) => Span): AxisMap | null {
  if (a === 0 || ![a, b, c].every(Number.isSafeInteger)) return null;
  const common = gcd(a, c);
  const period = c / common;
  if (period > MAX_PERIOD) return null;
  const phases = Array.from({ length: period }, (_, o) => spans(o));
  const [lo, hi] = [phases.map(([first]) => first + 0), phases.map(([, last]) => last + 0)];
  return { kind: 'periodic', shift: a / common, lo, hi, step: lo.map(() => 1), known: true, fold: 'edge' };
}
