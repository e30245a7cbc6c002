import { createServer, type Server } from 'node:http';
import fp from 'fastify-plugin';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Config } from '../config.ts';

/** What the parts of the service have to tell Prometheus. */
export interface Observations {
  /** A network was read and a question about it answered, or refused. */
  analyzed(format: string, seconds: number): void;
  /** An answer was there already, or under way for somebody else, or neither. */
  looked(outcome: 'hit' | 'joined' | 'miss'): void;
  /** The store did something. */
  stored(operation: string, seconds: number): void;
}

/** Numbers that are read when Prometheus asks, by their names. */
export type Gauges = Readonly<Record<string, { readonly help: string; read(): number }>>;

declare module 'fastify' {
  interface FastifyInstance {
    readonly observe: Observations;
    /** Adds numbers to `/metrics`. */
    gauges(gauges: Gauges): void;
  }
}

/** From a cached answer to the upload of a large file. */
const BUCKETS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100];

/**
 * `/metrics`, on the port of the service or one of its own. Labels are routes, methods, statuses, formats and kinds of
 * work, of which there are few: never paths, names or addresses, which are the clients' to choose.
 */
export const metrics = fp(async (app, { config }: { config: Config }) => {
  const { on, port } = config.metrics;
  const registers = [new Registry()];
  const [registry = new Registry()] = registers;
  const make = <L extends string>(name: string, help: string, labelNames: readonly L[]) => ({
    name: `fovea_${name}`,
    help,
    labelNames,
    registers,
  });

  const requests = new Counter(make('http_requests_total', 'Requests answered.', ['method', 'route', 'status']));
  const latency = new Histogram({
    ...make('http_request_duration_seconds', 'Time from the headers of a request to the end of its answer.', ['route']),
    buckets: BUCKETS,
  });
  const analysis = new Histogram({
    ...make('analysis_seconds', 'Time to read and analyze a network that is there, without waiting for a thread.', ['format']),
    buckets: BUCKETS,
  });
  const cache = new Counter(make('cache_lookups_total', 'Questions by whether the answer was there: hit, joined or miss.', ['outcome']));
  const store = new Histogram({ ...make('store_seconds', 'Time that the store took.', ['operation']), buckets: BUCKETS });

  app.decorate('observe', {
    analyzed: (format, seconds) => analysis.labels(format).observe(seconds),
    looked: (outcome) => cache.labels(outcome).inc(),
    stored: (operation, seconds) => store.labels(operation).observe(seconds),
  } satisfies Observations);
  app.decorate('gauges', (gauges: Gauges) => {
    for (const [name, { help, read }] of Object.entries(gauges)) {
      new Gauge({
        ...make(name, help, []),
        collect() {
          this.set(read());
        },
      });
    }
  });
  if (!on) return;

  collectDefaultMetrics({ register: registry });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    requests.labels(request.method, route, String(reply.statusCode)).inc();
    latency.labels(route).observe(reply.elapsedTime / 1000);
  });
  if (port === 0) {
    app.get('/metrics', { schema: { hide: true }, logLevel: 'silent', config: { unhurried: true } }, async (_request, reply) =>
      reply.type(registry.contentType).send(await registry.metrics()),
    );
    return;
  }
  let alone: Server | undefined;
  // A port that is taken must end the start, which what fails once the service listens does not.
  app.addHook('onReady', async () => {
    alone = await listen(registry, config.host, port);
  });
  app.addHook('onClose', async () => {
    alone?.close();
    alone?.closeAllConnections();
  });
});

/** A server of `/metrics` and nothing else. */
function listen(registry: Registry, host: string, port: number): Promise<Server> {
  const server = createServer(async (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return response.writeHead(404).end();
    const text = await registry.metrics();
    return response.writeHead(200, { 'content-type': registry.contentType }).end(text);
  });
  server.requestTimeout = 10_000;
  return new Promise((resolve, reject) => server.once('error', reject).listen(port, host, () => resolve(server)));
}
