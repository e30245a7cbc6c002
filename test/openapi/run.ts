/**
 * schemathesis against a running server and its own /openapi.json: no 5xx, no status, media type or header that is not
 * documented, no answer that breaks its schema; and what breaks the schema of a request is refused, as are methods that
 * are not there. Bodies of model files are tried too, but as random bytes, which are no models: what comes of real ones
 * is looked at by the tests of REST.
 * FOVEA_OPENAPI_SEED=<number> tries others than the usual requests, FOVEA_OPENAPI_EXAMPLES=<number> more of them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VERSION = '4.32.5';
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'unsupported_method',
  'allow_header_conformance',
  'negative_data_rejection',
];
/** Requests that each operation gets beside those that the document itself suggests. */
const EXAMPLES = process.env.FOVEA_OPENAPI_EXAMPLES ?? '10';

/** Installs schemathesis; undefined where there is no Python, or no package. */
function install(folder: string): string | undefined {
  const venv = join(folder, 'venv');
  const made = spawnSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
  if (made.status !== 0) return undefined;
  const pip = spawnSync(join(venv, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`], {
    stdio: 'inherit',
  });
  return pip.status === 0 ? join(venv, 'bin', 'schemathesis') : undefined;
}

/** A server on a port of its own. */
async function serve() {
  const env = { ...process.env, PORT: '0', DATABASE_URL: 'sqlite::memory:', LOG_LEVEL: 'info' };
  const child = spawn(process.execPath, ['src/server.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  let failures = '';
  const url = await new Promise<string>((found, failed) => {
    let log = '';
    child.stdout.setEncoding('utf8').on('data', (lines: string) => {
      log = (log + lines).slice(-100_000);
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0];
      if (address) found(address);
      // Errors and worse, as pino writes them.
      failures += lines
        .split('\n')
        .filter((line) => /^\{"level":[56]0/.test(line))
        .join('\n');
    });
    exit.then(() => failed(new Error(log)));
  });
  return { url, child, exit, failures: () => failures };
}

async function run(schemathesis: string, folder: string): Promise<void> {
  const { url, child, exit, failures } = await serve();
  const report = join(folder, 'report.xml');
  const seed = process.env.FOVEA_OPENAPI_SEED;
  try {
    const args = [
      // One worker: Python 3.11 now and then fails to parse code in two threads at a time (CPython issue 106905).
      ...['--no-color', 'run', `${url}/openapi.json`, '--wait-for-schema', '60', '--request-timeout', '120', '--workers', '1'],
      ...['--checks', CHECKS.join(','), '--phases', 'examples,coverage,fuzzing', '--max-examples', EXAMPLES],
      ...['--continue-on-failure', '--no-shrink', '--suppress-health-check', 'all', '--warnings', 'off'],
      ...(seed === undefined ? ['--generation-deterministic'] : ['--seed', seed, '--generation-database', 'none']),
      ...['--report', 'junit', '--report-junit-path', report],
    ];
    const started = performance.now();
    const tool = spawn(schemathesis, args, { cwd: folder, stdio: 'inherit' });
    const [code] = await once(tool, 'exit');
    const xml = readFileSync(report, 'utf8');
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { readonly paths: Readonly<Record<string, object>> };
    const operations = Object.values(paths).flatMap((methods) => Object.keys(methods));
    const cases = [...xml.matchAll(/<testcase\b[^>]*?(\/>|>[\s\S]*?<\/testcase>)/g)].map(([text]) => text);
    const failed = cases.filter((text) => /<(failure|error)\b/.test(text)).length;
    const tried = cases.filter((text) => !/<skipped\b/.test(text)).length;
    console.log(`${tried} of ${operations.length} operations in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    const wrong = [
      ...(tried < operations.length ? ['not every operation was tried'] : []),
      ...(code !== 0 && failed === 0 ? [`schemathesis ended with ${code}`] : []),
      ...(failures() === '' ? [] : [`the server logged errors: ${failures().slice(0, 2000)}`]),
      ...(child.exitCode === null ? [] : ['the server is gone']),
    ];
    for (const one of wrong) console.log(`FAIL: ${one}`);
    console.log(`${tried - failed} passed, ${failed + wrong.length} failed`);
    process.exitCode = failed + wrong.length > 0 ? 1 : 0;
  } finally {
    child.kill();
    await exit;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'fovea-openapi-'));
try {
  const schemathesis = install(folder);
  if (schemathesis === undefined) {
    console.log('!! SKIPPED: schemathesis needs python3 and its packages; NOTHING WAS CHECKED');
    console.log('0 passed, 0 failed');
  } else await run(schemathesis, folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
