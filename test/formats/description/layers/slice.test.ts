import t from 'tap';
import { expectLowered } from '../lower.ts';

t.test('ranges of positions', async (t) => {
  expectLowered(t, [
    [
      [2, 4, 9, 9],
      { type: 'Slice', dim: 1, start: 1 },
      ['l = Slice(x, l.starts, l.ends, l.axes, l.steps) -> (2 3 9 9)'],
      ['l.starts int64 (1) [1]', 'l.ends int64 (1) [9007199254740991]', 'l.axes int64 (1) [1]', 'l.steps int64 (1) [1]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Slice', dim: [2, 3], start: 1, end: -1, step: [1, 2] },
      ['l = Slice(x, l.starts, l.ends, l.axes, l.steps) -> (2 4 7 4)'],
      ['l.starts int64 (2) [1 1]', 'l.ends int64 (2) [-1 -1]', 'l.axes int64 (2) [2 3]', 'l.steps int64 (2) [1 2]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Narrow', dim: 2, start: 1, length: 3 },
      ['l = Slice(x, l.starts, l.ends, l.axes, l.steps) -> (2 4 3 9)'],
      ['l.starts int64 (1) [1]', 'l.ends int64 (1) [4]', 'l.axes int64 (1) [2]', 'l.steps int64 (1) [1]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Narrow', dim: 2, start: -3, length: 3 },
      ['l = Slice(x, l.starts, l.ends, l.axes, l.steps) -> (2 4 3 9)'],
      ['l.starts int64 (1) [-3]', 'l.ends int64 (1) [9007199254740991]', 'l.axes int64 (1) [2]', 'l.steps int64 (1) [1]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Narrow', dim: 2, start: -3, length: 2 },
      ['l = Slice(x, l.starts, l.ends, l.axes, l.steps) -> (2 4 2 9)'],
      ['l.starts int64 (1) [-3]', 'l.ends int64 (1) [-1]', 'l.axes int64 (1) [2]', 'l.steps int64 (1) [1]'],
    ],
    [[2, 4, 9, 9], { type: 'Select', dim: 1, index: 0 }, ['l = Gather(x, l.index) axis=1 -> (2 9 9)'], ['l.index int64 () [0]']],
  ]);
});

t.test('reductions', async (t) => {
  expectLowered(t, [
    [[2, 4, 9, 9], { type: 'Mean' }, ['l = ReduceMean(x) keepdims=0 -> ()'], []],
    [[2, 4, 9, 9], { type: 'Mean', dim: [2, 3] }, ['l = ReduceMean(x, l.axes) keepdims=0 -> (2 4)'], ['l.axes int64 (2) [2 3]']],
    [[2, 4, 9, 9], { type: 'Max', dim: 1, keepdim: true }, ['l = ReduceMax(x, l.axes) keepdims=1 -> (2 1 9 9)'], ['l.axes int64 (1) [1]']],
    [[2, 4, 9, 9], { type: 'Sum', dim: -1 }, ['l = ReduceSum(x, l.axes) keepdims=0 -> (2 4 9)'], ['l.axes int64 (1) [3]']],
    [[2, 4, 9, 9], { type: 'Min' }, ['l = ReduceMin(x) keepdims=0 -> ()'], []],
  ]);
});
