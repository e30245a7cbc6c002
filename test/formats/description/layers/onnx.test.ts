import t from 'tap';
import { expectLowered } from '../lower.ts';

t.test('operators as they are', async (t) => {
  expectLowered(t, [
    [[2, 3], { type: 'onnx.Relu' }, ['l = Relu(x) -> (2 3)'], []],
    [
      [2, 4, 9, 9],
      {
        type: 'onnx.com.microsoft.Foo',
        num_outputs: 2,
        attributes: {
          a: 1,
          b: 'x',
          c: [1, 2],
          d: ['u'],
          e: [],
          t: { dtype: 'int64', shape: [2], data: [1, '9223372036854775807'] },
          big: '9223372036854775807',
          l: [1, '-9223372036854775808'],
        },
      },
      [
        'l = com.microsoft.Foo(x) a=1 b="x" c=[1,2] d=["u"] e=[] t=< int64 (2) [1 9223372036854776000]> big=9223372036854775807n l=[1,"-9223372036854775808n"] -> l.0 ?, l.1 ?',
      ],
      [],
    ],
    [
      [2, 4, 9, 9],
      { type: 'onnx.Foo', from: [null, { dtype: 'bool', shape: [1], data: [true] }], outputs: ['', 'h'] },
      ['l = Foo(, l.from.1) ->  ?, h ?'],
      ['l.from.1 bool (1) [1]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'onnx.RandomNormal', from: [], attributes: { shape: [2] }, num_outputs: 1 },
      ['l = RandomNormal() shape=[2] -> (2)'],
      [],
    ],
  ]);
});
