import t from 'tap';
import type { FieldAxis } from '../../../src/core/report.ts';
import { averagePool, chainOf, conv, fieldsOf, type Json, lastOf, maxPool, regionsOf, times } from './described.ts';

// Classifiers, detectors and sequence models, and what other tools say of them.

const sizesOf = (fields: readonly FieldAxis[]) => fields.map(({ size }) => size);
const IMAGE = [1, 3, 224, 224];

// ResNets.

/** Version 1 strides in the first 1x1 of a block, version 1.5 in the 3x3. */
function resnet50(version: 1 | 1.5): Json[] {
  let from = 'stem';
  const body = [3, 4, 6, 3].flatMap((units, stage) =>
    Array.from({ length: units }, (_, unit) => {
      const stride = unit === 0 && stage > 0 ? 2 : 1;
      const name = unit === units - 1 ? `stage${stage + 1}` : `s${stage}u${unit}`;
      const layers = [
        ...(unit === 0 ? [{ ...conv(1, stride), from, name: `${name}shortcut` }] : []),
        { ...conv(1, version === 1 ? stride : 1), from },
        conv(3, version === 1 ? 1 : stride, 1),
        { ...conv(1), name: `${name}main` },
        { type: 'Add', name, from: [`${name}main`, unit === 0 ? `${name}shortcut` : from] },
      ];
      from = name;
      return layers;
    }).flat(),
  );
  return [conv(7, 2, 3), { ...maxPool(3, 2, 1), name: 'stem' }, ...body];
}

const STAGES = ['stage1', 'stage2', 'stage3', 'stage4'];

t.test('ResNet-50 by stage: version 1 and 1.5', async (t) => {
  const table = [
    [1, 35, 99, 291, 483],
    [1.5, 35, 91, 267, 427],
  ] as const;
  for (const [version, ...stages] of table) {
    const fields = fieldsOf(resnet50(version), IMAGE);
    t.same(
      STAGES.map((stage) => fields.get(stage)?.[0]?.size),
      stages,
      `version ${version}`,
    );
  }
  t.match(lastOf(resnet50(1.5), IMAGE), { stride: 32, padding: 213 });
});

t.test('what the seven units of ResNet-50 see of 224 pixels', async (t) => {
  t.same(regionsOf(resnet50(1.5), IMAGE), [[0, 213], ...Array.from({ length: 6 }, () => [0, 223])]);
});

t.test('ResNet-18 of torchvision by stage', async (t) => {
  const basic = [1, 2, 2, 2].flatMap((stride, stage) => {
    const unit = (stride: number, from: string, name: string): Json[] => [
      { ...conv(1, stride), from, name: `${name}s` },
      { ...conv(3, stride, 1), from },
      { ...conv(3, 1, 1), name: `${name}m` },
      { type: 'Add', name, from: [`${name}s`, `${name}m`] },
    ];
    return [...unit(stride, stage === 0 ? 'stem' : `stage${stage}`, `half${stage}`), ...unit(1, `half${stage}`, `stage${stage + 1}`)];
  });
  const fields = fieldsOf([conv(7, 2, 3), { ...maxPool(3, 2, 1), name: 'stem' }, ...basic], IMAGE);
  t.same(
    STAGES.map((stage) => fields.get(stage)?.[0]?.size),
    [43, 99, 211, 435],
  );
});

// AlexNet.

const ALEXNET = [conv(11, 4, 2), maxPool(3, 2), conv(5, 1, 2), maxPool(3, 2), ...times(3, conv(3, 1, 1)), maxPool(3, 2)];

t.test('AlexNet of torchvision: regions of the third convolution at 224 pixels', async (t) => {
  const third = ALEXNET.slice(0, 5);
  t.equal(lastOf(third, IMAGE).size, 99);
  const regions = regionsOf(third, IMAGE);
  t.equal(regions.length, 13);
  t.same(
    [regions[0], regions[6], regions[12]],
    [
      [0, 64],
      [62, 160],
      [158, 223],
    ],
  );
});

t.test('the AlexNet of the guide to receptive field arithmetic: starts do not depend on columns that are dropped', async (t) => {
  const layers = [conv(11, 4), ...ALEXNET.slice(1)];
  // The published script centres what floor() drops: it prints 6.5, 10.5, 10.5, 26.5 at 284 pixels, and 62.5 for pool5 at 224.
  for (const size of [284, 224, 227]) {
    const starts = chainOf(layers, [1, 3, size, size]).map(({ center }) => Number(center) + 0.5);
    t.same(starts, [5.5, 9.5, 9.5, 17.5, 17.5, 17.5, 17.5, 33.5], `${size} pixels`);
  }
});

// Other classifiers and detectors.

const vgg16 = [2, 2, 3, 3, 3].flatMap((convs) => [...times(convs, conv(3, 1, 1)), maxPool(2)]);

t.test('region proposals and fully convolutional heads', async (t) => {
  const rpn = conv(3, 1, 1);
  const zf = [conv(7, 2, 3), maxPool(3, 2, 1), conv(5, 2, 2), maxPool(3, 2, 1), ...times(3, conv(3, 1, 1))];
  const table: [string, readonly Json[], number][] = [
    ['VGG-16 conv5_3', vgg16.slice(0, -1), 196],
    ['VGG-16 with an RPN', [...vgg16.slice(0, -1), rpn], 228],
    ['VGG-16 with fc6 as a convolution', [...vgg16, conv(7)], 404],
    ['ZF conv5', zf, 139],
    ['ZF with an RPN', [...zf, rpn], 171],
  ];
  for (const [name, layers, size] of table) t.equal(lastOf(layers, IMAGE).size, size, name);
});

/** Inception modules with a widest branch of this kernel. */
function modules(count: number, kernel: number, from: string, name: string): Json[] {
  return Array.from({ length: count }, (_, i) => {
    const [before, own] = [i === 0 ? from : `${name}${i - 1}`, i === count - 1 ? name : `${name}${i}`];
    return [
      { ...conv(1), name: `${own}a`, from: before },
      { ...conv(1), from: before },
      { ...conv(3, 1, 1), name: `${own}b` },
      { ...conv(1), from: before },
      { ...conv(kernel, 1, (kernel - 1) / 2), name: `${own}c` },
      { ...maxPool(3, 1, 1), from: before },
      { ...conv(1), name: `${own}d` },
      { type: 'Concat', name: own, from: ['a', 'b', 'c', 'd'].map((branch) => own + branch) },
    ];
  }).flat();
}

t.test('GoogLeNet of the paper (a branch of 5x5) and of torchvision (3x3, and a last pool of 2)', async (t) => {
  const ceil = { ceil_mode: true };
  const googlenet = (kernel: number, lastPool: number) => [
    conv(7, 2, 3),
    maxPool(3, 2, 0, ceil),
    conv(1),
    conv(3, 1, 1),
    maxPool(3, 2, 0, { ...ceil, name: 'pool2' }),
    ...modules(2, kernel, 'pool2', 'three'),
    maxPool(3, 2, 0, { ...ceil, name: 'pool3' }),
    ...modules(5, kernel, 'pool3', 'four'),
    maxPool(lastPool, 2, 0, { ...ceil, name: 'pool4' }),
    ...modules(2, kernel, 'pool4', 'five'),
  ];
  const table = [
    [5, 3, 91, 427, 715],
    [3, 2, 59, 235, 379],
  ] as const;
  for (const [kernel, lastPool, ...stages] of table) {
    const fields = fieldsOf(googlenet(kernel, lastPool), IMAGE);
    t.same(
      ['three', 'four', 'five'].map((stage) => fields.get(stage)?.[0]?.size),
      stages,
      `${kernel}x${kernel}`,
    );
  }
});

/** Darknet-53 and the three heads of YOLOv3. */
function yolov3(): Json[] {
  let from = 'stem';
  const stages = [1, 2, 8, 8, 4].flatMap((units, stage) => {
    const down: Json = { ...conv(3, 2, 1), from, name: `down${stage}` };
    from = `down${stage}`;
    const body = Array.from({ length: units }, (_, unit) => {
      const name = unit === units - 1 ? `stage${stage}` : `s${stage}u${unit}`;
      const layers = [
        { ...conv(1), from },
        { ...conv(3, 1, 1), name: `${name}m` },
        { type: 'Add', name, from: [from, `${name}m`] },
      ];
      from = name;
      return layers;
    });
    return [down, ...body.flat()];
  });
  const head = (name: string): Json[] => [
    ...times(2, conv(1), conv(3, 1, 1)),
    { ...conv(1), name: `${name}route` },
    conv(3, 1, 1),
    { ...conv(1), name },
  ];
  const up = (route: string, skip: string): Json[] => [
    { ...conv(1), from: route },
    { type: 'Upsample', scale_factor: 2, name: `${skip}up` },
    { type: 'Concat', from: [`${skip}up`, skip] },
  ];
  return [
    { ...conv(3, 1, 1), name: 'stem' },
    ...stages,
    ...head('large'),
    ...up('largeroute', 'stage3'),
    ...head('medium'),
    ...up('mediumroute', 'stage2'),
    ...head('small'),
  ];
}

t.test('the heads of YOLOv3 see through the upsampling, too', async (t) => {
  const fields = fieldsOf(yolov3(), [1, 3, 416, 416]);
  const table = [
    ['large', 32, 917, 917],
    ['medium', 16, 949, 949],
    ['small', 8, 949, 981],
  ] as const;
  for (const [head, stride, sizeMin, size] of table) t.match(fields.get(head)?.[0], { stride, sizeMin, size }, head);
});

// Sequences.

/** The residual blocks of keras-tcn: two causal convolutions for each dilation. */
function tcn(kernel_size: number, dilations: readonly number[], stacks: number): Json[] {
  let from = 'x';
  return Array.from({ length: stacks }, () => dilations)
    .flat()
    .flatMap((dilation, block) => {
      const causal = { type: 'Conv1d', out_channels: 4, kernel_size, dilation, padding: [[dilation * (kernel_size - 1), 0]] };
      const layers = [
        { ...causal, from },
        { ...causal, name: `m${block}` },
        { type: 'Add', name: `b${block}`, from: [from, `m${block}`] },
      ];
      from = `b${block}`;
      return layers;
    });
}

t.test('the temporal networks of keras-tcn: 1 + 2 stacks (k - 1) sum of dilations', async (t) => {
  const table = [
    [3, [1, 3, 5], 1, 37],
    [4, [1, 2, 4, 8, 16, 32], 1, 379],
    [3, [1, 2, 4], 2, 57],
    [6, [1, 2], 1, 31],
  ] as const;
  for (const [kernel, dilations, stacks, size] of table) {
    const field = lastOf(tcn(kernel, dilations, stacks), [1, 4, 500]);
    t.match(field, { axis: 'T', size, sizeMin: size, padding: size - 1 }, `kernel ${kernel}, ${dilations.join()}, ${stacks} stacks`);
  }
});

// What other tools have as their own tests.

t.test('chains of other tools', async (t) => {
  const table: [string, readonly Json[], number[]][] = [
    ['receptive_field_analysis_toolbox', times(5, conv(3)), [3, 5, 7, 9, 11]],
    ['the same with strides', [conv(3), conv(3, 2), conv(3), conv(3, 2), conv(3)], [3, 5, 9, 13, 21]],
    ['pytorch-receptive-field', [conv(7, 2, 3), maxPool(3, 2, 1), averagePool(3, 2, 1)], [7, 11, 19]],
  ];
  for (const [tool, layers, sizes] of table) t.same(sizesOf(chainOf(layers, [1, 4, 96, 96])), sizes, tool);
});

t.test('kernels that are not square, in a chain', async (t) => {
  const chain = [conv(3), conv([3, 5]), conv([3, 5])];
  const [h, w] = [0, 1].map((axis) => sizesOf(chainOf(chain, IMAGE, axis)));
  t.same(h, [3, 5, 7]);
  t.same(w, [3, 7, 11]);
});

t.test('size, stride and offset as fornaxai/receptivefield has them', async (t) => {
  const pooled = averagePool(2);
  const table: [readonly Json[], Json][] = [
    [[conv(7), conv(5), pooled, conv(5)], { size: 20, stride: 2, center: 9.5 }],
    [[conv(5), conv(3), pooled, ...times(2, conv(3)), pooled, ...times(2, conv(3))], { size: 34, stride: 4, center: 16.5 }],
  ];
  for (const [layers, wanted] of table) t.match(lastOf(layers, [1, 3, 96, 96]), wanted, 'its offset is the centre + 0.5');
});

t.test('start and regions as Fangyh09/pytorch-receptive-field has them', async (t) => {
  const layers = [conv(7, 2, 3), maxPool(3, 2, 1), averagePool(3, 2, 1)];
  const told = chainOf(layers, [1, 3, 256, 256]).map(({ stride, center }) => [stride, Number(center) + 0.5]);
  t.same(told, [
    [2, 0.5],
    [4, 0.5],
    [8, 0.5],
  ]);
  t.same(regionsOf(layers.slice(0, 1), [1, 3, 256, 256])[1], [0, 5]);
  const volume = [
    { type: 'Conv3d', out_channels: 4, kernel_size: 3, padding: 1 },
    { type: 'MaxPool3d', kernel_size: 2, stride: 2, padding: 1 },
  ];
  for (const axis of [0, 1, 2]) {
    const fields = chainOf(volume, [1, 4, 16, 64, 64], axis).map(({ size, center }) => [size, Number(center) + 0.5]);
    t.same(fields, [
      [3, 0.5],
      [4, 0],
    ]);
  }
});

t.test('size and centre as Erotemic/netharn has them', async (t) => {
  t.match(lastOf([conv(5, 2, 2, { dilation: 3 })], IMAGE), { size: 13, center: 4 });
  // PyTorch pads by no more than half the window.
  const pool = { type: 'onnx.MaxPool', attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [2, 2, 2, 2] } };
  t.match(lastOf([pool], IMAGE), { center: -1 });
});

// Small ones.

t.test('branches of different strides, unit by unit', async (t) => {
  const layers = [
    { type: 'ZeroPad2d', from: 'x', padding: [2, 1, 2, 1] },
    { ...conv(5, 2), name: 'strided' },
    { ...conv(3), from: 'x' },
    { ...conv(3), name: 'plain' },
    { type: 'Add', from: ['strided', 'plain'] },
  ];
  t.same(regionsOf(layers, [1, 4, 8, 8]), [
    [0, 4],
    [0, 5],
    [2, 6],
    [3, 7],
  ]);
});

t.test('regions of the two layers of Araujo et al., and of both ways through a block of ResNet-D', async (t) => {
  const begin = [
    [1, 0],
    [1, 0],
  ];
  t.match(lastOf([conv(3, 3, begin), conv(2)], IMAGE), { size: 6, padding: 1 }, 'unit 0 covers -1 to 4');
  const ways = [[conv(3, 2, 1), conv(3, 1, 1)], [averagePool(2)]];
  t.same(
    ways.map((way) => regionsOf(way, [1, 3, 65, 65])[8]),
    [
      [13, 19],
      [16, 17],
    ],
  );
});
