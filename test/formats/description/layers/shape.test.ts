import t from 'tap';
import { expectLowered } from '../lower.ts';

t.test('flatten and unflatten keep the sizes of the other axes open', async (t) => {
  expectLowered(t, [
    [[2, 4, 9, 9], { type: 'Flatten' }, ['l = Flatten(x) axis=1 -> (2 324)'], []],
    [[2, 4, 9, 9], { type: 'Flatten', start_dim: 2 }, ['l = Reshape(x, l.shape) -> (2 4 81)'], ['l.shape int64 (3) [0 0 -1]']],
    [
      [2, 4, 9, 9],
      { type: 'Flatten', start_dim: 0, end_dim: 1 },
      ['l.tail = Shape(x) start=2 -> (2)', 'l.sizes = Concat(l.shape, l.tail) axis=0 -> (3)', 'l = Reshape(x, l.sizes) -> (8 9 9)'],
      ['l.shape int64 (1) [-1]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Flatten', start_dim: 1, end_dim: 2 },
      ['l.tail = Shape(x) start=3 -> (1)', 'l.sizes = Concat(l.shape, l.tail) axis=0 -> (3)', 'l = Reshape(x, l.sizes) -> (2 36 9)'],
      ['l.shape int64 (2) [0 -1]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Unflatten', dim: 1, unflattened_size: [2, -1] },
      ['l.tail = Shape(x) start=2 -> (2)', 'l.sizes = Concat(l.shape, l.tail) axis=0 -> (5)', 'l = Reshape(x, l.sizes) -> (2 2 2 9 9)'],
      ['l.shape int64 (3) [0 2 -1]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Unflatten', dim: -1, unflattened_size: [3, 3] },
      ['l = Reshape(x, l.shape) -> (2 4 9 3 3)'],
      ['l.shape int64 (5) [0 0 0 3 3]'],
    ],
  ]);
});

t.test('reshape and the order of axes', async (t) => {
  expectLowered(t, [
    [[2, 4, 9, 9], { type: 'Reshape', shape: [0, -1] }, ['l = Reshape(x, l.shape) -> (2 324)'], ['l.shape int64 (2) [0 -1]']],
    [[2, 4, 9, 9], { type: 'View', shape: [2, 4, 81] }, ['l = Reshape(x, l.shape) -> (2 4 81)'], ['l.shape int64 (3) [2 4 81]']],
    [[2, 4, 9, 9], { type: 'Permute', dims: [0, 2, 3, -3] }, ['l = Transpose(x) perm=[0,2,3,1] -> (2 9 9 4)'], []],
    [[2, 4, 9, 9], { type: 'Transpose', dim0: 1, dim1: -1 }, ['l = Transpose(x) perm=[0,3,2,1] -> (2 9 9 4)'], []],
  ]);
});

t.test('axes of size 1', async (t) => {
  expectLowered(t, [
    [[1, 3, 1], { type: 'Squeeze' }, ['l = Squeeze(x, l.axes) -> (3)'], ['l.axes int64 (2) [0 2]']],
    [[2, 4, 9, 9], { type: 'Squeeze', dim: 0 }, ['l = Identity(x) -> (2 4 9 9)'], []],
    [[1, 3, 1], { type: 'Squeeze', dim: [0, -1] }, ['l = Squeeze(x, l.axes) -> (3)'], ['l.axes int64 (2) [0 2]']],
    [[2, 4, 9, 9], { type: 'Unsqueeze', dim: -1 }, ['l = Unsqueeze(x, l.axes) -> (2 4 9 9 1)'], ['l.axes int64 (1) [4]']],
  ]);
});

t.test('channel shuffle', async (t) => {
  expectLowered(t, [
    [
      [2, 4, 9, 9],
      { type: 'ChannelShuffle', groups: 2 },
      [
        'l.grouped.tail = Shape(x) start=2 -> (2)',
        'l.grouped.sizes = Concat(l.grouped.shape, l.grouped.tail) axis=0 -> (5)',
        'l.grouped = Reshape(x, l.grouped.sizes) -> (2 2 2 9 9)',
        'l.turned = Transpose(l.grouped) perm=[0,2,1,3,4] -> (2 2 2 9 9)',
        'l.tail = Shape(l.turned) start=3 -> (2)',
        'l.sizes = Concat(l.shape, l.tail) axis=0 -> (4)',
        'l = Reshape(l.turned, l.sizes) -> (2 4 9 9)',
      ],
      ['l.grouped.shape int64 (3) [0 2 -1]', 'l.shape int64 (2) [0 -1]'],
    ],
    [
      [1, null, 'H'],
      { type: 'ChannelShuffle', groups: 2 },
      [
        'l.grouped.tail = Shape(x) start=2 -> (1)',
        'l.grouped.sizes = Concat(l.grouped.shape, l.grouped.tail) axis=0 -> (4)',
        'l.grouped = Reshape(x, l.grouped.sizes) -> (1 2 ? H)',
        'l.turned = Transpose(l.grouped) perm=[0,2,1,3] -> (1 ? 2 H)',
        'l.tail = Shape(l.turned) start=3 -> (1)',
        'l.sizes = Concat(l.shape, l.tail) axis=0 -> (3)',
        'l = Reshape(l.turned, l.sizes) -> (1 ? H)',
      ],
      ['l.grouped.shape int64 (3) [0 2 -1]', 'l.shape int64 (2) [0 -1]'],
    ],
  ]);
});
