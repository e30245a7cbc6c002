import type { DType } from '../../core/graph.ts';

/** How a small float is laid out: sign, exponent and mantissa bits from the top. */
interface Layout {
  readonly exponent: number;
  readonly mantissa: number;
  readonly bias: number;
  /** What has no finite value: the whole top exponent (IEEE), the top code only (fn), minus zero only (fnuz), or nothing. */
  readonly special: 'ieee' | 'fn' | 'fnuz' | 'none';
}

/** https://onnx.ai/onnx/technical/float8.html and float4.html */
const LAYOUTS: Readonly<Partial<Record<DType, Layout>>> = {
  float16: { exponent: 5, mantissa: 10, bias: 15, special: 'ieee' },
  bfloat16: { exponent: 8, mantissa: 7, bias: 127, special: 'ieee' },
  float8e4m3fn: { exponent: 4, mantissa: 3, bias: 7, special: 'fn' },
  float8e4m3fnuz: { exponent: 4, mantissa: 3, bias: 8, special: 'fnuz' },
  float8e5m2: { exponent: 5, mantissa: 2, bias: 15, special: 'ieee' },
  float8e5m2fnuz: { exponent: 5, mantissa: 2, bias: 16, special: 'fnuz' },
  float4e2m1: { exponent: 2, mantissa: 1, bias: 1, special: 'none' },
};

function decode({ exponent, mantissa, bias, special }: Layout, bits: number): number {
  const sign = (bits >> (exponent + mantissa)) & 1 ? -1 : 1;
  const power = (bits >> mantissa) & (2 ** exponent - 1);
  const fraction = bits & (2 ** mantissa - 1);
  const top = power === 2 ** exponent - 1;
  if (special === 'ieee' && top) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (special === 'fn' && top && fraction === 2 ** mantissa - 1) return Number.NaN;
  if (special === 'fnuz' && sign < 0 && power === 0 && fraction === 0) return Number.NaN;
  return power === 0 ? sign * fraction * 2 ** (1 - bias - mantissa) : sign * (1 + fraction / 2 ** mantissa) * 2 ** (power - bias);
}

/** The value of a bit pattern of one of the float types below 32 bits; undefined for other types. */
export function minifloat(dtype: DType): ((bits: number) => number) | undefined {
  // Exponents only: no sign, no mantissa.
  if (dtype === 'float8e8m0') return (bits) => (bits === 255 ? Number.NaN : 2 ** (bits - 127));
  const layout = LAYOUTS[dtype];
  return layout && ((bits) => decode(layout, bits));
}
