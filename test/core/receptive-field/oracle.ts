/**
 * Receptive fields by brute force, one axis at a time: every unit carries the set of source positions that it depends on.
 * Shares no code and no representation with `src/`; only the names of the operators are the same.
 */
export type Step =
  | { readonly op: 'conv'; readonly k: number; readonly s: number; readonly d: number; readonly p: number; readonly q: number }
  /** Padding that makes ceil(n / s) units; the odd one of it comes last, or first where `lower`. */
  | { readonly op: 'same'; readonly k: number; readonly s: number; readonly d: number; readonly lower: boolean }
  | { readonly op: 'pad'; readonly mode: 'reflect' | 'edge' | 'wrap'; readonly p: number; readonly q: number }
  | { readonly op: 'transposed'; readonly k: number; readonly s: number; readonly d: number; readonly p: number; readonly extra: number }
  | { readonly op: 'nearest'; readonly factor: number }
  | { readonly op: 'linear'; readonly factor: number }
  /** Nearest to the left of the centre of an output, the border where there is nothing. */
  | { readonly op: 'floor'; readonly factor: number }
  | { readonly op: 'adaptive'; readonly to: number }
  | { readonly op: 'slice'; readonly start: number; readonly end: number; readonly step: number }
  | { readonly op: 'flip' }
  | { readonly op: 'pool' }
  | { readonly op: 'add' | 'concat' | 'append' }
  /** Every unit of the first input times the one unit of the second. */
  | { readonly op: 'gate' };

/** A tensor of a one-dimensional network: the source (no inputs) or a step applied to earlier tensors. */
export interface Tensor1d {
  readonly step: Step | null;
  readonly from: readonly number[];
  readonly length: number;
  /** Only so that merges are legal: the oracle does not look at it. */
  readonly channels: number;
}

export function lengthAfter(step: Step, lengths: readonly number[]): number {
  const n = lengths[0] as number;
  switch (step.op) {
    case 'conv':
      return Math.floor((n + step.p + step.q - step.d * (step.k - 1) - 1) / step.s) + 1;
    case 'transposed':
      return (n - 1) * step.s - 2 * step.p + step.d * (step.k - 1) + 1 + step.extra;
    case 'same':
      return Math.ceil(n / step.s);
    case 'pad':
      return n + step.p + step.q;
    case 'nearest':
    case 'linear':
    case 'floor':
      return n * step.factor;
    case 'adaptive':
      return step.to;
    case 'slice':
      return Math.ceil((Math.min(step.end, n) - step.start) / step.step);
    case 'pool':
      return 1;
    case 'append':
      return n + (lengths[1] as number);
    default:
      return n;
  }
}

/** What unit o reads of each input: pairs of input number and unit. */
function reads(step: Step, o: number, lengths: readonly number[]): [number, number][] {
  const n = lengths[0] as number;
  switch (step.op) {
    case 'conv':
      return Array.from({ length: step.k }, (_, t) => [0, o * step.s - step.p + t * step.d]);
    case 'same': {
      const total = Math.max((Math.ceil(n / step.s) - 1) * step.s + step.d * (step.k - 1) + 1 - n, 0);
      const p = step.lower ? Math.ceil(total / 2) : Math.floor(total / 2);
      return Array.from({ length: step.k }, (_, t) => [0, o * step.s - p + t * step.d]);
    }
    case 'pad':
      return [[0, o - step.p]];
    case 'adaptive': {
      const out: [number, number][] = [];
      for (let i = Math.floor((o * n) / step.to); i < ((o + 1) * n) / step.to; i++) out.push([0, i]);
      return out;
    }
    case 'floor':
      return [[0, Math.floor((o + 0.5) / step.factor - 0.5)]];
    case 'transposed': {
      // Input i writes to outputs i*s - p + t*d, so output o reads the i for which (o + p - t*d) / s is an integer.
      const out: [number, number][] = [];
      for (let t = 0; t < step.k; t++) {
        const i = (o + step.p - t * step.d) / step.s;
        if (Number.isInteger(i)) out.push([0, i]);
      }
      return out;
    }
    case 'nearest':
      return [[0, Math.floor(o / step.factor)]];
    case 'linear': {
      const x = (o + 0.5) / step.factor - 0.5;
      return Number.isInteger(x)
        ? [[0, x]]
        : [
            [0, Math.floor(x)],
            [0, Math.floor(x) + 1],
          ];
    }
    case 'slice':
      return [[0, step.start + o * step.step]];
    case 'flip':
      return [[0, n - 1 - o]];
    case 'pool':
      return Array.from({ length: n }, (_, i) => [0, i]);
    case 'append':
      return [o < n ? [0, o] : [1, o - n]];
    case 'gate':
      return [
        [0, o],
        [1, 0],
      ];
    default:
      return lengths.map((_, branch) => [branch, o]);
  }
}

function wraps(step: Step): boolean {
  return step.op === 'pad' && step.mode === 'wrap' && step.p + step.q > 0;
}

/** Where a position past the border of a tensor of n positions is read instead; itself where nothing is repeated. */
function repeated(step: Step, i: number, n: number): number {
  if (step.op === 'floor' || (step.op === 'pad' && step.mode === 'edge')) return i < 0 ? 0 : i >= n ? n - 1 : i;
  if (step.op !== 'pad') return i;
  let at = i;
  while (at < 0 || at >= n) {
    if (step.mode === 'wrap') at += at < 0 ? n : -n;
    else if (n === 1) at = 0;
    else at = at < 0 ? -at : 2 * (n - 1) - at;
  }
  return at;
}

export interface OracleField {
  /** Largest and smallest hull over all units (bounded) or all phases; null: the whole source. */
  readonly size: number | null;
  readonly sizeMin: number | null;
  readonly visible: number;
  /** Whether there is no field without borders, since a step on the way has no meaning there. */
  readonly bounded: boolean;
  /** Smallest position of unit 0; null where unit 0 sees nothing. */
  readonly first: number | null;
  /** Hull of every unit of the tensor, with borders. */
  readonly actual: readonly Hull[];
  /** Hull of units 0, 1, ... as if no tensor had a border, as far as that means something; empty where the field is global. */
  readonly virtual: readonly Hull[];
}

/** First and last position; null for none. */
export type Hull = readonly [number, number] | null;

/** A set of positions, ascending. */
type Positions = Int32Array;

const NONE: Positions = new Int32Array();

/** Where a union is marked, position by position. */
let marks = new Uint8Array(1024);

function unionOf(sets: readonly Positions[]): Positions {
  const some = sets.filter((set) => set.length > 0);
  if (some.length < 2) return some[0] ?? NONE;
  let [lo, hi] = [Infinity, -Infinity];
  for (const set of some) {
    lo = Math.min(lo, set[0] as number);
    hi = Math.max(hi, set.at(-1) as number);
  }
  const range = hi - lo + 1;
  if (marks.length < range) marks = new Uint8Array(2 * range);
  marks.fill(0, 0, range);
  let count = 0;
  for (const set of some) {
    for (const position of set) {
      if (marks[position - lo] === 0) count += 1;
      marks[position - lo] = 1;
    }
  }
  const union = new Int32Array(count);
  for (let at = 0, i = 0; at < range; at++) if (marks[at] === 1) union[i++] = at + lo;
  return union;
}

/** Units over which phases are looked for: at least so many, and two periods, but no more than any of the networks needs. */
const [LEAST_UNITS, MOST_UNITS] = [24, 576];

/** The same network on a source of another length; null where its branches then do not fit, or nothing is left. */
export function atLength(network: readonly Tensor1d[], n: number): Tensor1d[] | null {
  const resized: Tensor1d[] = [];
  for (const tensor of network) {
    const lengths = tensor.from.map((i) => (resized[i] as Tensor1d).length);
    const { step } = tensor;
    const length = step === null ? n : lengthAfter(step, lengths);
    const merges = step?.op === 'add' || step?.op === 'concat';
    if (length < 1 || (merges && new Set(lengths).size > 1) || (step?.op === 'slice' && step.start >= (lengths[0] as number))) return null;
    resized.push({ ...tensor, length });
  }
  return resized;
}

/** What all units of the inputs that are alike see, where that goes for the units of the output, too; null where it does not. */
function sharedBy(
  step: Step,
  inputs: readonly { readonly alike: Positions | null; readonly global: boolean }[],
  extent: number,
): Positions | null {
  const sets = inputs.flatMap(({ alike }) => alike ?? []);
  const joins = step.op === 'add' || step.op === 'concat' || step.op === 'gate';
  // Who sees the whole source sees no more by another branch.
  const all = inputs.find(({ alike, global }) => joins && global && alike?.[0] === 0 && alike.at(-1) === extent - 1);
  if (all) return all.alike;
  return sets.length > 0 && sets.length === inputs.length ? unionOf(sets) : null;
}

/** The field of every tensor of a network, with respect to one of its tensors. */
export function fieldsOf(network: readonly Tensor1d[], source = 0): OracleField[] {
  const actual: Positions[][] = [];
  const memos: Map<number, Positions>[] = network.map(() => new Map());
  const jumps: (number | null)[] = [];
  const periods: number[] = [];
  const bounded: boolean[] = [];
  const global: boolean[] = [];
  const blind: boolean[] = [];
  /** What all units of a tensor see behind pooling: it is told of the tensor, also for units that read nothing but padding. */
  const alike: (Positions | null)[] = [];
  /** Whether some units may see the whole source, as one piece of what was appended does. */
  const joined: boolean[] = [];
  const everything = Int32Array.from({ length: (network[source] as Tensor1d).length }, (_, i) => i);
  const lengthsOf = (tensor: Tensor1d) => tensor.from.map((i) => (network[i] as Tensor1d).length);

  const virtual = (index: number, o: number): Positions => {
    const tensor = network[index] as Tensor1d;
    if (index === source) return Int32Array.of(o);
    if (tensor.step === null || index < source) return NONE;
    if (global[index]) return everything;
    if (bounded[index] && (o < 0 || o >= tensor.length)) return NONE;
    const memo = memos[index] as Map<number, Positions>;
    let set = memo.get(o);
    if (!set) {
      const seen: Positions[] = [];
      const lengths = lengthsOf(tensor);
      for (const [branch, at] of reads(tensor.step, o, lengths)) {
        const from = tensor.from[branch] as number;
        if (tensor.step.op === 'pool' && (at < 0 || at >= (lengths[0] as number))) continue;
        // What is repeated past a border goes on behind it, unless there really is one.
        const real = bounded[from] || wraps(tensor.step);
        const i = real ? repeated(tensor.step, at, lengths[branch] as number) : at;
        seen.push(virtual(from, i));
      }
      set = unionOf(seen);
      memo.set(o, set);
    }
    return set;
  };

  return network.map((tensor, index) => {
    const { step, from, length } = tensor;
    if (index <= source || step === null) {
      const seen = index === source;
      actual.push(Array.from({ length }, (_, i) => (seen ? Int32Array.of(i) : NONE)));
      jumps.push(1);
      periods.push(1);
      bounded.push(false);
      global.push(false);
      blind[index] = !seen;
      alike.push(null);
      const size = seen ? 1 : 0;
      const hulls = Array.from({ length }, (_, i): Hull => (seen ? [i, i] : null));
      return { size, sizeMin: size, visible: size, bounded: false, first: seen ? 0 : null, actual: hulls, virtual: hulls };
    }
    const lengths = lengthsOf(tensor);
    const read = Array.from({ length }, (_, o) => {
      const seen: Positions[] = [];
      for (const [branch, at] of reads(step, o, lengths)) {
        const i = repeated(step, at, lengths[branch] as number);
        seen.push(actual[from[branch] as number]?.[i] ?? NONE);
      }
      return unionOf(seen);
    });
    const seeing = from.filter((i) => !blind[i]);
    const inputs = seeing.map((i) => ({ alike: alike[i] ?? null, global: global[i] ?? false }));
    const shared = step.op === 'pool' ? (read[0] as Positions) : sharedBy(step, inputs, everything.length);
    alike.push(shared);
    const units = shared ? read.map(() => shared) : read;
    actual.push(units);
    // The pieces that are appended to one another are units of their own.
    const spreads = step.op === 'append' ? seeing.length > 0 && seeing.every((i) => global[i]) : from.some((i) => global[i]);
    global.push(spreads || (step.op === 'pool' && (lengths[0] as number) > 1 && !blind[from[0] as number]));
    periods.push(from.map((i) => periods[i] as number).reduce(lcm) * raised(step, lengths[0] as number));
    // A branch that sees nothing is no branch.
    const before = seeing.map((i) => jumps[i] ?? null);
    jumps.push(before.length === 0 ? 1 : jumpAfter(step, before, lengths[0] as number));
    bounded.push(
      from.some((i) => bounded[i] && !blind[i]) ||
        step.op === 'flip' ||
        wraps(step) ||
        (step.op === 'adaptive' && (lengths[0] as number) % step.to !== 0 && step.to % (lengths[0] as number) !== 0) ||
        step.op === 'append' ||
        (step.op === 'gate' && !from.some((i) => blind[i])) ||
        jumps[index] === null,
    );
    const hulls = units.map(hull);
    const visible = Math.max(...hulls.map(extent));
    if (global[index]) return { size: null, sizeMin: null, visible, bounded: false, first: null, actual: hulls, virtual: [] };
    const range = bounded[index] ? length : Math.min(Math.max(2 * (periods[index] as number), LEAST_UNITS), MOST_UNITS);
    const free = Array.from({ length: range }, (_, o) => hull(virtual(index, o)));
    const sizes = free.map(extent);
    blind[index] = Math.max(...sizes, visible) === 0;
    const first = free[0]?.[0] ?? null;
    // Whoever sees the whole source has its size, whatever else is seen past its ends.
    joined[index] = (step.op === 'append' && seeing.some((i) => global[i])) || from.some((i) => joined[i]);
    const cap = joined[index] && Math.max(...sizes) >= everything.length ? everything.length : Infinity;
    const [size, sizeMin] = [Math.min(Math.max(...sizes), cap), Math.min(...sizes, cap)];
    return { size, sizeMin, visible, bounded: bounded[index] ?? false, first, actual: hulls, virtual: free };
  });
}

/** Outputs per input of a step that makes more of them, each of which may see something else. */
function raised(step: Step, n: number): number {
  if (step.op === 'transposed') return step.s;
  if (step.op === 'nearest' || step.op === 'linear' || step.op === 'floor') return step.factor;
  return step.op === 'adaptive' && step.to % n === 0 ? step.to / n : 1;
}

function lcm(a: number, b: number): number {
  const gcd = (x: number, y: number): number => (y === 0 ? x : gcd(y, x % y));
  return (a / gcd(a, b)) * b;
}

function jumpAfter(step: Step, before: readonly (number | null)[], n: number): number | null {
  const [j, other] = before as [number | null, number | null];
  if (j === null) return null;
  if (step.op === 'conv' || step.op === 'same') return j * step.s;
  if (step.op === 'adaptive') return (j * n) / step.to;
  if (step.op === 'transposed') return j / step.s;
  if (step.op === 'nearest' || step.op === 'linear' || step.op === 'floor') return j / step.factor;
  if (step.op === 'slice') return j * step.step;
  if (step.op === 'add' || step.op === 'concat') return before.length < 2 || Math.abs(j - (other ?? Number.NaN)) < 1e-9 ? j : null;
  return j;
}

function hull(set: Positions): Hull {
  return set.length === 0 ? null : [set[0] as number, set.at(-1) as number];
}

function extent(hull: Hull): number {
  return hull === null ? 0 : hull[1] - hull[0] + 1;
}
