import { readFileSync } from 'node:fs';
import t from 'tap';
import { graph, model, nestedGraphs, node, tensor, value } from '../formats/onnx/encode.ts';
import { service } from '../service.ts';

const fixture = readFileSync(new URL('../fixtures/vgg16.onnx', import.meta.url));

t.test('bad bodies get a coded 4xx, and the next request is answered', async (t) => {
  const app = await service(t);
  const post = (payload: Uint8Array | string, type = 'application/octet-stream') =>
    app.inject({ method: 'POST', url: '/v1/analyze?layers=none', headers: { 'content-type': type }, payload: Buffer.from(payload) });

  const answersStill = async () => t.equal((await post(fixture)).statusCode, 200, 'the next request is answered');

  // test/formats/onnx/reader.test.ts cuts at every byte.
  await t.test('a cut file', async (t) => {
    for (let length = 0; length < fixture.length; length += length < 64 ? 1 : 89) {
      const { statusCode, body } = await post(fixture.subarray(0, length));
      if (statusCode === 200) continue;
      const { code, status } = JSON.parse(body) as { code?: string; status?: number };
      if (statusCode < 400 || statusCode >= 500 || !code || status !== statusCode)
        t.fail(`${length} bytes: ${statusCode} ${body.slice(0, 200)}`);
    }
    await answersStill();
  });

  await t.test('documents of no network', async (t) => {
    for (const [body, type, status, code] of [
      ['{}', 'application/json', 400, 'invalid-description'],
      ['[]', 'application/json', 400, 'invalid-network'],
      ['null', 'application/json', 400, 'invalid-network'],
      ['{}', 'application/octet-stream', 400, 'invalid-description'],
      ['[]', 'application/octet-stream', 415, 'unknown-format'],
      ['', 'application/octet-stream', 400, 'empty-body'],
    ] as const) {
      const answer = await post(body, type);
      t.match({ status: answer.statusCode, ...answer.json<object>() }, { status, code }, `${body} as ${type}`);
    }
    await answersStill();
  });

  const cyclic = model(
    graph({ nodes: [node('Relu', ['b'], ['a']), node('Relu', ['a'], ['b'])], inputs: [value('x', 1, [1])], outputs: [value('b')] }),
  );
  const huge = (...dims: bigint[]) =>
    model(graph({ nodes: [node('Relu', ['x'], ['y'])], inputs: [value('x', 1, dims)], outputs: [value('y')], initializers: [] }));
  const heavy = model(
    graph({
      nodes: [node('MatMul', ['x', 'w'], ['y'])],
      inputs: [value('x', 1, [1, 2])],
      outputs: [value('y')],
      initializers: [tensor('w', 1, [2n ** 62n, 2n])],
    }),
  );

  for (const [what, file, wanted] of [
    ['a graph nested 20,000 deep', model(nestedGraphs(20_000)), 'limit-exceeded'],
    ['a cyclic graph', cyclic, 'cyclic-graph'],
    ['an input of 2^62', huge(2n ** 62n), 'malformed-file'],
    ['a weight of 2^62', heavy, 'malformed-file'],
  ] as const) {
    await t.test(what, async (t) => {
      const answer = await post(file);
      t.match(answer.json(), { status: answer.statusCode, code: wanted });
      t.ok(answer.statusCode >= 400 && answer.statusCode < 500);
      await answersStill();
    });
  }

  await t.test('the largest dims that are exact give exact counts', async (t) => {
    const answer = await post(huge(2n ** 53n - 1n, 2n ** 53n - 1n));
    t.equal(answer.statusCode, 200);
    t.equal(answer.json<{ totals: { flops: string } }>().totals.flops, String((2n ** 53n - 1n) ** 2n));
  });
});
