import t from 'tap';
import type { FieldAxis } from '../../../src/core/report.ts';
import { conv, fieldsOf, type Json, lastOf, regionsOf, times } from './described.ts';
import { csbdeep, studiedUnet, validUnet, vnet } from './encoder-decoder.ts';

// Decoders, whose field differs by output phase: the smallest and the largest size.

const sizesOf = (field: FieldAxis) => [field.sizeMin, field.size];

t.test('U-Nets of vinloo/u-net-receptive-field-study', async (t) => {
  const table = [
    // depth, kernel, smallest, largest
    [3, 2, 46, 54],
    [3, 3, 92, 100],
    [4, 3, 188, 204],
  ] as const;
  for (const [depth, kernel, smallest, largest] of table) {
    t.same(sizesOf(lastOf(studiedUnet(depth, kernel), [1, 1, 1024, 1024])), [smallest, largest], `depth ${depth}, kernel ${kernel}`);
  }
});

/** Pads by one position at the end what is raised to a size that was odd, as implementations for any size do. */
function padded(layers: readonly Json[], odd: readonly number[]): Json[] {
  return layers.flatMap((layer) => {
    const level = Number(/^up(\d)$/.exec(String(layer.name))?.[1] ?? Number.NaN);
    if (!odd.includes(level)) return [layer];
    return [
      { ...layer, name: `raised${level}` },
      { type: 'ZeroPad2d', name: `up${level}`, padding: [0, 1, 0, 1] },
    ];
  });
}

t.test('the U-Net of depth 4 and kernel 7: 580, of which 570 lie inside the image', async (t) => {
  // 572 -> 286 -> 143 -> 71 -> 35.
  const net = padded(studiedUnet(4, 7), [2, 3]);
  const field = lastOf(net, [1, 1, 572, 572]);
  t.equal(field.size, 580);
  t.equal(field.visible, 570);
  const regions = regionsOf(net, [1, 1, 572, 572]);
  t.equal(Math.max(...regions.map(([first, last]) => last - first + 1)), 570);
});

t.test('U-Nets without padding: of Ronneberger et al., and in three dimensions', async (t) => {
  const original = fieldsOf(validUnet(4), [1, 1, 572, 572]).get('decoder0');
  for (const axis of original ?? []) t.match(axis, { sizeMin: 188, size: 204, visible: 204, stride: 1 });
  t.equal(regionsOf(validUnet(4), [1, 1, 572, 572]).length, 388);
  const volume = fieldsOf(validUnet(3, 3), [1, 1, 132, 132, 132]).get('decoder0');
  t.equal(volume?.length, 3);
  for (const axis of volume ?? []) t.match(axis, { sizeMin: 92, size: 100, visible: 100, stride: 1 });
  t.equal(regionsOf(validUnet(3, 3), [1, 1, 132, 132, 132]).length, 44);
});

t.test('U-Nets of CSBDeep', async (t) => {
  const table = [
    [1, 18, 18],
    [2, 44, 44],
    [3, 92, 100],
    [4, 188, 204],
  ] as const;
  for (const [depth, smallest, largest] of table) {
    t.same(sizesOf(lastOf(csbdeep(depth, 3), [1, 1, 256, 256])), [smallest, largest], `depth ${depth}`);
  }
});

t.test('V-Net, by level', async (t) => {
  const fields = fieldsOf(vnet(), [1, 1, 64, 128, 128]);
  const table = [
    ['encoder0', 5, 5],
    ['encoder1', 22, 22],
    ['encoder2', 72, 72],
    ['encoder3', 172, 172],
    ['encoder4', 372, 372],
    ['decoder3', 468, 468],
    ['decoder2', 516, 516],
    ['decoder1', 532, 532],
    ['decoder0', 532, 548],
  ] as const;
  for (const [level, smallest, largest] of table) {
    for (const axis of fields.get(level) ?? []) t.same(sizesOf(axis), [smallest, largest], `${level}, ${axis.axis}`);
  }
});

const transposed = (kernel_size: number, stride: number, padding = 0, output_padding = 0): Json => {
  return { type: 'ConvTranspose2d', out_channels: 4, kernel_size, stride, padding, output_padding };
};

t.test('inputs per output of one transposed convolution', async (t) => {
  const table = [
    // kernel, stride, fewest, most
    [1, 2, 0, 1],
    [2, 2, 1, 1],
    [3, 2, 1, 2],
    [4, 2, 2, 2],
    [5, 2, 2, 3],
    [6, 2, 3, 3],
    [4, 3, 1, 2],
    [4, 4, 1, 1],
    [8, 4, 2, 2],
    [16, 8, 2, 2],
  ] as const;
  for (const [kernel, stride, fewest, most] of table) {
    t.same(sizesOf(lastOf([transposed(kernel, stride)], [1, 4, 16, 16])), [fewest, most], `kernel ${kernel}, stride ${stride}`);
  }
});

t.test('stacks of transposed convolutions', async (t) => {
  t.same(sizesOf(lastOf(times(3, transposed(4, 2, 1)), [1, 4, 16, 16])), [2, 3]);
  const hourglass = [...times(3, conv(3, 2, 1)), ...times(3, transposed(3, 2, 1, 1))];
  t.same(sizesOf(lastOf(hourglass, [1, 4, 64, 64])), [15, 23]);
});

t.test('upsampling before a convolution of kernel 3', async (t) => {
  const table = [
    ['nearest', 2, 2, 2],
    ['bilinear', 2, 3, 3],
    ['nearest', 4, 1, 2],
    ['bilinear', 4, 2, 3],
  ] as const;
  for (const [mode, scale_factor, smallest, largest] of table) {
    const field = lastOf([{ type: 'Upsample', scale_factor, mode }, conv(3, 1, 1)], [1, 4, 16, 16]);
    t.same(sizesOf(field), [smallest, largest], `${mode} by ${scale_factor}`);
  }
});
