import { readFileSync } from 'node:fs';
import t from 'tap';
import { message, number } from '../onnx-bytes.ts';
import { service } from '../service.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}.onnx`, import.meta.url));
const example = (name: string) => JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8'));

t.test('a file of ONNX as a description, which stands for the same network', async (t) => {
  const app = await service(t);
  const headers = { 'content-type': 'application/octet-stream' };
  const written = await app.inject({ method: 'POST', url: '/v1/description', payload: fixture('resnet18'), headers });
  t.match(written.json(), {
    network: { format: 'onnx' },
    engine: { name: 'fovea' },
    description: { version: 1, layers: [{ type: 'Conv2d' }] },
  });
  const before = await app.inject({ method: 'POST', url: '/v1/analyze', payload: fixture('resnet18'), headers });
  const after = await app.inject({ method: 'POST', url: '/v1/analyze', payload: written.json().description });
  const essence = ({ totals, inputs, outputs }: Record<string, unknown>) => ({ totals, inputs, outputs });
  t.same(essence(after.json()), essence(before.json()));
});

t.test('sizes that are given are written, sizes that are assumed are not', async (t) => {
  const app = await service(t);
  const input = async (query: string) => {
    const answer = await app.inject({ method: 'POST', url: `/v1/description${query}`, payload: example('resnet18') });
    return Object.values(answer.json().description.inputs)[0];
  };
  const [name] = Object.keys(example('resnet18').inputs);
  t.same(await input(''), example('resnet18').inputs[name as string]);
  t.same(await input('?batch=8'), [8, ...example('resnet18').inputs[name as string].slice(1)]);
  t.same(await input(`?input=${name}:2x3x64x64`), [2, 3, 64, 64]);
});

t.test('a network that cannot be written is a 422 that names the node', async (t) => {
  const app = await service(t);
  const type = message(2, message(1, number(1, 1), message(2, message(1, number(1, 2)))));
  const inner = message(6, message(2, 'inner'), message(12, message(1, 'z'), type));
  const attribute = message(5, message(1, 'then_branch'), inner, number(20, 5));
  const node = message(1, message(1, 'x'), message(2, 'y'), message(3, 'choice'), message(4, 'Foo'), attribute);
  const graph = message(
    7,
    node,
    message(11, message(1, 'x'), type),
    message(11, message(1, 'z'), type),
    message(12, message(1, 'y'), type),
  );
  const payload = Buffer.concat([number(1, 8), message(8, number(2, 20)), graph]);
  const headers = { 'content-type': 'application/octet-stream' };
  const answer = await app.inject({ method: 'POST', url: '/v1/description', payload, headers });
  t.match(answer.json(), {
    status: 422,
    code: 'not-describable',
    node: 'choice',
    detail: /a graph of its own, in the attribute 'then_branch'/,
  });
});
