/** Longer names are cut: with a number behind they still fit what readers allow. */
const LONGEST = 1024;

export function cut(name: string): string {
  return name.slice(0, LONGEST);
}

/** Gives out the names of a document: the wanted one where it can be used and is free, else one with a number behind. */
export class Labels {
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();

  has(label: string): boolean {
    return this.#taken.has(label);
  }

  /** Takes a name as it is. */
  claim(label: string): void {
    this.#taken.add(label);
  }

  /** `fallback` is for what has no name. */
  take(wanted: string, fallback: string): string {
    const stem = wanted === '' ? fallback : cut(wanted);
    let label = stem;
    let next = this.#next.get(stem) ?? 2;
    while (this.#taken.has(label)) label = `${stem}_${next++}`;
    // Remembered, so that many of one name are numbered in linear time.
    this.#next.set(stem, next);
    this.#taken.add(label);
    return label;
  }
}
