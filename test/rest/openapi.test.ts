import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { views } from '../../src/analysis/views/index.ts';
import { service } from '../service.ts';

const FILE = new URL('../../schema/openapi.json', import.meta.url);

interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  responses: Record<string, { description?: string; content?: Record<string, unknown> }>;
  parameters?: { name: string; description?: string }[];
}

t.test('schema/openapi.json is what the service says; `tap --snapshot` writes it anew', async (t) => {
  const app = await service(t);
  const served = (await app.inject('/openapi.json')).json();
  const written = `${JSON.stringify(served, null, 2)}\n`;
  if (process.env.TAP_SNAPSHOT === '1') writeFileSync(FILE, written);
  t.equal(readFileSync(FILE, 'utf8'), written);
});

t.test('the document tells what a reader needs', async (t) => {
  const app = await service(t);
  const document = (await app.inject('/openapi.json')).json<{ openapi: string; paths: Record<string, Record<string, Operation>> }>();
  t.equal(document.openapi, '3.1.0');
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      operation,
    })),
  );
  const ids = views().map(({ id }) => id);
  t.strictSame(
    operations.map(({ name }) => name).sort(),
    [
      'delete /v1/networks/{ref}',
      'get /healthz',
      'get /readyz',
      'get /v1/conventions',
      'get /v1/devices',
      'get /v1/formats',
      'get /v1/networks',
      'get /v1/networks/{ref}',
      'get /v1/networks/{ref}/history',
      ...ids.map((id) => `get /v1/networks/{ref}/${id}`),
      'get /v1/operators',
      'post /graphql',
      'post /v1/networks',
      ...ids.map((id) => `post /v1/${id === 'report' ? 'analyze' : id}`),
    ].sort(),
  );
  t.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length);
  for (const { name, operation } of operations) {
    t.ok(operation.operationId && operation.summary && operation.tags?.length === 1, name);
    for (const [status, response] of Object.entries(operation.responses)) {
      t.ok(response.description, `${name} ${status} is described`);
      t.not(response.description, 'Default Response', `${name} ${status} is described`);
    }
    for (const parameter of operation.parameters ?? []) t.ok(parameter.description, `${name} ${parameter.name} is described`);
  }
  t.notMatch(JSON.stringify(document), 'undefined');
  t.notMatch(JSON.stringify(document), /"\$ref":"(?!#\/components\/schemas\/)/, 'every reference is inside the document');
});
