import fc from 'fast-check';
import Fastify from 'fastify';
import { parse } from 'graphql';
import t from 'tap';
import { readConfig } from '../../src/config.ts';
import { graphql } from '../../src/graphql/plugin.ts';
import { readRequest } from '../../src/graphql/request.ts';
import { service, type Test } from '../service.ts';

// What a GraphQL server on mercurius has to be kept from; what else is refused stands in graphql.test.ts.

/** GraphQL alone, not encapsulated, so that a test reaches into it. */
async function plain(t: Test) {
  const app = Fastify();
  t.teardown(() => app.close());
  await graphql(app, { config: readConfig({}) });
  await app.ready();
  const ask = (query: string, variables?: object) => app.inject({ method: 'POST', url: '/graphql', payload: { query, variables } });
  return { app, ask };
}

t.test('no JSON text gets through as a query, be it a syntax tree or anything else', async (t) => {
  const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
  fc.assert(
    fc.property(fc.json(), space, (json, before) => {
      t.throws(() => readRequest({ query: before + json }, 65_536), { message: /JSON/ });
    }),
    { numRuns: 300 },
  );
  const tree = JSON.stringify(parse('{ formats { id } }'));
  t.throws(() => readRequest({ query: tree }, 65_536), { message: /JSON/ });
  for (const query of [
    '{ formats { id } }',
    'query { formats { id } }',
    '# {"a": 1}\n{ formats { id } }',
    '\uFEFF{ formats { id } }',
    ',{ formats { id } }',
  ]) {
    t.equal(readRequest({ query }, 65_536).query, query, 'GraphQL does');
  }
});

t.test('paths of errors keep the indices of lists as numbers', async (t) => {
  const { app, ask } = await plain(t);
  const type = app.graphql.schema.getType('Format');
  if (!type || !('getFields' in type)) throw new Error('no such type');
  const field = type.getFields().title;
  if (!field || !('resolve' in field)) throw new Error('no such field');
  field.resolve = () => {
    throw new Error('the secret is 42');
  };
  const answer = await ask('{ formats { title } }');
  t.strictSame(answer.json().errors[0].path, ['formats', 0, 'title']);
  t.notMatch(answer.body, 'secret');
});

t.test('the same mistake has the same answer however often it is made', async (t) => {
  const { ask } = await plain(t);
  for (let i = 0; i < 5; i++) {
    const answer = await ask('query ($first: Int) { analyze(network: { ref: "x" }) { layers(first: $first) { totalCount } } }', {
      first: 'x',
    });
    t.equal(answer.statusCode, 400);
    t.notOk('data' in answer.json());
  }
});

t.test('a document is checked once', async (t) => {
  const { app, ask } = await plain(t);
  let checked = 0;
  app.graphql.addHook('preValidation', async () => {
    checked++;
  });
  for (let i = 0; i < 3; i++) t.equal((await ask('{ formats { id } }')).statusCode, 200);
  t.equal(checked, 1, 'one that is right');
  for (let i = 0; i < 3; i++) t.equal((await ask('{ formats { nothing } }')).statusCode, 400);
  t.equal(checked, 2, 'one that is wrong');
});

t.test('what a page of another origin can send unasked is not taken', async (t) => {
  const app = await service(t);
  const payload = JSON.stringify({ query: '{ formats { id } }' });
  const post = (headers: Record<string, string>) => app.inject({ method: 'POST', url: '/graphql', payload, headers });
  for (const type of [
    'text/plain',
    'text/plain; charset=utf-8',
    'text/plain; application/json',
    'text/plain,application/json',
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; application/json',
    'multipart/form-data',
    'multipart/form-data; boundary=application/json',
    'application/graphql',
    'application/jsonx',
    'application/json-seq',
    'application',
    'json',
    '*/*',
    ';application/json',
  ]) {
    const refused = await post({ 'content-type': type });
    t.equal(refused.statusCode, 415, type);
    t.notMatch(refused.body, '"data"');
    // Headers that other servers take for a proof of intent do not help.
    t.equal((await post({ 'content-type': type, 'x-mercurius-operation-name': 'a', 'apollo-require-preflight': 'true' })).statusCode, 415);
  }
  t.not((await post({})).statusCode, 200, 'no type at all');
  for (const type of ['application/json', 'Application/JSON', 'application/json; charset=utf-8', 'application/json;charset=UTF-8']) {
    t.equal((await post({ 'content-type': type })).statusCode, 200, type);
  }
  t.equal((await post({ 'content-type': 'application/json', 'content-encoding': 'gzip' })).statusCode, 415, 'compressed');
  const headers = { 'content-type': 'application/json', 'x-mercurius-operation-name': 'a' };
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'] as const) {
    const refused = await app.inject({ method, url: '/graphql?query={formats{id}}', headers });
    t.equal(refused.statusCode, 405, method);
    t.equal(refused.headers.allow, 'POST');
  }
});
