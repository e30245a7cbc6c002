/** So many things that are lent, in the order in which they were asked for. */
export interface Lender<T> {
  /** Waits at most `timeoutMs`; throws what `late` makes. */
  take(): Promise<T>;
  give(thing: T): void;
}

interface Waiting<T> {
  resolve(thing: T): void;
}

/** `idle` is what there is to lend, and `more` makes another one, or undefined where there may be no more. */
export function openLender<T>(idle: T[], more: () => Promise<T> | undefined, timeoutMs: number, late: () => Error): Lender<T> {
  const waiting: Waiting<T>[] = [];
  return {
    async take() {
      const thing = idle.pop();
      if (thing !== undefined) return thing;
      const made = more();
      if (made !== undefined) return made;
      return new Promise<T>((resolve, reject) => {
        const entry = {
          resolve(given: T) {
            clearTimeout(timer);
            resolve(given);
          },
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(entry), 1);
          reject(late());
        }, timeoutMs);
        waiting.push(entry);
      });
    },
    give(thing) {
      const next = waiting.shift();
      if (next) next.resolve(thing);
      else idle.push(thing);
    },
  };
}
