import type { Step } from '../inference/runner.ts';

/** One place where a value is read or written: a call, and its input or output. */
export interface End {
  readonly call: Step;
  readonly at: number;
}

/** Who writes and who reads each value, by its number, in the order of the calls. */
export interface Ends {
  readonly writers: readonly (End | undefined)[];
  readonly readers: readonly (readonly End[] | undefined)[];
}

/** Looks up the ends of all values of a graph. */
export function endsOf(calls: readonly Step[], values: number): Ends {
  const writers: (End | undefined)[] = Array(values).fill(undefined);
  const readers: (End[] | undefined)[] = Array(values).fill(undefined);
  for (const call of calls) {
    const { reads, writes, inputs } = call;
    for (let at = 0; at < reads.length; at++) {
      const value = reads[at] as number;
      if (value === 0 || inputs[at]?.constant !== false) continue;
      const found = readers[value];
      if (found) found.push({ call, at });
      else readers[value] = [{ call, at }];
    }
    for (let at = 0; at < writes.length; at++) if (writes[at] !== 0) writers[writes[at] as number] = { call, at };
  }
  return { writers, readers };
}
