import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SERVE = fileURLToPath(new URL('../../examples/dashboard/serve.ts', import.meta.url));

/** The dashboard in a process of its own, as `npm run dashboard` starts it. */
export async function dashboardOf(fovea: string, env: Record<string, string> = {}): Promise<{ url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [SERVE], {
    env: { ...process.env, FOVEA_URL: fovea, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const said = once(child.stdout, 'data').then(([chunk]) => String(chunk));
  const line = await Promise.race([said, exit.then(([code]) => `ended with ${code}`)]);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
  if (url === undefined) throw new Error(`the dashboard did not start: ${line}`);
  return {
    url,
    async stop() {
      if (child.exitCode === null) child.kill();
      await exit;
    },
  };
}
