import { readFileSync } from 'node:fs';
import t from 'tap';
import { readConfig } from '../../../src/config.ts';
import { analyze } from '../../../src/core/analyze.ts';
import type { FieldAxis, Layer, Report } from '../../../src/core/report.ts';
import { readDescription } from '../../../src/formats/description/index.ts';

type Json = Record<string, unknown>;

const { reader } = readConfig({}).limits;

function report(layers: readonly Json[], inputs: Json = { x: [1, 3, 224, 224] }): Report {
  const graph = readDescription({ version: 1, inputs, layers }, reader);
  return analyze({ graph, format: 'description', name: '', bytes: 0, sha256: '' });
}

function example(name: string): Report {
  const document: unknown = JSON.parse(readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8'));
  return analyze({ graph: readDescription(document, reader), format: 'description', name, bytes: 0, sha256: '' });
}

const axesOf = (layer: Layer | undefined): readonly FieldAxis[] => layer?.outputs[0]?.receptiveFields[0]?.axes ?? [];
const lastAxes = (of: Report) => axesOf(of.layers?.at(-1));

/** `[size, stride, padding]` of the layers of one operator, on the axis H. */
function along(of: Report, ...ops: string[]): (number | null)[][] {
  return (of.layers ?? [])
    .filter(({ op }) => ops.includes(op))
    .map((layer) => {
      const [h] = axesOf(layer) as [FieldAxis];
      return [h.size, h.stride, h.padding];
    });
}

const conv = (kernel: unknown, stride: unknown = 1, padding: unknown = 0, more: Json = {}): Json => {
  return { type: 'Conv2d', out_channels: 4, kernel_size: kernel, stride, padding, ...more };
};
const pool = (kernel: number, stride = kernel, padding = 0): Json => ({ type: 'MaxPool2d', kernel_size: kernel, stride, padding });

t.test('VGG-16 layer by layer', async (t) => {
  t.same(
    along(example('vgg16'), 'Conv', 'MaxPool').map(([size]) => size),
    [3, 5, 6, 10, 14, 16, 24, 32, 40, 44, 60, 76, 92, 100, 132, 164, 196, 212],
  );
  t.same(along(example('vgg16'), 'MaxPool').at(-1), [212, 32, 90]);
});

t.test('the last convolutional stage of the examples', async (t) => {
  t.same(along(example('resnet18'), 'Relu').at(-1), [435, 32, 217]);
  t.same(along(example('resnet50'), 'Relu').at(-1), [427, 32, 213]);
  t.same(along(example('mobilenet_v2'), 'Clip').at(-1), [491, 32, 245]);
  const [h, w] = lastAxes(example('unet')) as [FieldAxis, FieldAxis];
  t.match(h, { sizeMin: 188, size: 204, stride: 1 }, 'the original U-Net: by output phase');
  t.same({ ...h, axis: 'W', outputAxis: 3 }, w);
});

t.test('stages of ResNet-50 with the stride in the 3x3 (version 1.5) and what its units see at 224 pixels', async (t) => {
  const adds = along(example('resnet50'), 'Add');
  t.same(
    [2, 6, 12, 15].map((block) => adds[block]?.[0]),
    [35, 91, 267, 427],
  );
  t.equal(axesOf(example('resnet50').layers?.findLast(({ op }) => op === 'Add'))[0]?.visible, 224);
});

t.test('AlexNet of torchvision', async (t) => {
  const alexnet = report([conv(11, 4, 2), pool(3, 2), conv(5, 1, 2), pool(3, 2), conv(3, 1, 1), conv(3, 1, 1), conv(3, 1, 1), pool(3, 2)]);
  t.same(
    along(alexnet, 'Conv', 'MaxPool').map(([size]) => size),
    [11, 19, 51, 67, 99, 131, 163, 195],
  );
  const [h] = lastAxes(alexnet) as [FieldAxis];
  t.match(h, { stride: 32, padding: 66, center: 31 });
});

t.test('the AlexNet of the guide to receptive field arithmetic, 227 pixels', async (t) => {
  const layers = [conv(11, 4), pool(3, 2), conv(5, 1, 2), pool(3, 2), conv(3, 1, 1), conv(3, 1, 1), conv(3, 1, 1), pool(3, 2), conv(6)];
  const guide = report(layers, { x: [1, 3, 227, 227] });
  const rows = (guide.layers ?? []).map((layer) => {
    const [h] = axesOf(layer) as [FieldAxis];
    return [layer.outputs[0]?.shape?.[2], h.stride, h.size, (h.center ?? 0) + 0.5];
  });
  t.same(rows, [
    [55, 4, 11, 5.5],
    [27, 8, 19, 9.5],
    [27, 8, 51, 9.5],
    [13, 16, 67, 17.5],
    [13, 16, 99, 17.5],
    [13, 16, 131, 17.5],
    [13, 16, 163, 17.5],
    [6, 32, 195, 33.5],
    [1, 32, 355, 113.5],
  ]);
});

t.test('GoogLeNet merges branches of 1x1, 3x3, 3x3 and pooling', async (t) => {
  const inception = (from: string, name: string): Json[] => [
    { ...conv(1), name: `${name}a`, from },
    { ...conv(1), name: `${name}r`, from },
    { ...conv(3, 1, 1), name: `${name}b` },
    { ...pool(3, 1, 1), name: `${name}p`, from },
    { ...conv(1), name: `${name}c` },
    { type: 'Concat', name, from: [`${name}a`, `${name}b`, `${name}c`] },
  ];
  const blocks = (count: number, from: string, name: string) =>
    Array.from({ length: count }, (_, i) => inception(i === 0 ? from : `${name}${i - 1}`, `${name}${i}`)).flat();
  const ceil = { ceil_mode: true };
  const net = report([
    conv(7, 2, 3),
    { ...pool(3, 2), ...ceil },
    conv(1),
    conv(3, 1, 1),
    { ...pool(3, 2), ...ceil, name: 'pool2' },
    ...blocks(2, 'pool2', 'three'),
    { ...pool(3, 2), ...ceil, name: 'pool3' },
    ...blocks(5, 'pool3', 'four'),
    { ...pool(2, 2), ...ceil, name: 'pool4' },
    ...blocks(2, 'pool4', 'five'),
  ]);
  const stages = along(net, 'Concat');
  t.same([stages[1]?.[0], stages[6]?.[0], stages[8]?.[0]], [59, 235, 379]);
  t.same(stages[8], [379, 32, 167]);
});

t.test('a merge is the union of its branches, not the longest of them', async (t) => {
  const branches = (left: Json, right: Json) =>
    lastAxes(
      report([
        { ...left, name: 'l', from: 'x' },
        { ...right, name: 'r', from: 'x' },
        { type: 'Add', from: ['l', 'r'] },
      ]),
    );
  // Left sees -4..0, right 0..2: together 7, though the longer branch sees only 5.
  const shifted = branches(
    conv(5, 1, [
      [4, 0],
      [4, 0],
    ]),
    conv(3, 1, [
      [0, 2],
      [0, 2],
    ]),
  );
  t.match(shifted[0], { size: 7, sizeMin: 7, stride: 1, padding: 4, center: -1 });
  const uneven = branches(conv([3, 7], 1, [1, 3]), conv([5, 1], 1, [2, 0]));
  t.match(
    uneven,
    [
      { axis: 'H', size: 5 },
      { axis: 'W', size: 7 },
    ],
    'each axis on its own',
  );
});

t.test('a chain of dilated and strided convolutions', async (t) => {
  const chain = report([conv(3), conv(3, 2), conv(2, 2), conv(3, 1, 0, { dilation: 2 })]);
  t.same(
    along(chain, 'Conv').map(([size]) => size),
    [3, 5, 7, 23],
  );
});

t.test('PatchGAN by its number of layers', async (t) => {
  const patchgan = (n: number) =>
    report([...Array.from({ length: n }, () => conv(4, 2, 1)), conv(4, 1, 1), conv(4, 1, 1)], { x: [1, 3, 512, 512] });
  t.same(
    [1, 2, 3, 4, 5, 6].map((n) => lastAxes(patchgan(n))[0]?.size),
    [16, 34, 70, 142, 286, 574],
  );
});

t.test('WaveNet: dilations 1 to 512, one stack and three', async (t) => {
  const stack = Array.from({ length: 10 }, (_, i): Json => {
    return { type: 'Conv1d', out_channels: 4, kernel_size: 2, dilation: 2 ** i, padding: [[2 ** i, 0]] };
  });
  const wavenet = (stacks: number) => lastAxes(report(Array.from({ length: stacks }, () => stack).flat(), { x: [1, 1, 4000] }))[0];
  t.match(wavenet(1), { axis: 'T', size: 1024, padding: 1023, visible: 1024 });
  t.match(wavenet(3), { size: 3070 });
});

t.test('transposed convolutions read as many inputs as taps meet, by phase', async (t) => {
  const transposed = (kernel: number, stride: number) => {
    const layer = { type: 'ConvTranspose2d', out_channels: 4, kernel_size: kernel, stride };
    const [h] = lastAxes(report([layer], { x: [1, 3, 32, 32] })) as [FieldAxis];
    return [h.sizeMin, h.size];
  };
  t.same(transposed(2, 2), [1, 1]);
  t.same(transposed(3, 2), [1, 2]);
  t.same(transposed(4, 2), [2, 2]);
  t.same(transposed(5, 2), [2, 3]);
  t.same(transposed(1, 2), [0, 1]);
  t.same(transposed(4, 3), [1, 2]);
  t.same(transposed(16, 8), [2, 2]);
});

t.test('global pooling and gates: strict sees everything, local leaves the gate out', async (t) => {
  const net = report([
    { ...conv(3, 1, 1), name: 'c' },
    { type: 'AdaptiveAvgPool2d', output_size: 1 },
    conv(1),
    { type: 'Sigmoid', name: 'gate' },
    { type: 'Multiply', from: ['c', 'gate'] },
    conv(3, 1, 1),
  ]);
  const [h] = lastAxes(net) as [FieldAxis];
  t.match(h, { status: 'global', size: 224, sizeMin: 224, visible: 224, stride: null, padding: null, center: null });
  t.match(h.cause, /AveragePool/);
  t.match(h.local, { status: 'exact', size: 5, stride: 1, padding: 2, visible: 5 });
});

t.test('instance statistics are global, and not local', async (t) => {
  const [h] = lastAxes(report([conv(3, 1, 1), { type: 'InstanceNorm2d' }, conv(3, 1, 1)])) as [FieldAxis];
  t.match(h, { status: 'global', size: 224, local: { status: 'exact', size: 5 } });
});

t.test('sizes are not needed for the virtual field', async (t) => {
  const [h] = lastAxes(report([conv(3, 2, 1), conv(3, 2, 1)], { x: ['N', 3, 'H', 'W'] })) as [FieldAxis];
  t.match(h, { status: 'exact', size: 7, stride: 4, padding: 3, visible: null });
});

t.test('SAME padding: by size, and unknown without one', async (t) => {
  const same = (size: unknown) => lastAxes(report([conv(3, 2, 'same_upper'), conv(3, 2, 'same_upper')], { x: [1, 3, size, size] }))[0];
  t.match(same(224), { size: 7, stride: 4, padding: 0 });
  t.match(same(225), { size: 7, stride: 4, padding: 3 });
  t.match(same('S'), { size: 7, stride: 4, padding: null, center: null, cause: 'SAME padding of an unknown size' });
});

t.test('self-attention over patches is global', async (t) => {
  const vit = report([
    conv(16, 16),
    { type: 'Flatten', start_dim: 2 },
    { type: 'Permute', dims: [0, 2, 1] },
    { type: 'Linear', out_features: 8 },
    { type: 'MultiheadAttention', num_heads: 2 },
  ]);
  t.match(lastAxes(vit), [
    { axis: 'H', status: 'global', size: 224 },
    { axis: 'W', status: 'global', size: 224 },
  ]);
  t.match(axesOf(vit.layers?.[2]), [
    { size: 16, outputAxis: 1 },
    { size: 16, outputAxis: 1 },
  ]);
});
