import t from 'tap';
import { expectLowered } from '../lower.ts';

t.test('activations that are one operator', async (t) => {
  expectLowered(t, [
    [[2, 3], { type: 'ReLU' }, ['l = Relu(x) -> (2 3)'], []],
    [[2, 3], { type: 'SELU' }, ['l = Selu(x) -> (2 3)'], []],
    [[2, 3], { type: 'Mish' }, ['l = Mish(x) -> (2 3)'], []],
    [[2, 3], { type: 'Sigmoid' }, ['l = Sigmoid(x) -> (2 3)'], []],
    [[2, 3], { type: 'Tanh' }, ['l = Tanh(x) -> (2 3)'], []],
    [[2, 3], { type: 'Softplus' }, ['l = Softplus(x) -> (2 3)'], []],
    [[2, 3], { type: 'Softsign' }, ['l = Softsign(x) -> (2 3)'], []],
    [[2, 3], { type: 'Hardsigmoid' }, ['l = HardSigmoid(x) alpha=0.16666666666666666 beta=0.5 -> (2 3)'], []],
    [[2, 3], { type: 'Hardswish' }, ['l = HardSwish(x) -> (2 3)'], []],
    [[2, 3], { type: 'Dropout' }, ['l = Dropout(x) -> (2 3)'], []],
    [[2, 3], { type: 'Dropout1d' }, ['l = Dropout(x) -> (2 3)'], []],
    [[2, 3], { type: 'Dropout2d' }, ['l = Dropout(x) -> (2 3)'], []],
    [[2, 3], { type: 'Dropout3d' }, ['l = Dropout(x) -> (2 3)'], []],
    [[2, 3], { type: 'AlphaDropout' }, ['l = Dropout(x) -> (2 3)'], []],
    [[2, 3], { type: 'FeatureAlphaDropout' }, ['l = Dropout(x) -> (2 3)'], []],
    [[2, 3], { type: 'Identity' }, ['l = Identity(x) -> (2 3)'], []],
  ]);
});

t.test('activations with a number', async (t) => {
  expectLowered(t, [
    [[2, 3], { type: 'LeakyReLU' }, ['l = LeakyRelu(x) alpha=0.01 -> (2 3)'], []],
    [[2, 3], { type: 'LeakyReLU', negative_slope: 0.2, inplace: true }, ['l = LeakyRelu(x) alpha=0.2 -> (2 3)'], []],
    [[2, 3], { type: 'ELU' }, ['l = Elu(x) alpha=1 -> (2 3)'], []],
    [[2, 3], { type: 'CELU', alpha: 2 }, ['l = Celu(x) alpha=2 -> (2 3)'], []],
    [[2, 3], { type: 'GELU' }, ['l = Gelu(x) approximate="none" -> (2 3)'], []],
    [[2, 3], { type: 'GELU', approximate: 'tanh' }, ['l = Gelu(x) approximate="tanh" -> (2 3)'], []],
    [[2, 3], { type: 'ReLU6' }, ['l = Clip(x, l.min, l.max) -> (2 3)'], ['l.min () [0]', 'l.max () [6]']],
    [[2, 3], { type: 'Hardtanh', max_val: 2 }, ['l = Clip(x, l.min, l.max) -> (2 3)'], ['l.min () [-1]', 'l.max () [2]']],
  ]);
});

t.test('activations with parameters or several nodes', async (t) => {
  expectLowered(t, [
    [[2, 4, 9, 9], { type: 'PReLU' }, ['l = PRelu(x, l.weight) -> (2 4 9 9)'], ['l.weight (1)']],
    [[2, 4, 9, 9], { type: 'PReLU', num_parameters: 4 }, ['l = PRelu(x, l.weight) -> (2 4 9 9)'], ['l.weight (4 1 1)']],
    [[2, 4, 9, 9], { type: 'SiLU' }, ['l.sigmoid = Sigmoid(x) -> (2 4 9 9)', 'l = Mul(x, l.sigmoid) -> (2 4 9 9)'], []],
    [
      [2, 4, 9, 9],
      { type: 'GLU', dim: 1 },
      [
        'l.split = Split(x) axis=1 num_outputs=2 -> l.split.0 (2 2 9 9), l.split.1 (2 2 9 9)',
        'l.sigmoid = Sigmoid(l.split.1) -> (2 2 9 9)',
        'l = Mul(l.split.0, l.sigmoid) -> (2 2 9 9)',
      ],
      [],
    ],
  ]);
});

t.test('softmax chooses its axis as PyTorch does', async (t) => {
  expectLowered(t, [
    [[2, 4, 9, 9], { type: 'Softmax' }, ['l = Softmax(x) axis=1 -> (2 4 9 9)'], []],
    [[2, 3, 4], { type: 'Softmax' }, ['l = Softmax(x) axis=0 -> (2 3 4)'], []],
    [[2, 4, 9, 9], { type: 'LogSoftmax', dim: -1 }, ['l = LogSoftmax(x) axis=3 -> (2 4 9 9)'], []],
  ]);
});
