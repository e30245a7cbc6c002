/** Measures the time that a job itself takes, without that in which it waits for its client. */
export interface Stopwatch {
  start(): void;
  stop(): void;
}

/** Calls `expired` once the time between starts and stops adds up to `ms`. */
export function stopwatch(ms: number, expired: () => void): Stopwatch {
  let left = ms;
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      if (timer !== undefined) return;
      since = performance.now();
      timer = setTimeout(expired, Math.max(left, 0));
    },
    stop() {
      if (timer === undefined) return;
      clearTimeout(timer);
      timer = undefined;
      left -= performance.now() - since;
    },
  };
}
