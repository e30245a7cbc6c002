/**
 * Serves the dashboard, and passes on what it asks of Fovea, so that page and service have one origin. Settings: FOVEA_URL,
 * FOVEA_TOKEN (a token that may read, where the service wants one), HOST and PORT.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';

const { FOVEA_URL = 'http://127.0.0.1:3000', FOVEA_TOKEN, HOST = '127.0.0.1', PORT = '3001' } = process.env;
const fovea = new URL(FOVEA_URL.endsWith('/') ? FOVEA_URL : `${FOVEA_URL}/`);

/** All that is served, by path: nothing that a request says ever names a file. */
const FILES: Readonly<Record<string, readonly [type: string, file: URL]>> = {
  '/': ['text/html; charset=utf-8', new URL('index.html', import.meta.url)],
  '/dashboard.css': ['text/css; charset=utf-8', new URL('dashboard.css', import.meta.url)],
  '/dashboard.js': ['text/javascript; charset=utf-8', new URL('dashboard.js', import.meta.url)],
  '/charts.js': ['text/javascript; charset=utf-8', new URL('charts.js', import.meta.url)],
  '/queries.js': ['text/javascript; charset=utf-8', new URL('queries.js', import.meta.url)],
  '/chart.js': ['text/javascript; charset=utf-8', new URL('chart.umd.min.js', import.meta.resolve('chart.js'))],
};

const OWN_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

/** Of an answer of Fovea, what the browser is to know. */
const PASSED_BACK = ['content-type', 'content-disposition', 'content-security-policy', 'x-content-type-options', 'etag', 'retry-after'];
const PASSED_ON = ['accept', 'content-type', 'if-none-match'];

async function pass(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const target = new URL(`.${request.url}`, fovea);
  // Dots in a path are resolved by now: they must not lead to other doors of the service.
  if (!/^(graphql|v1\/.*)$/.test(target.pathname.slice(fovea.pathname.length))) return reply.code(404).send({ title: 'Not found' });
  const headers = new Headers(FOVEA_TOKEN ? { authorization: `Bearer ${FOVEA_TOKEN}` } : {});
  for (const name of PASSED_ON) if (request.headers[name] !== undefined) headers.set(name, String(request.headers[name]));
  try {
    const body = request.method === 'POST' ? { body: new Uint8Array(request.body as Buffer) } : {};
    const answer = await fetch(target, { method: request.method, headers, redirect: 'manual', ...body });
    reply.code(answer.status);
    for (const name of PASSED_BACK) if (answer.headers.has(name)) reply.header(name, answer.headers.get(name));
    return Buffer.from(await answer.arrayBuffer());
  } catch {
    const detail = `Fovea does not answer at ${fovea.origin}: start it with npm start, or set FOVEA_URL.`;
    return reply.code(502).type('application/problem+json').send({ title: 'No answer from Fovea', status: 502, detail });
  }
}

const app = Fastify({ exposeHeadRoutes: false });
app.removeAllContentTypeParsers();
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
for (const [path, [type, file]] of Object.entries(FILES)) {
  app.get(path, async (_request, reply) =>
    reply
      .headers(OWN_HEADERS)
      .type(type)
      .send(await readFile(fileURLToPath(file))),
  );
}
app.post('/graphql', pass);
app.get('/v1/*', pass);

const address = await app.listen({ host: HOST, port: Number(PORT) });
console.log(`The dashboard is at ${address}, and asks Fovea at ${fovea.href}`);
