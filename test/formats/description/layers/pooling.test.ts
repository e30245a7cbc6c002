import t from 'tap';
import { expectLowered } from '../lower.ts';

t.test('pools over windows', async (t) => {
  expectLowered(t, [
    [
      [2, 4, 9, 9],
      { type: 'MaxPool2d', kernel_size: 3, ceil_mode: true, stride: 2, padding: 1, dilation: 2 },
      ['l = MaxPool(x) kernel_shape=[3,3] strides=[2,2] dilations=[2,2] pads=[1,1,1,1] ceil_mode=1 -> (2 4 4 4)'],
      [],
    ],
    [
      [1, 1, 8],
      { type: 'MaxPool1d', kernel_size: 2 },
      ['l = MaxPool(x) kernel_shape=[2] strides=[2] dilations=[1] pads=[0,0] ceil_mode=0 -> (1 1 4)'],
      [],
    ],
    [
      [2, 4, 9, 9],
      { type: 'AvgPool2d', kernel_size: 2 },
      ['l = AveragePool(x) kernel_shape=[2,2] strides=[2,2] dilations=[1,1] pads=[0,0,0,0] ceil_mode=0 count_include_pad=1 -> (2 4 4 4)'],
      [],
    ],
    [
      [1, 1, 6, 6, 6],
      { type: 'AvgPool3d', kernel_size: 3, padding: 1, count_include_pad: false },
      [
        'l = AveragePool(x) kernel_shape=[3,3,3] strides=[3,3,3] dilations=[1,1,1] pads=[1,1,1,1,1,1] ceil_mode=0 count_include_pad=0 -> (1 1 2 2 2)',
      ],
      [],
    ],
    [
      [2, 4, 9, 9],
      { type: 'LPPool2d', norm_type: 2, kernel_size: 3 },
      ['l = LpPool(x) kernel_shape=[3,3] strides=[3,3] dilations=[1,1] pads=[0,0,0,0] ceil_mode=0 p=2 -> (2 4 3 3)'],
      [],
    ],
  ]);
});

t.test('adaptive pools', async (t) => {
  expectLowered(t, [
    [[2, 4, 9, 9], { type: 'AdaptiveAvgPool2d', output_size: 1 }, ['l = GlobalAveragePool(x) -> (2 4 1 1)'], []],
    [[2, 4, 9, 9], { type: 'AdaptiveMaxPool2d', output_size: [1, 1] }, ['l = GlobalMaxPool(x) -> (2 4 1 1)'], []],
    [[2, 4, 9, 9], { type: 'AdaptiveAvgPool2d', output_size: 3 }, ['l = fovea.AdaptiveAveragePool(x) output_size=[3,3] -> (2 4 3 3)'], []],
    [
      [2, 4, 9, 9],
      { type: 'AdaptiveMaxPool2d', output_size: [null, 4] },
      ['l = fovea.AdaptiveMaxPool(x) output_size=[9,4] -> (2 4 9 4)'],
      [],
    ],
  ]);
});
