import type { FastifyInstance } from 'fastify';

const page = (origin: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Fovea</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}pre{background:#f3f3f3;padding:1rem;overflow-x:auto}</style>
<h1>Fovea</h1>
<p>Receptive field, FLOPs, parameters and memory of a neural network, without running it.</p>
<pre>curl --data-binary @model.onnx '${origin}/v1/analyze?layers=none'</pre>
<ul>
<li><a href="/docs">Documentation of the REST interface</a> (<a href="/openapi.json">OpenAPI</a>)</li>
<li><code>POST /graphql</code>: the same reports, just the fields you ask for</li>
<li><a href="/v1/operators">Operators</a> and <a href="/v1/formats">formats</a></li>
<li><a href="/healthz">Health</a> and <a href="/readyz">readiness</a></li>
</ul>
</html>
`;

/** A page for whoever opens the service in a browser. */
export async function home(app: FastifyInstance): Promise<void> {
  app.get('/', { schema: { hide: true }, config: { access: 'open' } }, async (request, reply) => {
    // The headers that say it are the client's to choose: nothing but a protocol, a host name and a port may get into the page.
    const protocol = request.protocol === 'https' ? 'https' : 'http';
    const host = /^[\w.:[\]-]+$/.test(request.host) ? request.host : 'localhost';
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(page(`${protocol}://${host}`));
  });
}
