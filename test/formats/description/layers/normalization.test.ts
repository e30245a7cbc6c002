import t from 'tap';
import { expectLowered } from '../lower.ts';

t.test('batch normalization has two parameters and two running statistics per channel', async (t) => {
  expectLowered(t, [
    [
      [2, 4, 9, 9],
      { type: 'BatchNorm2d' },
      ['l = BatchNormalization(x, l.weight, l.bias, l.running_mean, l.running_var) epsilon=0.00001 -> (2 4 9 9)'],
      ['l.weight (4)', 'l.bias (4)', 'l.running_mean (4)', 'l.running_var (4)'],
    ],
    [
      [2, 4],
      { type: 'BatchNorm1d', eps: 0.001, num_features: 4, momentum: null },
      ['l = BatchNormalization(x, l.weight, l.bias, l.running_mean, l.running_var) epsilon=0.001 -> (2 4)'],
      ['l.weight (4)', 'l.bias (4)', 'l.running_mean (4)', 'l.running_var (4)'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'BatchNorm2d', affine: false },
      [
        'l.scale = Expand(l.scale.value, l.scale.shape) -> (4)',
        'l.shift = Expand(l.shift.value, l.shift.shape) -> (4)',
        'l = BatchNormalization(x, l.scale, l.shift, l.running_mean, l.running_var) epsilon=0.00001 -> (2 4 9 9)',
      ],
      [
        'l.scale.value () [1]',
        'l.scale.shape int64 (1) [4]',
        'l.shift.value () [0]',
        'l.shift.shape int64 (1) [4]',
        'l.running_mean (4)',
        'l.running_var (4)',
      ],
    ],
    [
      [2, 4],
      { type: 'BatchNorm1d', track_running_stats: false },
      [
        'l.mean = Expand(l.mean.value, l.mean.shape) -> (4)',
        'l.var = Expand(l.var.value, l.var.shape) -> (4)',
        'l = BatchNormalization(x, l.weight, l.bias, l.mean, l.var) epsilon=0.00001 training_mode=1 -> (2 4)',
      ],
      [
        'l.mean.value () [0]',
        'l.mean.shape int64 (1) [4]',
        'l.var.value () [1]',
        'l.var.shape int64 (1) [4]',
        'l.weight (4)',
        'l.bias (4)',
      ],
    ],
  ]);
});

t.test('instance normalization learns nothing unless asked', async (t) => {
  expectLowered(t, [
    [
      [2, 4, 9, 9],
      { type: 'InstanceNorm2d' },
      [
        'l.scale = Expand(l.scale.value, l.scale.shape) -> (4)',
        'l.shift = Expand(l.shift.value, l.shift.shape) -> (4)',
        'l = InstanceNormalization(x, l.scale, l.shift) epsilon=0.00001 -> (2 4 9 9)',
      ],
      ['l.scale.value () [1]', 'l.scale.shape int64 (1) [4]', 'l.shift.value () [0]', 'l.shift.shape int64 (1) [4]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'InstanceNorm2d', affine: true },
      ['l = InstanceNormalization(x, l.weight, l.bias) epsilon=0.00001 -> (2 4 9 9)'],
      ['l.weight (4)', 'l.bias (4)'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'InstanceNorm2d', affine: true, track_running_stats: true },
      ['l = BatchNormalization(x, l.weight, l.bias, l.running_mean, l.running_var) epsilon=0.00001 -> (2 4 9 9)'],
      ['l.weight (4)', 'l.bias (4)', 'l.running_mean (4)', 'l.running_var (4)'],
    ],
  ]);
});

t.test('group, layer and root mean square normalization', async (t) => {
  expectLowered(t, [
    [
      [2, 4, 9, 9],
      { type: 'GroupNorm', num_groups: 2 },
      ['l = GroupNormalization(x, l.weight, l.bias) epsilon=0.00001 num_groups=2 -> (2 4 9 9)'],
      ['l.weight (4)', 'l.bias (4)'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'LayerNorm' },
      ['l = LayerNormalization(x, l.weight, l.bias) axis=-1 epsilon=0.00001 -> (2 4 9 9)'],
      ['l.weight (9)', 'l.bias (9)'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'LayerNorm', normalized_shape: [9, 9], bias: false },
      ['l = LayerNormalization(x, l.weight) axis=-2 epsilon=0.00001 -> (2 4 9 9)'],
      ['l.weight (9 9)'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'LayerNorm', elementwise_affine: false },
      ['l = LayerNormalization(x, l.scale) axis=-1 epsilon=0.00001 -> (2 4 9 9)'],
      ['l.scale () [1]'],
    ],
    [
      ['batch', null, null],
      { type: 'RMSNorm', normalized_shape: 9 },
      ['l = RMSNormalization(x, l.weight) axis=-1 epsilon=1.1920928955078125e-7 -> (batch ? ?)'],
      ['l.weight (9)'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'RMSNorm', elementwise_affine: false },
      ['l = RMSNormalization(x, l.scale) axis=-1 epsilon=1.1920928955078125e-7 -> (2 4 9 9)'],
      ['l.scale () [1]'],
    ],
    [[2, 4, 9, 9], { type: 'LocalResponseNorm', size: 5 }, ['l = LRN(x) size=5 alpha=0.0001 beta=0.75 bias=1 -> (2 4 9 9)'], []],
  ]);
});
