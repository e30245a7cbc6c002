import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A server on which databases can be made and dropped. */
export interface Server {
  /** Of any of its databases; `database` gives that of another one. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A PostgreSQL: that of `DATABASE_URL`, or the one that listens where PostgreSQL does, else one that is started for this
 * run, installed first where we are root. null where there is none to be had.
 */
export async function postgres(): Promise<Server | null> {
  const given = process.env.DATABASE_URL;
  const known = [...(given?.startsWith('postgres') ? [given] : []), 'postgres://postgres@127.0.0.1:5432/postgres'];
  for (const url of known) if (await answers(url)) return { url, stop: async () => {} };
  return start();
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

const INSTALLED = '/usr/lib/postgresql';
const isRoot = process.getuid?.() === 0;

function programs(): string | undefined {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(INSTALLED, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

async function start(): Promise<Server | null> {
  if (programs() === undefined && isRoot) {
    const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
    spawnSync('apt-get', ['update'], options);
    spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql'], options);
  }
  const bin = programs();
  if (bin === undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), 'fovea-postgres-'));
  // It refuses to run as root.
  const asOther = isRoot ? ['runuser', '-u', 'postgres', '--'] : [];
  if (isRoot) chownSync(folder, Number(spawnSync('id', ['-u', 'postgres']).stdout.toString()), -1);
  const run = (program: string, ...args: string[]) => {
    const [command = '', ...all] = [...asOther, join(bin, program), '-D', folder, ...args];
    return spawnSync(command, all, { cwd: '/', stdio: 'ignore' }).status === 0;
  };
  const port = await freePort();
  const options = `-p ${port} -h 127.0.0.1 -k ${folder}`;
  if (!run('initdb', '-U', 'postgres', '-A', 'trust') || !run('pg_ctl', '-w', '-l', join(folder, 'log'), '-o', options, 'start'))
    return null;
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      run('pg_ctl', '-w', '-m', 'fast', 'stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

let made = 0;

/** A database of its own on a server, and what drops it. */
export async function newDatabase({ url }: Server): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `fovea_test_store_${process.pid}_${made++}`;
  await run(url, `create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => run(url, `drop database if exists ${name} with (force)`) };
}

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
