import t from 'tap';
import { applyEdits } from '../../../src/core/edits/apply.ts';
import { described } from '../graphs.ts';
import { edited, refusal, zoo } from './edited.ts';

const conv = (name: string, kernel_size: number) => ({ name, type: 'Conv2d', out_channels: 4, kernel_size });
const graph = () =>
  described({ inputs: { x: [1, 4, 40, 40] }, layers: [conv('a.one', 5), conv('a.two', 3), conv('b', 5), { name: 'r', type: 'ReLU' }] });

t.test('ids, patterns, operators, lists', async (t) => {
  const touched = (layer: string | string[]) => edited(graph(), { kind: 'stack', layer }).edits[0]?.layers;
  t.same(touched('b'), ['b']);
  t.same(touched('a.*'), ['a.one'], 'a pattern passes over what the edit does not fit');
  t.same(touched('*'), ['a.one', 'b']);
  t.same(touched('op:Conv'), ['a.one', 'b']);
  t.same(touched('op:*onv'), ['a.one', 'b']);
  t.same(touched(['b', 'a*e']), ['b', 'a.one']);
});

t.test('names that fit nothing', async (t) => {
  t.match(refusal(graph(), { kind: 'stack', layer: 'c' }), { message: "edit 0 (stack): there is no layer 'c'" });
  t.match(refusal(graph(), { kind: 'stack', layer: 'c*' }), { message: /no layer matches 'c\*'/ });
  t.match(refusal(graph(), { kind: 'stack', layer: 'op:Gemm' }), { message: /no layer matches/ });
  t.match(refusal(graph(), { kind: 'stack', layer: ['a.t*', 'b'] }), {
    message: /fits none of the 1 layers that 'a.t\*' names: Conv 'a.two'/,
  });
  t.match(refusal(graph(), { kind: 'reduce', layer: 'b' }, { kind: 'stack', layer: 'r' }), { message: /^edit 1 \(stack\)/, node: 'r' });
  const suggest = (name: string, known: Iterable<string>) => ` (${name}: ${[...known].length})`;
  t.throws(() => applyEdits(graph(), [{ kind: 'stack', layer: 'c' }], { suggest }), { message: /there is no layer 'c' \(c: 4\)/ });
});

t.test('what would be too much', async (t) => {
  const many = Array.from({ length: 21 }, () => ({ kind: 'reduce', layer: 'b' }) as const);
  t.equal(refusal(graph(), ...many).code, 'limit-exceeded');
  const layers = Array.from({ length: 300 }, (_, i) => ({ ...conv(`c${i}`, 31), padding: 15 }));
  t.equal(refusal(described({ inputs: { x: [1, 4, 40, 40] }, layers }), { kind: 'stack', layer: '*' }).code, 'limit-exceeded');
});

t.test('constants that nothing reads any more are gone', async (t) => {
  const { graph: after } = edited(zoo('vgg16'), { kind: 'pool-to-conv', layer: 'op:MaxPool' }, { kind: 'fc-to-conv' });
  const read = new Set(after.nodes.flatMap(({ inputs }) => inputs));
  t.same(
    [...after.constants.keys()].filter((name) => !read.has(name)),
    [],
  );
  for (const [name, constant] of after.constants) t.equal(constant.name, name);
});
