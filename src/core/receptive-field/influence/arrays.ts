import { addInto, type Box, covers, scaled, sum } from './box.ts';
import type { Budget } from './budget.ts';

/** Weights beyond this are divided by it, all of them alike: path counts double at every branch. */
export const LARGE = 2 ** 400;

/** An array, and whether no other tensor's shares its memory. */
interface Kept {
  readonly box: Box;
  readonly own: boolean;
}

/** The arrays of the tensors that still have to be looked at; what comes to a tensor from several sides is added up. */
export class Arrays {
  readonly #kept = new Map<string, Kept>();
  readonly #budget: Budget;
  #cells = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  add(name: string, box: Box, weight = 1): void {
    const before = this.#kept.get(name);
    if (before?.own && covers(before.box, box)) {
      this.#budget.work(box.data.length);
      addInto(before.box, box, weight);
      return;
    }
    if (before) this.take(name);
    const after = before ? sum(before.box, box, weight, this.#budget) : scaled(box, weight, this.#budget);
    this.#kept.set(name, { box: after, own: after !== box });
    this.#cells += after.data.length;
    this.#budget.live(this.#cells);
  }

  take(name: string): Box | undefined {
    const kept = this.#kept.get(name);
    if (!kept) return undefined;
    this.#kept.delete(name);
    this.#cells -= kept.box.data.length;
    return kept.box;
  }

  /** Takes the array of a tensor; where its weights have grown large, all arrays are scaled down with it. */
  takeFinite(name: string): Box | undefined {
    const box = this.take(name);
    if (!box?.data.some((value) => value > LARGE)) return box;
    for (const [other, kept] of this.#kept) this.#kept.set(other, { box: scaled(kept.box, 1 / LARGE, this.#budget), own: true });
    return scaled(box, 1 / LARGE, this.#budget);
  }
}
