import t from 'tap';
import { expectLowered } from '../lower.ts';

t.test('upsampling by a factor and to a size', async (t) => {
  expectLowered(t, [
    [
      [2, 4, 9, 9],
      { type: 'Upsample', scale_factor: 2 },
      ['l = Resize(x, , l.scales) mode="nearest" coordinate_transformation_mode="asymmetric" nearest_mode="floor" -> (2 4 18 18)'],
      ['l.scales (4) [1 1 2 2]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Upsample', size: [18, 20], mode: 'bilinear' },
      ['l = Resize(x, , , l.sizes) axes=[2,3] mode="linear" coordinate_transformation_mode="half_pixel" -> (2 4 18 20)'],
      ['l.sizes int64 (2) [18 20]'],
    ],
    [
      [1, 2, 9],
      { type: 'Upsample', size: 18, mode: 'linear', align_corners: null },
      ['l = Resize(x, , , l.sizes) axes=[2] mode="linear" coordinate_transformation_mode="half_pixel" -> (1 2 18)'],
      ['l.sizes int64 (1) [18]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'Upsample', scale_factor: [2, 1.5], mode: 'bicubic', align_corners: true },
      ['l = Resize(x, , l.scales) mode="cubic" coordinate_transformation_mode="align_corners" cubic_coeff_a=-0.75 -> (2 4 18 13)'],
      ['l.scales (4) [1 1 2 1.5]'],
    ],
  ]);
});

t.test('pixels and channels', async (t) => {
  expectLowered(t, [
    [[2, 4, 9, 9], { type: 'PixelShuffle', upscale_factor: 2 }, ['l = DepthToSpace(x) blocksize=2 mode="CRD" -> (2 1 18 18)'], []],
    [[2, 4, 9, 9], { type: 'PixelUnshuffle', downscale_factor: 3 }, ['l = SpaceToDepth(x) blocksize=3 -> (2 36 3 3)'], []],
  ]);
});
