import t from 'tap';
import type { Shape, TensorType } from '../../../src/core/graph.ts';
import { contradictions } from '../../../src/core/inference/declared.ts';

const types = (shapes: Readonly<Record<string, Shape | null>>): Map<string, TensorType> =>
  new Map(Object.entries(shapes).map(([name, shape]) => [name, { dtype: 'float32', shape }]));

function found(declared: Readonly<Record<string, Shape | null>>, inferred: Readonly<Record<string, Shape | null>>): string[] {
  return contradictions(types(declared), types(inferred)).map(({ message }) => message);
}

t.test('sizes and ranks that differ are told', async (t) => {
  t.strictSame(contradictions(types({ x: [1, 8, null] }), types({ x: [1, 9, 'H'] })), [
    {
      code: 'declared-shape',
      severity: 'warning',
      message: "the file says that 'x' is [1, 8, ?], but by its operators it is [1, 9, H]",
    },
  ]);
  t.match(found({ x: [] }, { x: [1] }), [/'x' is \[\], but by its operators it is \[1\]/]);
});

t.test('what either side does not know is no contradiction', async (t) => {
  t.strictSame(found({ a: [1, 'N', null, 4], b: [1], c: null, d: [2] }, { a: [1, 2, 3, null], b: null, c: [1] }), []);
});

t.test('a tensor is told once, and a few of them are enough', async (t) => {
  const twice = [...types({ x: [1] }), ...types({ x: [2] })];
  t.equal(contradictions(twice, types({ x: [3] })).length, 1);
  const many = (n: number, size: number): Record<string, Shape> =>
    Object.fromEntries(Array.from({ length: n }, (_, k) => [`t${k}`, [size]]));
  t.equal(found(many(10, 1), many(10, 2)).length, 10);
  const messages = found(many(5000, 1), many(5000, 2));
  t.equal(messages.length, 11);
  t.match(messages.at(-1), /at 4990 more tensors/);
});
