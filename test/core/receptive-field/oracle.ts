/**
 * Receptive fields by brute force, one axis at a time: every unit carries the set of source positions that it depends on.
 * Shares no code and no representation with `src/`; only the names of the operators are the same.
 */
export type Step =
  | { readonly op: 'conv'; readonly k: number; readonly s: number; readonly d: number; readonly p: number; readonly q: number }
  | { readonly op: 'transposed'; readonly k: number; readonly s: number; readonly d: number; readonly p: number; readonly extra: number }
  | { readonly op: 'nearest'; readonly factor: number }
  | { readonly op: 'linear'; readonly factor: number }
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
    case 'nearest':
    case 'linear':
      return n * step.factor;
    case 'slice':
      return Math.ceil((step.end - step.start) / step.step);
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

export interface OracleField {
  /** Largest and smallest hull over all units (bounded) or all phases; null: the whole source. */
  readonly size: number | null;
  readonly sizeMin: number | null;
  readonly visible: number;
  /** Smallest position of unit 0; null where unit 0 sees nothing. */
  readonly first: number | null;
  /** Hull of every unit of the tensor, with borders. */
  readonly actual: readonly Hull[];
  /** Hull of units 0, 1, ... as if no tensor had a border, as far as that means something; empty where the field is global. */
  readonly virtual: readonly Hull[];
}

/** First and last position; null for none. */
export type Hull = readonly [number, number] | null;

/** Units over which phases are looked for: a multiple of every period that the random networks can have. */
const PHASES = 576;

/** The field of every tensor of a network, with respect to one of its tensors. */
export function fieldsOf(network: readonly Tensor1d[], source = 0): OracleField[] {
  const actual: Set<number>[][] = [];
  const memos: Map<number, Set<number>>[] = network.map(() => new Map());
  const jumps: (number | null)[] = [];
  const bounded: boolean[] = [];
  const global: boolean[] = [];
  const blind: boolean[] = [];
  const lengthsOf = (tensor: Tensor1d) => tensor.from.map((i) => (network[i] as Tensor1d).length);

  const virtual = (index: number, o: number): Set<number> => {
    const tensor = network[index] as Tensor1d;
    if (index === source) return new Set([o]);
    if (tensor.step === null || index < source) return new Set();
    if (bounded[index] && (o < 0 || o >= tensor.length)) return new Set();
    const memo = memos[index] as Map<number, Set<number>>;
    let set = memo.get(o);
    if (!set) {
      set = new Set();
      for (const [branch, i] of reads(tensor.step, o, lengthsOf(tensor))) {
        if (tensor.step.op === 'pool' && (i < 0 || i >= (lengthsOf(tensor)[0] as number))) continue;
        for (const position of virtual(tensor.from[branch] as number, i)) set.add(position);
      }
      memo.set(o, set);
    }
    return set;
  };

  return network.map((tensor, index) => {
    const { step, from, length } = tensor;
    if (index <= source || step === null) {
      const seen = index === source;
      actual.push(Array.from({ length }, (_, i) => new Set(seen ? [i] : [])));
      jumps.push(1);
      bounded.push(false);
      global.push(false);
      blind[index] = !seen;
      const size = seen ? 1 : 0;
      const hulls = Array.from({ length }, (_, i): Hull => (seen ? [i, i] : null));
      return { size, sizeMin: size, visible: size, first: seen ? 0 : null, actual: hulls, virtual: hulls };
    }
    const lengths = lengthsOf(tensor);
    const units = Array.from({ length }, (_, o) => {
      const set = new Set<number>();
      for (const [branch, i] of reads(step, o, lengths)) {
        for (const position of actual[from[branch] as number]?.[i] ?? []) set.add(position);
      }
      return set;
    });
    actual.push(units);
    global.push(from.some((i) => global[i]) || (step.op === 'pool' && (lengths[0] as number) > 1 && !blind[from[0] as number]));
    // A branch that sees nothing is no branch.
    const before = from.filter((i) => !blind[i]).map((i) => jumps[i] ?? null);
    jumps.push(before.length === 0 ? 1 : jumpAfter(step, before));
    bounded.push(
      from.some((i) => bounded[i] && !blind[i]) ||
        step.op === 'flip' ||
        step.op === 'append' ||
        (step.op === 'gate' && !from.some((i) => blind[i])) ||
        jumps[index] === null,
    );
    const hulls = units.map(hull);
    const visible = Math.max(...hulls.map(extent));
    if (global[index]) return { size: null, sizeMin: null, visible, first: null, actual: hulls, virtual: [] };
    const range = bounded[index] ? length : PHASES;
    const free = Array.from({ length: range }, (_, o) => hull(virtual(index, o)));
    const sizes = free.map(extent);
    blind[index] = Math.max(...sizes) === 0;
    const first = free[0]?.[0] ?? null;
    return { size: Math.max(...sizes), sizeMin: Math.min(...sizes), visible, first, actual: hulls, virtual: free };
  });
}

function jumpAfter(step: Step, before: readonly (number | null)[]): number | null {
  const [j, other] = before as [number | null, number | null];
  if (j === null) return null;
  if (step.op === 'conv') return j * step.s;
  if (step.op === 'transposed') return j / step.s;
  if (step.op === 'nearest' || step.op === 'linear') return j / step.factor;
  if (step.op === 'slice') return j * step.step;
  if (step.op === 'add' || step.op === 'concat') return before.length < 2 || Math.abs(j - (other ?? Number.NaN)) < 1e-9 ? j : null;
  return j;
}

function hull(set: ReadonlySet<number>): Hull {
  return set.size === 0 ? null : [Math.min(...set), Math.max(...set)];
}

function extent(hull: Hull): number {
  return hull === null ? 0 : hull[1] - hull[0] + 1;
}
