import type { Inference } from '../inference/infer.ts';
import { type Arrival, movesAlong, strideOf } from './branches.ts';
import { centerOf } from './map.ts';
import type { Paths } from './merge.ts';
import { sizeOf } from './span.ts';

/** What one layer on a branch does to the centre. */
export interface Shift {
  /** Id of the layer. */
  readonly layer: string;
  readonly op: string;
  /** On which of the two branches it lies: 0 for the first, 1 for the second. */
  readonly branch: 0 | 1;
  /** By how much the centre behind it lies further than before it, in positions of the source. */
  readonly shift: number;
}

/** The step from a tensor back to the one that its centre follows. */
interface Link {
  readonly tensor: string;
  readonly layer: string;
  readonly op: string;
  /** Centre of unit 0; that of the tensor before it where units that see nothing leave it none. */
  readonly center: number;
  readonly shift: number;
  /** Steps to the source. */
  readonly depth: number;
}

/** Most steps that all walks of one answer take together, and most shifts that one offset is split into. */
const MAX_STEPS = 2 ** 20;
const MAX_SHIFTS = 64;

/** What shifts on two branches add to the offset between them. */
function sumOf(shifts: readonly Shift[]): number {
  return shifts.reduce((sum, { branch, shift }) => sum + (branch === 1 ? shift : -shift), 0);
}

/**
 * A tree of tensors along one axis of a source: each hangs on the one input of its layer whose centre it follows (the nearest;
 * of these the one that sees most, then the first). What the centre moves on the way is a layer's shift, so that along any way
 * up the tree the shifts add up to the centre, also behind merges that look at two centres.
 */
export class CenterTree {
  readonly #links = new Map<string, Link>();
  #left = MAX_STEPS;

  constructor(source: string) {
    this.#links.set(source, { tensor: source, layer: '', op: '', center: 0, shift: 0, depth: 0 });
  }

  /** Hangs up output `tensor` of a call, which sees `paths`. */
  add(call: Inference, tensor: string, paths: Paths, arrivals: readonly Arrival[]): void {
    const [path, ...more] = paths.filter(movesAlong);
    if (!path || more.length > 0 || this.#links.has(tensor)) return;
    const found = centerOf(path.virtual);
    let best: { readonly link: Link; readonly apart: number; readonly size: number } | null = null;
    for (const arrival of arrivals) {
      const { virtual } = arrival.path;
      const parent = this.#links.get(arrival.tensor);
      if (virtual.kind !== 'periodic' || !parent) continue;
      const center = found ?? parent.center;
      const [apart, size] = [Math.abs(center - (centerOf(virtual) ?? parent.center)), sizeOf(virtual)];
      if (best && (apart > best.apart || (apart === best.apart && size <= best.size))) continue;
      const [shift, depth] = [center - parent.center, parent.depth + 1];
      best = { link: { tensor: arrival.tensor, layer: call.node.id, op: call.node.op, center, shift, depth }, apart, size };
    }
    if (best) this.#links.set(tensor, best.link);
  }

  /**
   * The shifts between the fork of two branches and their merge, the largest first, and what those beyond the first
   * `MAX_SHIFTS` add to the offset. The shifts of `b` less those of `a` are the offset. null where the branches
   * have no common stride or cannot be walked back, or all walks together take more than `MAX_STEPS` steps.
   */
  between(call: Inference, a: Arrival, b: Arrival): { shifts: Shift[]; rest: number } | null {
    if (strideOf(a.path.virtual) !== strideOf(b.path.virtual)) return null;
    const shifts: Shift[] = [];
    const note = (layer: string, op: string, branch: 0 | 1, shift: number) => {
      if (shift !== 0) shifts.push({ layer, op, branch, shift });
    };
    for (const [branch, { tensor, path }] of [
      [0, a],
      [1, b],
    ] as const) {
      const [link, arrived] = [this.#links.get(tensor), centerOf(path.virtual)];
      if (!link || arrived === null) return null;
      note(call.node.id, call.node.op, branch, arrived - link.center);
    }
    let [x, y] = [a.tensor, b.tensor];
    while (x !== y) {
      const [from, to] = [this.#links.get(x) as Link, this.#links.get(y) as Link];
      if (--this.#left < 0) return null;
      const branch = from.depth >= to.depth ? 0 : 1;
      const { layer, op, shift, tensor } = branch === 0 ? from : to;
      note(layer, op, branch, shift);
      [x, y] = branch === 0 ? [tensor, y] : [x, tensor];
    }
    shifts.sort((s, z) => Math.abs(z.shift) - Math.abs(s.shift));
    const rest = sumOf(shifts.slice(MAX_SHIFTS));
    return { shifts: shifts.slice(0, MAX_SHIFTS), rest };
  }
}
