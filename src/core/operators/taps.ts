import { add, type Count, less, plus, times } from '../count.ts';

/** A window along one axis: it stands at `positions` places, `begin` positions before the tensor of `n` at first. */
export interface AxisWindow {
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly begin: number;
  readonly n: number;
  readonly positions: number;
}

/** Taps that lie on the tensor, over all places of the window: pairs of a place o and a tap t with 0 <= o s + t d - begin < n. */
export function tapsOnTensor(window: AxisWindow): Count {
  const { taps, stride, dilation, begin, n, positions } = window;
  if (positions === 0) return 0;
  if (begin <= 0 && (positions - 1) * stride + (taps - 1) * dilation - begin < n) return times(positions, taps);
  return less(placesUpTo(window, n - 1 + begin), placesUpTo(window, begin - 1));
}

/** Taps that lie in padding, over all places of a window along several axes. */
export function tapsInPadding(axes: readonly AxisWindow[]): Count {
  const all = times(...axes.flatMap(({ positions, taps }) => [positions, taps]));
  return less(all, times(...axes.map(tapsOnTensor)));
}

/** Pairs with o s + t d <= limit: for each tap the places up to (limit - t d) / s, which are none for late taps and all for early ones. */
function placesUpTo({ taps, stride, dilation, positions }: AxisWindow, limit: number): Count {
  const until = (room: number) => Math.min(Math.max(Math.floor(room / dilation) + 1, 0), taps);
  const some = until(limit);
  const all = until(limit - (positions - 1) * stride);
  return plus(times(all, positions), some - all, floorSum(some - all, stride, dilation, limit - (some - 1) * dilation));
}

/** The sum of floor((a j + b) / m) over 0 <= j < n. Source: the Euclid-like algorithm of Graham, Knuth and Patashnik, Concrete Mathematics, 3.5. */
function floorSum(n: number, m: number, a: number, b: number): Count {
  let sum: Count = 0;
  let count = n;
  let modulus = m;
  let step = a;
  let offset = b;
  while (count > 0) {
    const pairs = count % 2 === 0 ? times(count / 2, count - 1) : times(count, (count - 1) / 2);
    sum = add(add(sum, times(pairs, Math.floor(step / modulus))), times(count, Math.floor(offset / modulus)));
    const last = (step % modulus) * count + (offset % modulus);
    const rest = step % modulus;
    count = Math.floor(last / modulus);
    offset = last % modulus;
    step = modulus;
    modulus = rest;
  }
  return sum;
}
