import t from 'tap';
import { expectLowered } from '../lower.ts';

t.test('a convolution takes PyTorch arguments', async (t) => {
  expectLowered(t, [
    [
      [2, 4, 9, 9],
      { type: 'Conv2d', out_channels: 8, kernel_size: [3, 5], stride: 2, padding: [1, 2], dilation: [1, 2], groups: 2 },
      ['l = Conv(x, l.weight, l.bias) kernel_shape=[3,5] strides=[2,2] dilations=[1,2] pads=[1,2,1,2] group=2 -> (2 8 5 3)'],
      ['l.weight (8 2 3 5)', 'l.bias (8)'],
    ],
    [
      [2, 4, 9],
      { type: 'Conv1d', out_channels: 8, kernel_size: 3, in_channels: 4 },
      ['l = Conv(x, l.weight, l.bias) kernel_shape=[3] strides=[1] dilations=[1] pads=[0,0] group=1 -> (2 8 7)'],
      ['l.weight (8 4 3)', 'l.bias (8)'],
    ],
    [
      [2, 4, 9, 9, 9],
      { type: 'Conv3d', out_channels: 8, kernel_size: 3 },
      ['l = Conv(x, l.weight, l.bias) kernel_shape=[3,3,3] strides=[1,1,1] dilations=[1,1,1] pads=[0,0,0,0,0,0] group=1 -> (2 8 7 7 7)'],
      ['l.weight (8 4 3 3 3)', 'l.bias (8)'],
    ],
    [
      ['batch', null, 'H', null],
      {
        type: 'Conv2d',
        out_channels: 8,
        kernel_size: 3,
        in_channels: 4,
        padding: [
          [1, 2],
          [0, 1],
        ],
      },
      ['l = Conv(x, l.weight, l.bias) kernel_shape=[3,3] strides=[1,1] dilations=[1,1] pads=[1,0,2,1] group=1 -> (batch 8 ? ?)'],
      ['l.weight (8 4 3 3)', 'l.bias (8)'],
    ],
  ]);
});

t.test('padding by words', async (t) => {
  expectLowered(t, [
    [
      [2, 4, 9, 9],
      { type: 'Conv2d', out_channels: 8, kernel_size: 4, padding: 'same', bias: false },
      ['l = Conv(x, l.weight) kernel_shape=[4,4] strides=[1,1] dilations=[1,1] pads=[1,1,2,2] group=1 -> (2 8 9 9)'],
      ['l.weight (8 4 4 4)'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Conv2d', out_channels: 8, kernel_size: 4, padding: 'same_upper', stride: 2 },
      ['l = Conv(x, l.weight, l.bias) kernel_shape=[4,4] strides=[2,2] dilations=[1,1] auto_pad="SAME_UPPER" group=1 -> (2 8 5 5)'],
      ['l.weight (8 4 4 4)', 'l.bias (8)'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Conv2d', out_channels: 8, kernel_size: 4, padding: 'same_lower', stride: 2 },
      ['l = Conv(x, l.weight, l.bias) kernel_shape=[4,4] strides=[2,2] dilations=[1,1] auto_pad="SAME_LOWER" group=1 -> (2 8 5 5)'],
      ['l.weight (8 4 4 4)', 'l.bias (8)'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Conv2d', out_channels: 8, kernel_size: 4, padding: 'valid' },
      ['l = Conv(x, l.weight, l.bias) kernel_shape=[4,4] strides=[1,1] dilations=[1,1] pads=[0,0,0,0] group=1 -> (2 8 6 6)'],
      ['l.weight (8 4 4 4)', 'l.bias (8)'],
    ],
  ]);
});

t.test('padding with other than zeros is a layer before', async (t) => {
  expectLowered(t, [
    [
      [2, 4, 9, 9],
      {
        type: 'Conv2d',
        out_channels: 8,
        kernel_size: 3,
        padding: [
          [1, 2],
          [0, 3],
        ],
        padding_mode: 'reflect',
      },
      [
        'l.pad = Pad(x, l.pad.pads) mode="reflect" -> (2 4 12 12)',
        'l = Conv(l.pad, l.weight, l.bias) kernel_shape=[3,3] strides=[1,1] dilations=[1,1] pads=[0,0,0,0] group=1 -> (2 8 10 10)',
      ],
      ['l.pad.pads int64 (8) [0 0 1 0 0 0 2 3]', 'l.weight (8 4 3 3)', 'l.bias (8)'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Conv2d', out_channels: 8, kernel_size: 3, padding: 'same', padding_mode: 'replicate' },
      [
        'l.pad = Pad(x, l.pad.pads) mode="edge" -> (2 4 11 11)',
        'l = Conv(l.pad, l.weight, l.bias) kernel_shape=[3,3] strides=[1,1] dilations=[1,1] pads=[0,0,0,0] group=1 -> (2 8 9 9)',
      ],
      ['l.pad.pads int64 (8) [0 0 1 1 0 0 1 1]', 'l.weight (8 4 3 3)', 'l.bias (8)'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Conv2d', out_channels: 8, kernel_size: 3, padding_mode: 'circular' },
      ['l = Conv(x, l.weight, l.bias) kernel_shape=[3,3] strides=[1,1] dilations=[1,1] pads=[0,0,0,0] group=1 -> (2 8 7 7)'],
      ['l.weight (8 4 3 3)', 'l.bias (8)'],
    ],
  ]);
});

t.test('a transposed convolution', async (t) => {
  expectLowered(t, [
    [
      [2, 4, 9, 9],
      { type: 'ConvTranspose2d', out_channels: 6, kernel_size: 3, stride: 2, padding: 1, output_padding: 1, groups: 2 },
      [
        'l = ConvTranspose(x, l.weight, l.bias) kernel_shape=[3,3] strides=[2,2] dilations=[1,1] pads=[1,1,1,1] output_padding=[1,1] group=2 -> (2 6 18 18)',
      ],
      ['l.weight (4 3 3 3)', 'l.bias (6)'],
    ],
    [
      [2, 4, 9],
      { type: 'ConvTranspose1d', out_channels: 6, kernel_size: 2, stride: 2, bias: false },
      ['l = ConvTranspose(x, l.weight) kernel_shape=[2] strides=[2] dilations=[1] pads=[0,0] output_padding=[0] group=1 -> (2 6 18)'],
      ['l.weight (4 6 2)'],
    ],
  ]);
});
