import type { Limits } from './formats/format.ts';

/** Everything that can be set from outside. Built once, frozen, handed down; nothing else reads the environment. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  readonly limits: {
    readonly modelBytes: number;
    readonly jsonBytes: number;
    readonly graphqlBytes: number;
    readonly jsonLayers: number;
    readonly queryTokens: number;
    readonly queryDepth: number;
    readonly queryBytes: number;
    readonly queryCost: number;
    readonly queryAliases: number;
    readonly queryErrors: number;
    readonly answerBytes: number;
    readonly reader: Limits;
  };
  readonly graphql: {
    readonly introspection: boolean;
  };
  readonly pool: {
    readonly inlineBytes: number;
    readonly inlineNodes: number;
    readonly threads: number;
    readonly maxQueue: number;
    readonly queueMs: number;
    readonly memoryMb: number;
    readonly deadlineMs: number;
    readonly warm: boolean;
  };
  readonly store: {
    readonly url: string;
    readonly connections: number;
    readonly timeoutMs: number;
  };
  readonly cache: {
    readonly bytes: number;
    readonly faultMs: number;
  };
  readonly spool: {
    readonly folder: string;
    readonly bytes: number;
  };
  readonly access: {
    readonly readTokens: readonly string[];
    readonly writeTokens: readonly string[];
  };
  readonly edge: {
    readonly trustProxy: boolean | number | readonly string[];
    readonly corsOrigins: readonly string[];
    readonly ratePerMinute: number;
    readonly compress: boolean;
  };
  readonly pressure: {
    readonly eventLoopMs: number;
    readonly rssBytes: number;
  };
  readonly metrics: {
    readonly on: boolean;
    readonly port: number;
  };
  readonly timeouts: {
    readonly requestMs: number;
    readonly headersMs: number;
    readonly idleMs: number;
    readonly keepAliveMs: number;
    readonly graceMs: number;
    readonly leaveMs: number;
  };
}

interface Knob<T> {
  readonly fallback: T;
  readonly doc: string;
  /** A value that must not be shown, wrong or right. */
  readonly secret?: true;
  read(text: string): T;
}

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;
/** The longest time that a timer can be set to. */
const MAX_TIMER = 2 ** 31 - 1;
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

function text(fallback: string, doc: string): Knob<string> {
  return { fallback, doc, read: (value) => value };
}

/** The value may hold a password, so that what is wrong with it is said without it. */
function database(fallback: string, doc: string): Knob<string> {
  return {
    fallback,
    doc,
    secret: true,
    read(value) {
      if (value !== 'none' && !/^(sqlite:.|postgres(ql)?:\/\/.)/.test(value))
        throw new Error('must be sqlite:<file>, postgres://... or none');
      // Without a host it is the one of the environment, or a socket.
      if (value.startsWith('postgres') && !URL.canParse(value.replace('@/', '@host/')))
        throw new Error('must be postgres://<user>:<password>@<host>:<port>/<database>, with signs like # and / written as %23 and %2F');
      return value;
    },
  };
}

function oneOf(values: readonly string[], fallback: string, doc: string): Knob<string> {
  return {
    fallback,
    doc,
    read(value) {
      if (!values.includes(value)) throw new Error(`must be one of ${values.join(', ')}`);
      return value;
    },
  };
}

function flag(fallback: boolean, doc: string): Knob<boolean> {
  const { read, ...rest } = oneOf(['true', 'false'], String(fallback), doc);
  return { ...rest, fallback, read: (value) => read(value) === 'true' };
}

/** Values with commas between them; `fits` is what holds for each, and `wanted` says so. */
function list(fits: (value: string) => boolean, wanted: string, doc: string): Knob<readonly string[]> {
  return {
    fallback: Object.freeze([]),
    doc,
    read(value) {
      const values = value.split(',').map((one) => one.trim());
      if (!values.every(fits)) throw new Error(`must be ${wanted}, with commas between them`);
      return Object.freeze(values);
    },
  };
}

const tokens = (doc: string): Knob<readonly string[]> => ({
  ...list((one) => /^[\w.~+/-]{16,}=*$/.test(one), 'tokens of at least 16 letters, digits and -._~+/', doc),
  secret: true,
});

/** Whose word on the client's address is taken. */
function proxies(doc: string): Knob<boolean | number | readonly string[]> {
  const addresses = list(isProxy, 'false, true, a number of proxies, or addresses', doc);
  return {
    fallback: false,
    doc,
    read(value) {
      if (value === 'true' || value === 'false') return value === 'true';
      return /^\d{1,2}$/.test(value) ? Number(value) : addresses.read(value);
    },
  };
}

const IPV4 = /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/;

/** An address, a net, or a name that proxy-addr has for nets. */
function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [, address = '', bits = '0'] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (IPV4.test(address)) return Number(bits) <= 32;
  return address.includes(':') && URL.canParse(`http://[${address}]`) && Number(bits) <= 128;
}

/** The origins of a list, or any. */
function origins(doc: string): Knob<readonly string[]> {
  const wanted = 'origins like https://example.org, or * alone';
  const named = list((one) => /^https?:\/\/[\w.:[\]-]+$/.test(one), wanted, doc);
  return { ...named, read: (value) => (value.trim() === '*' ? Object.freeze(['*']) : named.read(value)) };
}

function integer(fallback: number, doc: string, min = 1, max: number = Number.MAX_SAFE_INTEGER): Knob<number> {
  return {
    fallback,
    doc,
    read(value) {
      const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
      if (!(number >= min && number <= max)) throw new Error(`must be an integer from ${min} to ${max}`);
      return number;
    },
  };
}

/** Every environment variable that Fovea reads. */
export const KNOBS = {
  HOST: text('127.0.0.1', 'Address to listen on; 0.0.0.0 in a container.'),
  PORT: integer(3000, 'Port to listen on; 0 picks a free one.', 0, 65535),
  LOG_LEVEL: oneOf(LEVELS, 'info', 'Least severe level that is logged.'),

  MAX_MODEL_BYTES: integer(2 * GiB, 'Size of a model file; its weights pass through and are never held.'),
  MAX_JSON_BYTES: integer(MiB, 'Size of a JSON body or of a network description.'),
  MAX_GRAPHQL_BYTES: integer(MiB, 'Size of a GraphQL request.'),
  MAX_JSON_LAYERS: integer(20_000, 'Layers that a JSON report may list; CSV has no such limit.'),
  MAX_ANSWER_BYTES: integer(256 * MiB, 'Size of a report that is written out.'),
  MAX_QUERY_TOKENS: integer(2_000, 'Tokens in a GraphQL document.'),
  MAX_QUERY_DEPTH: integer(16, 'Nesting of selections in a GraphQL document.'),
  MAX_QUERY_BYTES: integer(64 * KiB, 'Size of a GraphQL document, without its variables.'),
  MAX_QUERY_COST: integer(50_000, 'Cost of a GraphQL operation, and fields of its answer; the schema says what a field costs.'),
  MAX_QUERY_ALIASES: integer(30, 'Aliases in a GraphQL document.', 0),
  MAX_QUERY_ERRORS: integer(20, 'Mistakes in a GraphQL document that are told at once.'),
  GRAPHQL_INTROSPECTION: oneOf(['true', 'false'], 'true', 'Whether GraphQL clients may read the schema, which holds no secrets.'),

  MAX_KEPT_BYTES: integer(64 * MiB, 'Bytes of names, attributes and small tensors kept from one file.'),
  MAX_NODES: integer(200_000, 'Nodes in one network.'),
  MAX_FIELDS: integer(5_000_000, 'Fields of the wire format, or values of a JSON document.'),
  MAX_DEPTH: integer(32, 'Graphs nested in graphs, or brackets in brackets.', 4),
  MAX_DIMS: integer(64, 'Axes of one tensor.'),
  MAX_NAME_BYTES: integer(64 * KiB, 'Bytes of one name.'),
  MAX_INTS: integer(1_000_000, 'Numbers in one attribute.'),
  READ_DEADLINE_MS: integer(20_000, "Milliseconds of the reader's own work on one file."),

  INLINE_BYTES: integer(256 * KiB, 'Size up to which a network is analyzed at once; larger ones go to the pool of threads.', 0),
  INLINE_NODES: integer(1_000, 'Nodes up to which a network is analyzed at once.', 0),
  POOL_THREADS: integer(0, 'Threads that analyze large networks; 0 is one less than the machine has processors.', 0, 1024),
  POOL_QUEUE: integer(16, 'Large networks that may wait for a thread; more are refused.', 0),
  POOL_QUEUE_MS: integer(20_000, 'Milliseconds that a large network waits for a thread.', 1, MAX_TIMER),
  POOL_MEMORY_MB: integer(1024, 'Megabytes of heap that one thread may use.', 16),
  POOL_WARM: flag(true, 'Whether a thread is started with the process, so that the first large network does not wait for it.'),
  ANALYSIS_DEADLINE_MS: integer(30_000, 'Milliseconds of work on one large network, without waiting for its bytes.', 1, MAX_TIMER),

  DATABASE_URL: database(
    'sqlite:data/fovea.sqlite',
    'Where networks are kept: sqlite:<file>, made where it is not there, postgres://<user>@<host>/<database>, or none.',
  ),
  DATABASE_CONNECTIONS: integer(8, 'Most connections to the database.', 1, 1000),
  DATABASE_TIMEOUT_MS: integer(5_000, 'Milliseconds that a connection, a lock or a statement of the database is waited for.', 1, MAX_TIMER),
  CACHE_BYTES: integer(64 * MiB, 'Size of the answers that are kept for those who ask the same again; 0 keeps none.', 0),
  CACHE_FAULT_MS: integer(10_000, 'Milliseconds for which it is kept that a network cannot be analyzed.', 0, MAX_TIMER),
  SPOOL_DIR: text('', 'Folder where large files wait until they are whole; empty is that of the system for temporary files.'),
  SPOOL_BYTES: integer(8 * GiB, 'Size of all files that wait there at a time; more are refused.', 0),

  READ_TOKENS: tokens('Bearer tokens that may read; where there are none, anyone may.'),
  WRITE_TOKENS: tokens('Bearer tokens that may also keep and forget networks; where there are no tokens at all, anyone may.'),
  TRUST_PROXY: proxies("Whether the X-Forwarded headers are believed: false, true, how many proxies there are, or the proxies' addresses."),
  CORS_ORIGINS: origins('Origins whose pages may use the service.'),
  RATE_LIMIT: integer(0, 'Requests that one address may send in a minute; 0 is any number.', 0),
  COMPRESS: flag(true, 'Whether answers are compressed for clients that take it.'),
  MAX_EVENT_LOOP_DELAY_MS: integer(
    1_000,
    'Milliseconds that events wait for their turn, on average over a second, above which requests are refused; 0 is any.',
    0,
  ),
  MAX_RSS_MB: integer(
    0,
    "Megabytes of resident memory above which requests are refused; 0 is nine tenths of the container's limit, if it has one.",
    0,
  ),
  METRICS: flag(true, 'Whether /metrics tells Prometheus how the service does.'),
  METRICS_PORT: integer(0, 'Port that /metrics has to itself; 0 is the port of everything else.', 0, 65535),

  REQUEST_TIMEOUT_MS: integer(600_000, 'Milliseconds in which a request must have arrived whole.', 1, MAX_TIMER),
  HEADERS_TIMEOUT_MS: integer(15_000, 'Milliseconds in which the headers of a request must have arrived.', 1, MAX_TIMER),
  IDLE_TIMEOUT_MS: integer(60_000, 'Milliseconds without traffic after which a connection is closed.', 1, MAX_TIMER),
  KEEP_ALIVE_TIMEOUT_MS: integer(10_000, 'Milliseconds that an idle connection waits for its next request.', 1, MAX_TIMER),
  SHUTDOWN_GRACE_MS: integer(10_000, 'Milliseconds that requests under way get to finish at shutdown.', 1, MAX_TIMER),
  SHUTDOWN_DELAY_MS: integer(
    0,
    'Milliseconds between not being ready and taking no more connections, for a balancer to notice.',
    0,
    MAX_TIMER,
  ),
};

type Settings = { [K in keyof typeof KNOBS]: (typeof KNOBS)[K]['fallback'] };

function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const wrong: string[] = [];
  const entries = Object.entries<Knob<unknown>>(KNOBS).map(([name, knob]) => {
    const value = env[name];
    if (value === undefined || value === '') return [name, knob.fallback];
    try {
      return [name, knob.read(value)];
    } catch (error) {
      wrong.push(`${name}${knob.secret ? '' : `='${value}'`}: ${(error as Error).message}`);
      return [name, knob.fallback];
    }
  });
  const settings: Settings = Object.fromEntries(entries);
  wrong.push(...contradictions(settings));
  if (wrong.length > 0) throw new Error(`The environment is not valid.\n${wrong.join('\n')}`);
  return settings;
}

/** What is wrong with settings that are right by themselves. */
function contradictions(s: Settings): string[] {
  const wrong: string[] = [];
  if (s.METRICS_PORT !== 0 && s.METRICS_PORT === s.PORT) wrong.push(`METRICS_PORT='${s.METRICS_PORT}': must be another port than PORT`);
  if (s.HEADERS_TIMEOUT_MS > s.REQUEST_TIMEOUT_MS)
    wrong.push(`HEADERS_TIMEOUT_MS='${s.HEADERS_TIMEOUT_MS}': must be at most REQUEST_TIMEOUT_MS, which is ${s.REQUEST_TIMEOUT_MS}`);
  return wrong;
}

/** Of the memory that the container may use, the share above which requests are refused. */
const SHARE_OF_MEMORY = 0.9;

/**
 * Reads the configuration; throws one error that lists everything that is wrong with it. `memoryBytes` is what the
 * process may use, where that is limited.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, memoryBytes = 0): Config {
  const s = readSettings(env);
  return Object.freeze({
    host: s.HOST,
    port: s.PORT,
    logLevel: s.LOG_LEVEL,
    limits: Object.freeze({
      modelBytes: s.MAX_MODEL_BYTES,
      jsonBytes: s.MAX_JSON_BYTES,
      graphqlBytes: s.MAX_GRAPHQL_BYTES,
      jsonLayers: s.MAX_JSON_LAYERS,
      answerBytes: s.MAX_ANSWER_BYTES,
      queryTokens: s.MAX_QUERY_TOKENS,
      queryDepth: s.MAX_QUERY_DEPTH,
      queryBytes: s.MAX_QUERY_BYTES,
      queryCost: s.MAX_QUERY_COST,
      queryAliases: s.MAX_QUERY_ALIASES,
      queryErrors: s.MAX_QUERY_ERRORS,
      reader: Object.freeze({
        keptBytes: s.MAX_KEPT_BYTES,
        nodes: s.MAX_NODES,
        fields: s.MAX_FIELDS,
        depth: s.MAX_DEPTH,
        dims: s.MAX_DIMS,
        nameBytes: s.MAX_NAME_BYTES,
        ints: s.MAX_INTS,
        jsonBytes: s.MAX_JSON_BYTES,
        deadlineMs: s.READ_DEADLINE_MS,
      }),
    }),
    graphql: Object.freeze({
      introspection: s.GRAPHQL_INTROSPECTION === 'true',
    }),
    pool: Object.freeze({
      inlineBytes: s.INLINE_BYTES,
      inlineNodes: s.INLINE_NODES,
      threads: s.POOL_THREADS,
      maxQueue: s.POOL_QUEUE,
      queueMs: s.POOL_QUEUE_MS,
      memoryMb: s.POOL_MEMORY_MB,
      deadlineMs: s.ANALYSIS_DEADLINE_MS,
      warm: s.POOL_WARM,
    }),
    store: Object.freeze({
      url: s.DATABASE_URL,
      connections: s.DATABASE_CONNECTIONS,
      timeoutMs: s.DATABASE_TIMEOUT_MS,
    }),
    cache: Object.freeze({ bytes: s.CACHE_BYTES, faultMs: s.CACHE_FAULT_MS }),
    spool: Object.freeze({ folder: s.SPOOL_DIR, bytes: s.SPOOL_BYTES }),
    access: Object.freeze({ readTokens: s.READ_TOKENS, writeTokens: s.WRITE_TOKENS }),
    edge: Object.freeze({
      trustProxy: s.TRUST_PROXY,
      corsOrigins: s.CORS_ORIGINS,
      ratePerMinute: s.RATE_LIMIT,
      compress: s.COMPRESS,
    }),
    pressure: Object.freeze({
      eventLoopMs: s.MAX_EVENT_LOOP_DELAY_MS,
      rssBytes: s.MAX_RSS_MB > 0 ? s.MAX_RSS_MB * MiB : SHARE_OF_MEMORY * memoryBytes,
    }),
    metrics: Object.freeze({ on: s.METRICS, port: s.METRICS_PORT }),
    timeouts: Object.freeze({
      requestMs: s.REQUEST_TIMEOUT_MS,
      headersMs: s.HEADERS_TIMEOUT_MS,
      idleMs: s.IDLE_TIMEOUT_MS,
      keepAliveMs: s.KEEP_ALIVE_TIMEOUT_MS,
      graceMs: s.SHUTDOWN_GRACE_MS,
      leaveMs: s.SHUTDOWN_DELAY_MS,
    }),
  });
}
