import t from 'tap';
import { expectLowered } from '../lower.ts';

t.test('a linear layer is a Gemm for two axes, else a product and a sum', async (t) => {
  expectLowered(t, [
    [[2, 7], { type: 'Linear', out_features: 5 }, ['l = Gemm(x, l.weight, l.bias) transB=1 -> (2 5)'], ['l.weight (5 7)', 'l.bias (5)']],
    [
      [2, 7],
      { type: 'Linear', out_features: 5, bias: false, in_features: 7 },
      ['l = Gemm(x, l.weight) transB=1 -> (2 5)'],
      ['l.weight (5 7)'],
    ],
    [
      [2, 3, 7],
      { type: 'Linear', out_features: 5 },
      ['l.matmul = MatMul(x, l.weight) -> (2 3 5)', 'l = Add(l.matmul, l.bias) -> (2 3 5)'],
      ['l.weight (7 5)', 'l.bias (5)'],
    ],
    [[2, 3, 7], { type: 'Linear', out_features: 5, bias: false }, ['l = MatMul(x, l.weight) -> (2 3 5)'], ['l.weight (7 5)']],
  ]);
});
