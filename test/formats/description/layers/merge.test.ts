import t from 'tap';
import { expectLowered } from '../lower.ts';

t.test('pointwise operators of several values', async (t) => {
  expectLowered(t, [
    [[2, 4, 9, 9], { type: 'Add', from: ['x', 'x', 'x'] }, ['l.0 = Add(x, x) -> (2 4 9 9)', 'l = Add(l.0, x) -> (2 4 9 9)'], []],
    [[2, 4, 9, 9], { type: 'Subtract', from: ['x', 'x'] }, ['l = Sub(x, x) -> (2 4 9 9)'], []],
    [
      [2, 4, 9, 9],
      { type: 'Multiply', from: ['x', { dtype: 'float32', shape: [4, 1, 1] }] },
      ['l = Mul(x, l.from.1) -> (2 4 9 9)'],
      ['l.from.1 (4 1 1)'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Divide', from: ['x', { dtype: 'float32', shape: [], data: [2] }] },
      ['l.from.1 = Constant() value=< () [2]> -> ()', 'l = Div(x, l.from.1) -> (2 4 9 9)'],
      [],
    ],
    [[2, 4, 9, 9], { type: 'MatMul', from: ['x', 'x'] }, ['l = MatMul(x, x) -> (2 4 9 9)'], []],
    [[2, 4, 9, 9], { type: 'Concat', from: ['x', 'x'] }, ['l = Concat(x, x) axis=1 -> (2 8 9 9)'], []],
    [[2, 4, 9, 9], { type: 'Concat', from: 'x', dim: -1 }, ['l = Concat(x) axis=3 -> (2 4 9 9)'], []],
  ]);
});

t.test('parts along an axis', async (t) => {
  expectLowered(t, [
    [[2, 4, 9, 9], { type: 'Chunk', chunks: 3 }, ['l = Split(x) axis=1 num_outputs=2 -> l.0 (2 2 9 9), l.1 (2 2 9 9)'], []],
    [[2, 4, 9, 9], { type: 'Chunk', chunks: 1 }, ['l = Split(x) axis=1 num_outputs=1 -> l.0 (2 4 9 9)'], []],
    [[1, 2, 5], { type: 'Chunk', chunks: 4, dim: 2 }, ['l = Split(x) axis=2 num_outputs=3 -> l.0 (1 2 2), l.1 (1 2 2), l.2 (1 2 1)'], []],
    [[1, 2, 'H'], { type: 'Chunk', chunks: 2, dim: 2 }, ['l = Split(x) axis=2 num_outputs=2 -> l.0 (1 2 ?), l.1 (1 2 ?)'], []],
    [
      [2, 4, 9, 9],
      { type: 'Split', split_size_or_sections: 3 },
      ['l = Split(x, l.split) axis=1 -> l.0 (2 3 9 9), l.1 (2 1 9 9)'],
      ['l.split int64 (2) [3 1]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Split', split_size_or_sections: [1, 3] },
      ['l = Split(x, l.split) axis=1 -> l.0 (2 1 9 9), l.1 (2 3 9 9)'],
      ['l.split int64 (2) [1 3]'],
    ],
  ]);
});
