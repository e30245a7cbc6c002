import { type Box, scaled, sum } from './box.ts';
import type { Budget } from './budget.ts';

/** Weights beyond this are divided by it, all of them alike: path counts double at every branch. */
const LARGE = 2 ** 400;

/** The arrays of the tensors that still have to be looked at; what comes to a tensor from several sides is added up. */
export class Arrays {
  readonly #boxes = new Map<string, Box>();
  readonly #budget: Budget;
  #cells = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  add(name: string, box: Box): void {
    const before = this.take(name);
    const after = before ? sum(before, box, this.#budget) : box;
    this.#boxes.set(name, after);
    this.#cells += after.data.length;
    this.#budget.live(this.#cells);
  }

  take(name: string): Box | undefined {
    const box = this.#boxes.get(name);
    if (!box) return undefined;
    this.#boxes.delete(name);
    this.#cells -= box.data.length;
    return box;
  }

  /** Takes the array of a tensor; where its weights have grown large, all arrays are scaled down with it. */
  takeFinite(name: string): Box | undefined {
    const box = this.take(name);
    if (!box?.data.some((value) => value > LARGE)) return box;
    for (const [other, array] of this.#boxes) this.#boxes.set(other, scaled(array, 1 / LARGE, this.#budget));
    return scaled(box, 1 / LARGE, this.#budget);
  }
}
