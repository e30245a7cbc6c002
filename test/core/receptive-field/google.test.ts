import t from 'tap';
import { conv, fieldsOf, type Json, maxPool } from './described.ts';

// The table of google-research/receptive_field: size, stride and padding at the end points of seven networks of TF-slim, at
// 224 and at 321 pixels. Padding that depends on the size of the image is written a/b, and is not known without a size.

const SAME = 'same_upper';
const named = (name: string, layer: Json): Json => ({ ...layer, name });
const same = (name: string, kernel: number, stride = 1) => named(name, conv(kernel, stride, SAME));
const valid = (name: string, kernel: number, stride = 1) => named(name, conv(kernel, stride, 0));
const pool = (name: string, kernel: number, padding: unknown) => named(name, maxPool(kernel, 2, padding));

/** Branches beside each other, each a chain of layers, joined by channels. */
function mixed(name: string, from: string, branches: readonly (readonly Json[])[]): Json[] {
  const layers = branches.flatMap((branch, b) =>
    branch.map((layer, i) => ({ ...layer, name: `${name}_${b}_${i}`, from: i === 0 ? from : `${name}_${b}_${i - 1}` })),
  );
  return [...layers, { type: 'Concat', name, from: branches.map((branch, b) => `${name}_${b}_${branch.length - 1}`) }];
}

/** Blocks one after the other. */
function blocks(names: readonly string[], from: string, branches: readonly (readonly Json[])[]): Json[] {
  return names.flatMap((name, i) => mixed(name, i === 0 ? from : (names[i - 1] as string), branches));
}

const c = (kernel: unknown, stride = 1, padding: unknown = SAME) => conv(kernel, stride, padding);
const POOLED = [{ type: 'AvgPool2d', kernel_size: 3, stride: 1, padding: 1 }, c(1)];

const alexnetV2 = [
  valid('conv1', 11, 4),
  pool('pool1', 3, 0),
  same('conv2', 5),
  pool('pool2', 3, 0),
  same('conv3', 3),
  same('conv4', 3),
  same('conv5', 3),
  pool('pool5', 3, 0),
];

const vgg16 = [2, 2, 3, 3, 3].flatMap((convs, i) => [
  ...Array.from({ length: convs }, (_, j) => same(`conv${i + 1}_${j + 1}`, 3)),
  pool(`pool${i + 1}`, 2, 0),
]);

const V2 = [[c(1)], [c(1), c(3)], [c(1), c(3), c(3)], POOLED];
const V2_REDUCTION = [[c(1), c(3, 2)], [c(1), c(3), c(3, 2)], [maxPool(3, 2, SAME)]];
const inceptionV2 = [
  same('Conv2d_1a_7x7', 7, 2),
  pool('MaxPool_2a_3x3', 3, SAME),
  same('Conv2d_2b_1x1', 1),
  same('Conv2d_2c_3x3', 3),
  pool('MaxPool_3a_3x3', 3, SAME),
  ...blocks(['Mixed_3b', 'Mixed_3c'], 'MaxPool_3a_3x3', V2),
  ...mixed('Mixed_4a', 'Mixed_3c', V2_REDUCTION),
  ...blocks(['Mixed_4b', 'Mixed_4c', 'Mixed_4d', 'Mixed_4e'], 'Mixed_4a', V2),
  ...mixed('Mixed_5a', 'Mixed_4e', V2_REDUCTION),
  ...blocks(['Mixed_5b', 'Mixed_5c'], 'Mixed_5a', V2),
];

const [ROW, COLUMN] = [
  [1, 7],
  [7, 1],
] as const;
const inceptionV3 = [
  valid('Conv2d_1a_3x3', 3, 2),
  valid('Conv2d_2a_3x3', 3),
  same('Conv2d_2b_3x3', 3),
  pool('MaxPool_3a_3x3', 3, 0),
  valid('Conv2d_3b_1x1', 1),
  valid('Conv2d_4a_3x3', 3),
  pool('MaxPool_5a_3x3', 3, 0),
  ...blocks(['Mixed_5b', 'Mixed_5c', 'Mixed_5d'], 'MaxPool_5a_3x3', [[c(1)], [c(1), c(5)], [c(1), c(3), c(3)], POOLED]),
  ...mixed('Mixed_6a', 'Mixed_5d', [[c(3, 2, 0)], [c(1), c(3), c(3, 2, 0)], [maxPool(3, 2)]]),
  ...blocks(['Mixed_6b', 'Mixed_6c', 'Mixed_6d', 'Mixed_6e'], 'Mixed_6a', [
    [c(1)],
    [c(1), c(ROW), c(COLUMN)],
    [c(1), c(COLUMN), c(ROW), c(COLUMN), c(ROW)],
    POOLED,
  ]),
  ...mixed('Mixed_7a', 'Mixed_6e', [[c(1), c(3, 2, 0)], [c(1), c(ROW), c(COLUMN), c(3, 2, 0)], [maxPool(3, 2)]]),
  // What forks into 1x3 and 3x1 inside a branch is written as two branches.
  ...blocks(['Mixed_7b', 'Mixed_7c'], 'Mixed_7a', [
    [c(1)],
    [c(1), c([1, 3])],
    [c(1), c([3, 1])],
    [c(1), c(3), c([1, 3])],
    [c(1), c(3), c([3, 1])],
    POOLED,
  ]),
];

const mobilenetV1 = [
  same('Conv2d_0', 3, 2),
  ...[1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1].flatMap((stride, i) => [
    { ...conv(3, stride, SAME), groups: 4 },
    same(`Conv2d_${i + 1}_pointwise`, 1),
  ]),
];

/** TF-slim strides in the last unit of a block, by an explicit padding; its shortcut then is a max pool of kernel 1. */
function resnetV1(units: readonly number[]): Json[] {
  const stem = [conv(7, 2, 3), pool('pool1', 3, SAME)];
  let from = 'pool1';
  const body = units.flatMap((count, block) =>
    Array.from({ length: count }, (_, unit) => {
      const last = unit === count - 1;
      const stride = last && block < 3 ? 2 : 1;
      const name = last ? `block${block + 1}` : `block${block + 1}_unit${unit}`;
      const shortcut = unit === 0 ? conv(1, stride) : maxPool(1, stride);
      const layers = [
        named(`${name}_shortcut`, { ...shortcut, from }),
        named(`${name}_1`, { ...conv(1), from }),
        conv(3, stride, 1),
        named(`${name}_3`, conv(1)),
        named(name, { type: 'Add', from: [`${name}_shortcut`, `${name}_3`] }),
      ];
      from = name;
      return layers;
    }).flat(),
  );
  return [...stem, ...body];
}

const TABLE: Record<string, { layers: readonly Json[]; rows: string }> = {
  alexnet_v2: {
    layers: alexnetV2,
    rows: `
      conv1 11 4 0
      pool1 19 8 0
      conv2 51 8 16
      conv3 99 16 32
      conv4 131 16 48
      conv5 163 16 64
      pool5 195 32 64`,
  },
  vgg_16: {
    layers: vgg16,
    rows: `
      conv1_1 3 1 1
      pool1 6 2 2
      conv2_1 10 2 4
      pool2 16 4 6
      conv3_1 24 4 10
      conv3_2 32 4 14
      pool3 44 8 18
      conv4_1 60 8 26
      conv4_2 76 8 34
      pool4 100 16 42
      conv5_1 132 16 58
      conv5_2 164 16 74
      pool5 212 32 90`,
  },
  inception_v2: {
    layers: inceptionV2,
    rows: `
      Conv2d_1a_7x7 7 2 2/3
      MaxPool_2a_3x3 11 4 2/5
      Conv2d_2b_1x1 11 4 2/5
      Conv2d_2c_3x3 19 4 6/9
      MaxPool_3a_3x3 27 8 6/13
      Mixed_3b 59 8 22/29
      Mixed_3c 91 8 38/45
      Mixed_4a 123 16 46/61
      Mixed_4b 187 16 78/93
      Mixed_4c 251 16 110/125
      Mixed_4d 315 16 142/157
      Mixed_4e 379 16 174/189
      Mixed_5a 443 32 190/221
      Mixed_5b 571 32 254/285
      Mixed_5c 699 32 318/349`,
  },
  inception_v3: {
    layers: inceptionV3,
    rows: `
      Conv2d_1a_3x3 3 2 0
      Conv2d_2a_3x3 7 2 0
      Conv2d_2b_3x3 11 2 2
      MaxPool_3a_3x3 15 4 2
      Conv2d_3b_1x1 15 4 2
      Conv2d_4a_3x3 23 4 2
      MaxPool_5a_3x3 31 8 2
      Mixed_5b 63 8 18
      Mixed_5c 95 8 34
      Mixed_5d 127 8 50
      Mixed_6a 159 16 58
      Mixed_6b 351 16 154
      Mixed_6c 543 16 250
      Mixed_6d 735 16 346
      Mixed_6e 927 16 442
      Mixed_7a 1055 32 490
      Mixed_7b 1183 32 554
      Mixed_7c 1311 32 618`,
  },
  mobilenet_v1: {
    layers: mobilenetV1,
    rows: `
      Conv2d_0 3 2 0/1
      Conv2d_1_pointwise 7 2 2/3
      Conv2d_2_pointwise 11 4 2/5
      Conv2d_3_pointwise 19 4 6/9
      Conv2d_4_pointwise 27 8 6/13
      Conv2d_5_pointwise 43 8 14/21
      Conv2d_6_pointwise 59 16 14/29
      Conv2d_7_pointwise 91 16 30/45
      Conv2d_8_pointwise 123 16 46/61
      Conv2d_9_pointwise 155 16 62/77
      Conv2d_10_pointwise 187 16 78/93
      Conv2d_11_pointwise 219 16 94/109
      Conv2d_12_pointwise 251 32 94/125
      Conv2d_13_pointwise 315 32 126/157`,
  },
  resnet_v1_50: {
    layers: resnetV1([3, 4, 6, 3]),
    rows: `
      block1 35 8 15/17
      block2 99 16 47/49
      block3 291 32 143/145
      block4 483 32 239/241`,
  },
  resnet_v1_101: {
    layers: resnetV1([3, 4, 23, 3]),
    rows: `
      block1 35 8 15/17
      block2 99 16 47/49
      block3 835 32 415/417
      block4 1027 32 511/513`,
  },
};

for (const [network, { layers, rows }] of Object.entries(TABLE)) {
  t.test(`the table of google-research/receptive_field: ${network}`, async (t) => {
    const at224 = fieldsOf(layers, [1, 3, 224, 224]);
    const at321 = fieldsOf(layers, [1, 3, 321, 321]);
    const anywhere = fieldsOf(layers, ['N', 3, 'H', 'W']);
    for (const row of rows.trim().split(/\n\s*/)) {
      const [name, size, stride, padding] = row.split(' ') as [string, string, string, string];
      const [small, large = small] = padding.split('/').map(Number);
      const wanted = (padding: number | undefined) => ({
        status: 'exact',
        size: Number(size),
        sizeMin: Number(size),
        stride: Number(stride),
        padding,
      });
      const onBoth = (field: object) => [field, field];
      t.match(at224.get(name), onBoth(wanted(small)), `${row} at 224`);
      t.match(at321.get(name), onBoth(wanted(large)), `${row} at 321`);
      t.match(anywhere.get(name), onBoth(padding.includes('/') ? { padding: null } : wanted(small)), `${row} at unknown size`);
    }
  });
}
