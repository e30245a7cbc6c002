import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { KNOBS, readConfig } from '../../src/config.ts';
import { environmentOf, ROOT, stages } from './image.ts';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly user?: string;
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: { readonly replicas: number };
  readonly [key: string]: unknown;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
}

const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const scale = Object.fromEntries(services.filter(([, { profiles }]) => profiles !== undefined)) as Record<
  'replica' | 'balancer' | 'database',
  Service
>;
const proxy = readFileSync(join(ROOT, 'examples/compose/haproxy.cfg'), 'utf8');
const own = services.filter(([, { build }]) => build !== undefined);

/** The environment of one of our services, with the defaults of the file. */
function environmentIn({ environment = {} }: Service): Record<string, string> {
  const written = Object.entries(environment).map(([name, value]) => [name, String(value).replace(/\$\{\w+:-([^}]*)\}/g, '$1')]);
  return { ...environmentOf(stages().at(-1) ?? fail()), ...Object.fromEntries(written) };
}

function fail(): never {
  throw new Error('the Dockerfile has no stage');
}

const milliseconds = (time: unknown) => Number(/^(\d+)s$/.exec(String(time))?.[1]) * 1000;

t.test('one service by default; PostgreSQL, replicas and a balancer in the profile scale', async (t) => {
  t.notOk('version' in compose, 'the key that Compose no longer reads');
  t.strictSame(
    services.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name),
    ['fovea'],
  );
  t.strictSame(Object.keys(scale).sort(), ['balancer', 'database', 'replica']);
  for (const one of Object.values(scale)) t.strictSame(one.profiles, ['scale']);
});

t.test('every service is confined', async (t) => {
  for (const [name, service] of services) {
    t.match(service.image, /^[\w./-]+:\d+\.\d+(\.\d+)?(-\w+)?$/, `${name}: an exact version`);
    t.equal(service.read_only, true, `${name}: read only`);
    t.strictSame(service.cap_drop, ['ALL'], name);
    t.notOk('cap_add' in service || 'privileged' in service || 'network_mode' in service || 'pid' in service, name);
    t.strictSame(service.security_opt, ['no-new-privileges:true'], name);
    for (const limit of ['mem_limit', 'cpus', 'pids_limit'] as const) t.ok(service[limit], `${name}: ${limit}`);
    for (const folder of service.tmpfs ?? []) t.match(folder, /^\/[\w/]+:(size|mode)=/, `${name}: ${folder}`);
    for (const port of service.ports ?? []) t.match(port, /^127\.0\.0\.1:\d+:\d+$/, `${name}: ports are for this machine`);
    t.equal(service.restart, 'unless-stopped', name);
    t.ok(milliseconds(service.stop_grace_period) > 0, `${name}: time to stop`);
    t.ok(service.build !== undefined || service.healthcheck, `${name}: its health is looked at`);
    t.notMatch(JSON.stringify(service.volumes ?? []), 'docker.sock');
    for (const volume of service.volumes ?? []) {
      const [from = '', to] = volume.split(':');
      if (from.startsWith('.')) t.ok(existsSync(join(ROOT, from)) && volume.endsWith(':ro'), `${name}: ${from}`);
      else if (to !== undefined) t.ok(from in compose.volumes, `${name}: volume ${from}`);
    }
    for (const network of service.networks ?? []) t.ok(network in compose.networks, `${name}: network ${network}`);
    for (const needed of Object.keys(service.depends_on ?? {})) t.ok(needed in compose.services, `${name}: needs ${needed}`);
  }
});

t.test('what it sets is what the service reads', async (t) => {
  t.strictSame(own.map(([name]) => name).sort(), ['fovea', 'replica']);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  for (const [name, service] of own) {
    const env = environmentIn(service);
    t.equal(service.image, `fovea:${version}`, 'the tag is the version');
    for (const knob of Object.keys(service.environment ?? {})) t.ok(Object.hasOwn(KNOBS, knob), `${name}: ${knob} is a knob`);
    const { timeouts } = readConfig(env);
    const delay = Number(env.SHUTDOWN_DELAY_MS ?? 0);
    t.ok(milliseconds(service.stop_grace_period) > delay + timeouts.graceMs, `${name}: longer than its own grace`);
    t.ok(Number(env.POOL_MEMORY_MB) * Number(env.POOL_THREADS) < 1024 * 0.75, `${name}: the threads fit into mem_limit`);
    t.equal(service.mem_limit, '1g');
  }
  for (const [, knob] of text.matchAll(/\$\{(\w+):-/g)) {
    t.ok(Object.hasOwn(KNOBS, knob ?? '') || knob === 'POSTGRES_PASSWORD', `${knob} may be set from outside`);
  }
});

t.test('the parts of the profile scale fit together', async (t) => {
  const { replica, balancer, database } = scale;
  const url = new URL(environmentIn(replica).DATABASE_URL ?? '');
  t.equal(url.protocol, 'postgres:');
  t.equal(compose.services[url.hostname], database);
  t.equal(url.pathname, `/${database.environment?.POSTGRES_DB}`);
  t.equal(url.username, database.environment?.POSTGRES_USER);
  t.match(replica.environment?.DATABASE_URL, String(database.environment?.POSTGRES_PASSWORD), 'one password');
  t.ok((replica.deploy?.replicas ?? 0) >= 2);
  for (const [needs, needed] of [
    [balancer, 'replica'],
    [replica, 'database'],
  ] as const) {
    t.equal(needs.depends_on?.[needed]?.condition, 'service_healthy');
  }
  t.equal(database.user, 'postgres', 'not root');
  t.equal(compose.networks.inside?.internal, true);
  for (const one of [replica, database])
    t.ok(one.networks?.join() === 'inside' && one.ports === undefined, 'reached through the balancer alone');
});

t.test("the balancer's configuration", async (t) => {
  const { balancer, replica } = scale;
  const [, port, into] = /^127\.0\.0\.1:(\d+):(\d+)$/.exec(balancer.ports?.[0] ?? '') ?? [];
  t.equal(port, into);
  t.match(proxy, `bind :${into}`);
  t.match(proxy, /server-template replica 1-\d+ replica:3000 /);
  t.ok(Number(/server-template replica 1-(\d+)/.exec(proxy)?.[1]) >= (replica.deploy?.replicas ?? 0));
  t.match(proxy, 'option httpchk GET /readyz');
  t.match(balancer.healthcheck?.test.join(' '), `http://127.0.0.1:${into}${/monitor-uri (\S+)/.exec(proxy)?.[1]}`);
  t.match(proxy, 'deny deny_status 404 if { path,url_dec /metrics }', 'not by /%6detrics either');
  for (const header of ['For', 'Proto', 'Host'])
    t.match(proxy, `set-header X-Forwarded-${header} `, 'what a client claims is not believed');
  const { pool } = readConfig(environmentIn(replica));
  const wait = Number(/timeout server (\d+)s/.exec(proxy)?.[1]) * 1000;
  t.ok(wait > pool.queueMs + pool.deadlineMs, 'it waits longer than an analysis may take');
  t.ok(milliseconds(balancer.stop_grace_period) > Number(/hard-stop-after (\d+)s/.exec(proxy)?.[1]) * 1000);
  const [, every, misses] = /check inter (\d+)s fall (\d+)/.exec(proxy) ?? [];
  t.ok(Number(replica.environment?.SHUTDOWN_DELAY_MS) > Number(every) * Number(misses) * 1000, 'a replica that stops is noticed before');
});
