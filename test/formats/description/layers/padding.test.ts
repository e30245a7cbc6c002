import t from 'tap';
import { expectLowered } from '../lower.ts';

t.test('padding gives the last axis first, and cuts where negative', async (t) => {
  expectLowered(t, [
    [
      [2, 4, 9, 9],
      { type: 'ZeroPad2d', padding: 1 },
      ['l = Pad(x, l.pads) mode="constant" -> (2 4 11 11)'],
      ['l.pads int64 (8) [0 0 1 1 0 0 1 1]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'ZeroPad2d', padding: [1, 2, 3, 4] },
      ['l = Pad(x, l.pads) mode="constant" -> (2 4 16 12)'],
      ['l.pads int64 (8) [0 0 3 1 0 0 4 2]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'ConstantPad2d', padding: 1, value: 2 },
      ['l = Pad(x, l.pads, l.value) mode="constant" -> (2 4 11 11)'],
      ['l.pads int64 (8) [0 0 1 1 0 0 1 1]', 'l.value () [2]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'ConstantPad2d', padding: -1 },
      ['l = Pad(x, l.pads) mode="constant" -> (2 4 7 7)'],
      ['l.pads int64 (8) [0 0 -1 -1 0 0 -1 -1]'],
    ],
    [
      [1, 2, 5],
      { type: 'ReflectionPad1d', padding: 1 },
      ['l = Pad(x, l.pads) mode="reflect" -> (1 2 7)'],
      ['l.pads int64 (6) [0 0 1 0 0 1]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'ReplicationPad2d', padding: 1 },
      ['l = Pad(x, l.pads) mode="edge" -> (2 4 11 11)'],
      ['l.pads int64 (8) [0 0 1 1 0 0 1 1]'],
    ],
    [
      [2, 4, 9, 9],
      { type: 'CircularPad2d', padding: 1 },
      ['l = Pad(x, l.pads) mode="wrap" -> (2 4 11 11)'],
      ['l.pads int64 (8) [0 0 1 1 0 0 1 1]'],
    ],
  ]);
});
