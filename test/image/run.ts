/**
 * What the image does, where no engine builds it: the files that the Dockerfile copies, its very `npm ci`, and the process
 * that it starts, in a folder that may only be read, as a user who owns nothing there. Not for Windows.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { CONV, CONV_MACS } from '../service.ts';
import { argumentsOf, type Copied, commandOf, copiesOf, environmentOf, isSent, ROOT, type Stage, stages } from './image.ts';

/** Whoever owns nothing. */
const NOBODY = 65534;
const START_MS = 60_000;

let passed = 0;
let failed = 0;

function check(what: string, right: boolean, more: unknown = ''): void {
  if (right) passed++;
  else failed++;
  console.log(`${right ? 'ok' : 'FAIL'}: ${what}${right ? '' : ` ${more}`}`);
}

/** The folder of a stage of the image. */
function folderOf(base: string, stage: Stage): string {
  return join(base, stage.name ?? 'image');
}

function copy({ from, sources, to }: Copied, into: string, base: string): void {
  for (const source of sources) {
    const start = from === null ? join(ROOT, source) : join(base, from, source);
    const target = resolve(into, to.endsWith('/') ? join(to, source.split('/').pop() ?? '') : to);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(start, target, { recursive: true, filter: (path) => from !== null || isSent(relative(ROOT, path)) });
  }
}

/** Makes the folders of all stages; the last one is that of the image. */
function build(base: string): string {
  let app = base;
  for (const stage of stages()) {
    const root = folderOf(base, stage);
    app = join(root, argumentsOf(stage, 'WORKDIR')[0]?.[0] ?? '/');
    mkdirSync(app, { recursive: true });
    for (const copied of copiesOf(stage)) copy(copied, app, base);
    for (const words of argumentsOf(stage, 'RUN')) {
      const command = words.join(' ').split(' && ')[0] ?? '';
      if (!command.startsWith('npm ci')) continue;
      console.log(`$ ${command}`);
      const { status } = spawnSync(command, { cwd: app, shell: true, stdio: 'inherit' });
      if (status !== 0) throw new Error('the packages cannot be installed');
    }
  }
  return app;
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return String(typeof address === 'object' ? address?.port : '');
}

async function until<T>(what: string, child: ChildProcess, look: () => Promise<T | undefined>): Promise<T> {
  for (const started = Date.now(); Date.now() - started < START_MS; await new Promise((next) => setTimeout(next, 100))) {
    if (child.exitCode !== null) throw new Error(`the process ended before it was ${what}`);
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
  }
  throw new Error(`the process is not ${what}`);
}

async function run(base: string): Promise<void> {
  const app = build(base);
  const last = stages().at(-1) as Stage;
  const node = join(base, 'bin', 'node');
  mkdirSync(dirname(node));
  copyFileSync(process.execPath, node);
  const data = join(base, 'data');
  const temporary = join(base, 'tmp');
  for (const folder of [data, temporary]) mkdirSync(folder);
  const root = process.getuid?.() === 0;
  const who = root ? { uid: NOBODY, gid: NOBODY } : {};
  if (root) for (const folder of [data, temporary]) chownSync(folder, NOBODY, NOBODY);
  for (const path of readdirSync(app, { recursive: true, encoding: 'utf8' })) chmodSync(join(app, path), 0o555);
  for (const folder of [base, dirname(app), app]) chmodSync(folder, 0o555);

  const written = Object.entries(environmentOf(last)).map(([name, value]) => [name, value.replace('/data', data)]);
  const env = { ...Object.fromEntries(written), PORT: await freePort(), TMPDIR: temporary, PATH: dirname(node) };
  const url = `http://127.0.0.1:${env.PORT}`;
  const [command = '', ...args] = commandOf(last, 'CMD');
  const [probe = '', ...probeArgs] = commandOf(last, 'HEALTHCHECK');
  const inImage = { cwd: app, env, ...who };
  const isHealthy = () => spawnSync(probe, probeArgs, inImage).status === 0;

  check('the probe says that nothing is there yet', !isHealthy());
  const tried = spawnSync(command, ['-e', "require('fs').writeFileSync('src/new.ts', '')"], inImage);
  check('nothing can be written beside the code', tried.status !== 0);
  const before = readdirSync(app, { recursive: true }).length;
  const child = spawn(command, args, { ...inImage, stdio: ['ignore', 'pipe', 'inherit'] });
  const log = text(child.stdout);
  const exit = once(child, 'exit');
  try {
    check('it becomes ready', await until('ready', child, async () => ((await fetch(`${url}/readyz`)).ok ? true : undefined)));
    check('the probe says so', isHealthy());
    const report = await fetch(`${url}/v1/analyze`, {
      method: 'POST',
      body: JSON.stringify(CONV),
      headers: { 'content-type': 'application/json' },
    });
    const { totals } = (await report.json()) as { totals?: { macs: number } };
    check('a network is analyzed', totals?.macs === CONV_MACS, JSON.stringify(totals));
    const page = await fetch(`${url}/docs/static/swagger-ui.css`);
    check('the documentation has its files', page.ok && (await page.text()).length > 10_000);
    const list = await fetch(`${url}/v1/networks`);
    check('networks are listed', list.ok, await list.text());
  } finally {
    child.kill('SIGTERM');
  }
  const [code, signal] = await exit;
  check('it ends by itself when it is told to', code === 0, `${code} ${signal} ${await log}`);
  check('nothing was written beside the code', readdirSync(app, { recursive: true }).length === before);
}

if (process.platform === 'win32') {
  console.log('SKIPPED: the image runs on Linux; NOTHING WAS CHECKED');
} else {
  const base = mkdtempSync(join(tmpdir(), 'fovea-image-'));
  try {
    await run(base);
  } catch (error) {
    check('the image runs', false, error);
  } finally {
    spawnSync('chmod', ['-R', 'u+w', base]);
    rmSync(base, { recursive: true, force: true });
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
