import t, { type Test } from 'tap';
import { patterns } from '../../../src/networks/patterns/index.ts';
import { against, compared, pair } from './compared.ts';

// What notes on CNN basics say of each pair of patterns, as the comparison finds it. Expected numbers are worked out here.

/** Whether every one of these sentences is among the statements. */
async function states(t: Test, first: string, other: string, sentences: readonly (string | RegExp)[]) {
  const difference = await against(first, other);
  for (const sentence of sentences) {
    const found = difference.statements.some((one) => (typeof sentence === 'string' ? one === sentence : sentence.test(one)));
    t.ok(found, `${first}, ${other}: ${sentence} in ${difference.statements.join(' | ')}`);
  }
  return difference;
}

t.test('stacks of 3x3 against one larger convolution', async (t) => {
  const five = await states(t, 'one-5x5', 'two-3x3', [
    'same receptive field: 5',
    'one more non-linearity: 2 against 1',
    'one layer deeper: 2 against 1 with weights in a row',
    '18 against 25 weights per channel pair (28 % fewer)',
    `28 % fewer parameters: ${(18 * 64 * 64).toLocaleString('en')} against ${(25 * 64 * 64).toLocaleString('en')}`,
    // Two uniform windows of three positions each: the variances 2/3 add up. One of five: (25 - 1) / 12.
    `effective receptive field: sigma ${Math.sqrt(4 / 3).toFixed(3)} against ${Math.sqrt(2).toFixed(3)} (18 % narrower)`,
  ]);
  t.notOk(
    five.statements.some((sentence) => sentence.includes('linear map')),
    'an activation stands between',
  );
  await states(t, 'one-7x7', 'three-3x3', [
    'same receptive field: 7',
    'two more non-linearities: 3 against 1',
    '27 against 49 weights per channel pair (45 % fewer)',
  ]);
});

t.test('without an activation between they are the same linear map', async (t) => {
  for (const [one, stack] of [
    ['one-5x5', 'two-3x3,between=none'],
    ['one-7x7', 'three-3x3,between=none'],
  ] as const) {
    const expected = `the same linear map: no activation between the convolutions of ${stack}, so that ${one} can do all that they do, but for borders and biases`;
    await states(t, one, stack, [/^same receptive field/, 'same number of non-linearities: 1', expected]);
    await states(t, stack, one, [expected]);
  }
});

t.test('fat and shallow against thin and deep at equal parameters', async (t) => {
  const difference = await states(t, 'fat-shallow-mlp', 'thin-deep-mlp', [
    'three more non-linearities: 4 against 1',
    'three layers deeper: 5 against 2 with weights in a row',
    /^nearly the same parameters: 815,275 against 814,090 \(0\.15 % more\)$/,
  ]);
  t.notOk(
    difference.statements.some((sentence) => sentence.includes('receptive field')),
    'there is none',
  );
});

t.test('batch normalization folded and not', async (t) => {
  for (const pooling of ['none', 'max']) {
    const difference = await states(t, `conv-bn-relu,pooling=${pooling}`, `folded-conv-relu,pooling=${pooling}`, [
      /^same receptive field/,
      /^same number of non-linearities: 1$/,
      /^same multiply-accumulates/,
      /^nearly the same FLOPs: .* fewer\)$/,
      /^\d+ % fewer bytes of activations in all/,
    ]);
    t.same(pair(difference, 'params'), [9 * 64 * 64 + 2 * 64, 9 * 64 * 64 + 64], 'scale and shift become a bias');
  }
});

t.test('1x1 before an expensive convolution', async (t) => {
  const five = await states(t, 'direct-convolution', 'reduced-convolution', [
    'same receptive field: 5',
    'one more non-linearity: 2 against 1',
    `90 % fewer parameters: 15,872 against 153,600`,
  ]);
  t.same(pair(five, 'params'), [192 * 32 * 25, 192 * 16 + 16 * 32 * 25]);
  const three = await against('direct-convolution,kernel=3,out=128', 'reduced-convolution,kernel=3,out=128,reduced=96');
  t.same(pair(three, 'params'), [192 * 128 * 9, 192 * 96 + 96 * 128 * 9]);
  await states(t, 'inception-naive', 'inception-reduced', [
    'same receptive field: 5',
    /^58 % fewer parameters/,
    /^58 % fewer multiply-acc/,
  ]);
});

t.test('the bottleneck sees less than two 3x3', async (t) => {
  const difference = await states(t, 'basic-block', 'bottleneck-block', [
    'smaller receptive field: 3 against 5 (40 % smaller)',
    'one more non-linearity: 3 against 2',
    /^94 % fewer parameters/,
  ]);
  t.same(pair(difference, 'params'), [2 * 9 * 256 ** 2, 2 * 256 * 64 + 9 * 64 ** 2]);
  const paper = await against('basic-block,channels=64', 'bottleneck-block');
  t.same(pair(paper, 'params'), [73_728, 69_632], 'as in figure 5 of the paper: about as many');
});

t.test('depthwise separable against full', async (t) => {
  const difference = await states(t, 'full-3x3', 'depthwise-separable', ['same receptive field: 3', /^88 % fewer parameters/]);
  const ratio = difference.numbers.find(({ name }) => name === 'macs')?.ratio ?? 0;
  t.ok(Math.abs(ratio - (1 / 256 + 1 / 9)) < 1e-12, 'one by the channels plus one by the window, as in the paper of MobileNet');
});

t.test('three ways to halve the size', async (t) => {
  await states(t, 'max-pool', 'strided-convolution', [
    'smaller receptive field: 3 against 5 (40 % smaller)',
    'same total stride: 2',
    /^same parameters/,
    /^75 % fewer multiply-accumulates/,
  ]);
  await states(t, 'max-pool', 'pool-as-convolution', [
    'same receptive field: 5',
    'same total stride: 2',
    'one more non-linearity: 2 against 1',
    /^2 times the parameters/,
  ]);
});

t.test('what it costs not to downsample', async (t) => {
  const difference = await states(t, 'downsampling', 'no-downsampling', [
    'smaller receptive field: 11 against 78 (86 % smaller)',
    'total stride 1 against 16',
    /^same parameters/,
    /^3\.75 times the multiply-accumulates/,
    /^3\.34 times the bytes of activations in all/,
  ]);
  const full = 4 * 64 * 224 ** 2;
  // Two maps at full size, two and a pooling at each smaller size.
  const halved = full * (2 + 3 / 4 + 3 / 16 + 3 / 64 + 3 / 256);
  t.same(pair(difference, 'activationBytes'), [halved, 10 * full]);
});

t.test('strides early and late', async (t) => {
  await states(t, 'late-stride', 'early-stride', [
    // 3x3 windows add 2 at the stride so far: 2 (1 + 1 + 1 + 1 + 2) + 1 and 2 (1 + 2 + 4 + 4 + 4) + 1.
    'larger receptive field: 31 against 13 (2.38 times)',
    'same total stride: 4',
    'the total stride is the same with another receptive field: one does not decide the other',
    /^same parameters/,
    /^85 % fewer multiply-accumulates/,
  ]);
});

t.test('one field at three total strides', async (t) => {
  const { differences } = await compared('pattern:field-15-stride-1', 'pattern:field-15-stride-2', 'pattern:field-15-stride-4');
  for (const [i, stride] of [2, 4].entries()) {
    const statements = differences[i]?.statements ?? [];
    t.match(statements.slice(0, 3), [
      'same receptive field: 15',
      `total stride ${stride} against 1`,
      'the receptive field is the same at another total stride: one does not decide the other',
    ]);
  }
});

t.test('dilation with holes and without', async (t) => {
  const holes = 'positions within its field that a unit depends on:';
  await states(t, 'dilated-1-2-5', 'dilated-2-2-2', [
    'smaller receptive field: 13 against 17 (24 % smaller)',
    `${holes} 49 of 169 (29 %) against all 289`,
    'same weights per channel pair: 27',
    /^same multiply-accumulates/,
  ]);
  await states(t, 'dilated-2-2-2', 'dilated-1-2-4', [
    'larger receptive field: 15 against 13 (15 % larger)',
    `${holes} all 225 against 49 of 169 (29 %)`,
  ]);
  const whole = await states(t, 'dilated-1-2-5', 'dilated-1-2-4', [/^smaller receptive field/]);
  t.notOk(
    whole.statements.some((sentence) => sentence.startsWith(holes)),
    'neither has holes',
  );
});

t.test('a fully connected layer as a convolution', async (t) => {
  const difference = await states(t, 'fc-head', 'fc-as-convolution', [
    'receptive field: 7 against the whole input (7)',
    /^same parameters/,
    /^same multiply-acc/,
  ]);
  t.same(pair(difference, 'params'), [49 * 512 * 4096 + 4096, 49 * 512 * 4096 + 4096]);
});

t.test('a lateral connection', async (t) => {
  const difference = await states(t, 'no-lateral-connection', 'lateral-connection', [
    'same receptive field: 5',
    'same total stride: 1',
    'same depth: 3',
  ]);
  t.equal(difference.numbers.find(({ name }) => name === 'params')?.difference, 1024 * 256 + 256, 'the 1x1 convolution');
});

t.test('a gate sees the whole image', async (t) => {
  const difference = await states(t, 'no-gate', 'se-gate', [
    'receptive field: the whole input (56) against 3',
    'without gates and statistics the same receptive field: 3',
    'two more non-linearities: 3 against 1',
    /^1\.4 % more parameters/,
    /^nearly the same multiply-accumulates/,
  ]);
  t.equal(difference.numbers.find(({ name }) => name === 'params')?.difference, 2 * 256 * 16 + 16 + 256);
});

t.test('every pattern has something to say against those that it names', async (t) => {
  for (const { id, against: others } of patterns())
    for (const other of others) t.ok((await against(id, other)).statements.length >= 5, `${id} and ${other}`);
});
