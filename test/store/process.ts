import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../../src/server.ts', import.meta.url));

/** The service in a process of its own. */
export interface Replica {
  readonly url: string;
  readonly child: ChildProcess;
  /** Ends the process, as the kernel does it. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a process of the service on a database. */
export async function replica(databaseUrl: string, env: Record<string, string> = {}): Promise<Replica> {
  const child = spawn(process.execPath, [SERVER], {
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'info', POOL_WARM: 'false', DATABASE_URL: databaseUrl, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let log = '';
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      log += chunk;
      const found = /127\.0\.0\.1:(\d+)/.exec(log)?.[1];
      if (found !== undefined) resolve(found);
    });
    exit.then(() => reject(new Error(`the service did not start: ${log}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    child,
    async kill(signal = 'SIGKILL') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exit;
    },
  };
}

/** A network that is told from others by a size. */
export const numbered = (i: number) => ({
  version: 1,
  name: `n${i}`,
  inputs: { x: [1, 3, 8, 8] },
  layers: [{ type: 'Conv2d', out_channels: i + 1, kernel_size: 3 }],
});

/** What the service said, and how long it took. */
export interface Said {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any answer
  readonly json: any;
  readonly ms: number;
}

export async function ask(url: string, path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<Said> {
  const started = performance.now();
  const answer = await fetch(`${url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    json: text === '' ? undefined : JSON.parse(text),
    ms: performance.now() - started,
  };
}
