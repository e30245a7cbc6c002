/**
 * What an analysis costs beside HTTP itself: requests per second against a route that parses the same body and answers
 * with as many bytes that are there already, by turns in one run. `npm run bench:http`; a report that is cached should
 * reach 80 % of the echo, that of a small network which is new each time 40 %.
 *
 * FOVEA_BENCH_SECONDS is the length of one round (5), FOVEA_BENCH_ROUNDS how many there are (4).
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import autocannon from 'autocannon';
import Fastify, { type FastifyInstance } from 'fastify';
import { buildApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';

const SECONDS = Number(process.env.FOVEA_BENCH_SECONDS ?? 5);
const ROUNDS = Number(process.env.FOVEA_BENCH_ROUNDS ?? 4);
const CONNECTIONS = 32;

/** Five layers: the residual block of the README. */
const network = (name: string) =>
  JSON.stringify({
    version: 1,
    name,
    inputs: { x: [1, 64, 56, 56] },
    layers: [
      { type: 'Conv2d', out_channels: 64, kernel_size: 3, padding: 1, bias: false },
      { type: 'BatchNorm2d' },
      { type: 'ReLU' },
      { name: 'c2', type: 'Conv2d', out_channels: 64, kernel_size: 3, padding: 1 },
      { type: 'Add', from: ['c2', 'x'] },
    ],
  });

interface Task {
  readonly url: string;
  readonly path: string;
  /** Whether each network has another name. */
  readonly fresh: boolean;
  readonly seconds: number;
}

interface Rate {
  readonly perSecond: number;
  readonly requests: number;
}

/** In a process of its own, so that it does not take the event loop of the service. */
async function load({ url, path, fresh, seconds }: Task): Promise<Rate> {
  let i = 0;
  const run = Math.random().toString(36);
  const request = {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: network('network-0-0000000000'),
    ...(fresh && { setupRequest: (one: object) => ({ ...one, body: network(`network-${run}-${i++}`) }) }),
  };
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, requests: [request] });
  if (result.non2xx + result.errors > 0) throw new Error(`${path}: ${result.non2xx} refused, ${result.errors} failed`);
  return { perSecond: result.requests.average, requests: result.requests.total };
}

/** Answers any JSON with the same bytes. */
function echo(app: FastifyInstance, path: string, answer: Buffer): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, JSON.parse(body as string)));
    scope.post(path, async (_request, reply) => reply.type('application/json; charset=utf-8').send(answer));
  });
}

async function main(): Promise<void> {
  const app = await buildApp(readConfig({ LOG_LEVEL: 'warn' }));
  const bare = Fastify();
  const report = await app.inject({ method: 'POST', url: '/v1/analyze', payload: JSON.parse(network('network-0-0000000000')) });
  echo(bare, '/echo', report.rawPayload);
  await app.close();
  const service = await buildApp(readConfig({ LOG_LEVEL: 'warn' }));
  echo(service, '/echo', report.rawPayload);
  const url = await service.listen({ port: 0 });
  const bareUrl = await bare.listen({ port: 0 });

  const tasks: Record<string, Omit<Task, 'seconds'>> = {
    'echo, same body': { url, path: '/echo', fresh: false },
    'cached report': { url, path: '/v1/analyze', fresh: false },
    'echo, new bodies': { url, path: '/echo', fresh: true },
    'new network': { url, path: '/v1/analyze', fresh: true },
    'bare fastify, same body': { url: bareUrl, path: '/echo', fresh: false },
  };
  const rounds = new Map(Object.keys(tasks).map((name) => [name, { perSecond: [] as number[], microseconds: [] as number[] }]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, task] of Object.entries(tasks)) {
      const child = fork(new URL(import.meta.url));
      const before = process.cpuUsage();
      child.send({ ...task, seconds: round === 0 ? 2 : SECONDS });
      const [{ perSecond, requests }] = (await once(child, 'message')) as [Rate];
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round === 0) continue;
      rounds.get(name)?.perSecond.push(perSecond);
      rounds.get(name)?.microseconds.push((user + system) / requests);
    }
  }
  await Promise.all([service.close(), bare.close()]);

  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  const of = (name: string, figure: 'perSecond' | 'microseconds') => median(rounds.get(name)?.[figure] ?? []);
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; report of ${report.rawPayload.length} bytes`);
  for (const [name, { perSecond }] of rounds) {
    const figures = `${of(name, 'perSecond').toFixed(0).padStart(7)} requests/s ${of(name, 'microseconds').toFixed(0).padStart(6)} us of processor each`;
    console.log(`${name.padEnd(24)} ${figures}   (${perSecond.map((rate) => rate.toFixed(0)).join(', ')})`);
  }
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const compare = (name: string, base: string, goal: string) => {
    const rate = percent(of(name, 'perSecond') / of(base, 'perSecond'));
    console.log(
      `${name} / ${base}: ${rate} of its requests/s, ${percent(of(base, 'microseconds') / of(name, 'microseconds'))} by processor time (${goal})`,
    );
  };
  compare('cached report', 'echo, same body', 'goal 80 %');
  compare('new network', 'echo, new bodies', 'goal 40 %');
  compare('cached report', 'bare fastify, same body', 'for comparison');
}

if (process.send === undefined) await main();
else {
  const [task] = (await once(process, 'message')) as [Task];
  process.send(await load(task));
  process.disconnect();
}
