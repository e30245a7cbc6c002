import fc from 'fast-check';
import t from 'tap';
import { compared, pair, type Sample, summarized } from './compared.ts';

const conv = (kernel: number, more: object = {}) => ({
  type: 'Conv2d',
  out_channels: 4,
  kernel_size: kernel,
  bias: false,
  padding: 'same',
  ...more,
});
const of = (...layers: readonly object[]): Sample => ({ inputs: { x: [1, 4, 32, 32] }, layers });
const RELU = { type: 'ReLU' };

t.test('layers with weights in a row are one linear map unless something bends between them', async (t) => {
  const linear = async (...layers: readonly object[]) => (await summarized(of(...layers))).linearity;
  t.same(await linear(conv(3)), { layers: 1, oneMap: true });
  t.same(await linear(conv(3), RELU), { layers: 1, oneMap: true }, 'what comes behind does not matter');
  t.same(await linear(RELU, conv(3), { type: 'BatchNorm2d' }, { type: 'AvgPool2d', kernel_size: 2 }, conv(1)), { layers: 2, oneMap: true });
  for (const between of [RELU, { type: 'MaxPool2d', kernel_size: 2 }, { type: 'Softmax', dim: 1 }, { type: 'GroupNorm', num_groups: 2 }])
    t.same(await linear(conv(3), between, conv(3)), { layers: 2, oneMap: false }, between.type);
  const parallel = [conv(3, { name: 'a' }), conv(3, { name: 'b', from: 'x' }), { type: 'Add', from: ['a', 'b'] }];
  t.same(await linear(...parallel), { layers: 2, oneMap: false }, 'side by side is not in a row');
  t.same(await linear(...parallel, conv(3)), { layers: 3, oneMap: false });
  const skipped = [conv(3, { name: 'a' }), RELU, { name: 'b', type: 'Add', from: ['a', 'relu'] }];
  t.same(
    await linear({ ...skipped[0] }, { ...RELU, name: 'relu' }, { ...skipped[2] }, conv(3)),
    { layers: 2, oneMap: false },
    'one of two ways bends',
  );
  const gated = [conv(3, { name: 'a' }), { type: 'Multiply', from: ['a', 'x'] }, conv(3)];
  t.same(await linear(...gated), { layers: 2, oneMap: false }, 'a product of data is not linear');
  t.same(await linear(RELU), { layers: 0, oneMap: false });
});

t.test('one convolution takes the place of several only where it can', async (t) => {
  const claims = async (single: Sample, many: Sample) => {
    const { differences } = await compared(single, many);
    return differences[0]?.statements.some((sentence) => sentence.startsWith('the same linear map'));
  };
  const two = of(conv(3), conv(3), RELU);
  t.equal(await claims(of(conv(5), RELU), two), true);
  t.equal(await claims(two, of(conv(5), RELU)), true, 'whichever stands first');
  t.equal(await claims(of(conv(3, { dilation: 2 }), RELU), two), false, 'the same field, but with holes');
  t.equal(await claims(of(conv(5, { groups: 2 }), RELU), two), false, 'groups do not mix all channels');
  t.equal(await claims(of(conv(7), RELU), two), false, 'another field');
  const small = (...layers: readonly object[]) => ({ inputs: { x: [1, 4, 1, 1] }, layers: [...layers, RELU] });
  t.equal(await claims(small(conv(3, { dilation: 2 })), small(conv(3), conv(3))), false, 'holes that lie beyond a small input');
  t.equal(await claims(of(conv(5)), two), false, 'another number of activations');
  t.equal(await claims(of(conv(5, { stride: 2, padding: 2 }), RELU), two), false, 'another stride');
  t.equal(await claims(of(conv(5, { out_channels: 8 }), RELU), two), false, 'other channels');
  t.equal(await claims(two, of(conv(3), conv(1), conv(3), RELU)), false, 'neither is one convolution');
  const { differences } = await compared(of(conv(3), conv(3)), of(conv(3), RELU, conv(3)));
  t.ok(
    differences[0]?.statements.some((sentence) =>
      /^no activation between the two layers with weights of [0-9a-f]{12}: they are one linear map$/.test(sentence),
    ),
  );
});

t.test('weights per channel pair', async (t) => {
  const weights = async (...layers: readonly object[]) => (await summarized(of(...layers))).weightsPerPair;
  t.equal(await weights(conv(3), conv(5)), 34);
  t.equal(await weights(conv([1, 7] as never), conv(1)), 8);
  t.equal(await weights(conv(3, { out_channels: 8 })), 9, 'one convolution may change the channels');
  t.equal(await weights(conv(3, { out_channels: 8 }), conv(3)), null, 'not all the same channels');
  t.equal(await weights(conv(3, { groups: 2 })), null);
  t.equal(await weights(RELU), null, 'no convolutions');
  t.equal(await weights(conv(3), { type: 'ConvTranspose2d', out_channels: 4, kernel_size: 3 }), null);
  const line = { inputs: { x: [1, 4, 32] }, layers: [{ type: 'Conv1d', out_channels: 4, kernel_size: 9 }] };
  t.equal((await summarized(line)).weightsPerPair, 9);
});

t.test('the field against depth takes the largest of the branches, and poolings count to the layer before', async (t) => {
  const { growth } = await summarized(
    of(
      conv(3, { name: 'a' }),
      { type: 'MaxPool2d', kernel_size: 2, name: 'p' },
      conv(5, { name: 'b' }),
      conv(1, { from: 'p', name: 'c' }),
      {
        type: 'Add',
        from: ['b', 'c'],
      },
    ),
  );
  t.same(growth, [
    { depth: 1, size: 4 },
    { depth: 2, size: 12 },
  ]);
  const dense = { inputs: { x: [1, 4] }, layers: [RELU, { type: 'Linear', out_features: 3 }] };
  t.same((await summarized(dense)).growth, [
    { depth: 0, size: null },
    { depth: 1, size: null },
  ]);
});

t.test('labels tell networks apart', async (t) => {
  const named = (name: string) => ({ name, inputs: { x: [1, 4, 8, 8] }, layers: [conv(3)] });
  const { networks, differences } = await compared(named('a'), named('b'), named('a'), of(RELU));
  t.same(networks.map(({ label }) => label).slice(0, 3), ['a (1)', 'b', 'a (3)']);
  t.equal(networks[3]?.label, networks[3]?.network.name || networks[3]?.network.sha256.slice(0, 12));
  t.same(
    differences.map(({ network, label }) => [network, label]),
    networks.slice(1).map(({ label }, i) => [i + 1, label]),
  );
});

t.test('nothing is said of what is not known', async (t) => {
  const open = { inputs: { x: [1, 4, 'H', 'W'] }, layers: [conv(3)] };
  const { networks, differences } = await compared(of(conv(3)), open);
  const [difference] = differences;
  t.ok(networks[1]?.lowerBounds.includes('macs'));
  for (const name of ['macs', 'flops', 'cost', 'activationBytes', 'peakBytes'])
    t.match(
      difference?.numbers.find((number) => number.name === name),
      { difference: null, ratio: null },
      name,
    );
  t.notOk(
    difference?.statements.some((sentence) => /multiply|FLOPs|bytes/.test(sentence)),
    String(difference?.statements),
  );
  t.ok(difference?.statements.includes('same receptive field: 3'), 'what is known is said');
  const other = await compared(of(conv(3)), { inputs: { x: [1, 4] }, layers: [{ type: 'Linear', out_features: 4 }] });
  t.match(
    other.differences[0]?.numbers.find(({ name }) => name === 'receptiveField.H'),
    { first: 3, value: null, difference: null, ratio: null },
  );
});

t.test('fields along other axes are not compared, and sigmas are the same only where they are equal', async (t) => {
  const line = { inputs: { x: [1, 4, 32] }, layers: [{ type: 'Conv1d', out_channels: 4, kernel_size: 3 }] };
  const said = async (one: Sample, two: Sample) => (await compared(one, two)).differences[0]?.statements ?? [];
  t.notOk((await said(of(conv(3)), line)).some((sentence) => /field|stride/.test(sentence)));
  const sigma = (statements: readonly string[]) => statements.find((sentence) => sentence.includes('sigma'));
  t.equal(
    sigma(await said(of(conv(3), RELU, conv(5)), of(conv(5), conv(3)))),
    'same effective receptive field: sigma 1.633',
    'in either order',
  );
  // Variances (k^2 - 1) / 12: of 21 + 1 x 2/3 against 21.
  const wide = (...layers: readonly object[]) => ({ inputs: { x: [1, 4, 64, 64] }, layers });
  const nearly = await said(wide(conv(21), RELU), wide(conv(21), RELU, conv(3)));
  t.match(sigma(nearly), /^nearly the same effective receptive field: sigma 6\.11 against 6\.055$/);
  t.match(
    sigma(await said(of(conv([3, 1] as never)), of(conv([5, 1] as never)))),
    /^effective receptive field: sigma H 1\.414, W 0 against H 0\.8165, W 0$/,
  );
});

t.test('fields are those along the first input, and a tensor without positions has no centre', async (t) => {
  const second = { inputs: { a: [1, 4, 8], b: [1, 4, 32, 32] }, layers: [conv(3, { from: 'b' })] };
  const unseen = { receptiveField: [], effective: { luoSize: null }, coverage: { positions: 0 }, growth: [{ depth: 1, size: null }] };
  t.match(await summarized(second), unseen);
  const empty = { inputs: { x: [1, 4, 0, 8] }, layers: [RELU] };
  t.match(await summarized(empty), { receptiveField: [{ axis: 'H' }, { axis: 'W' }], effective: { luoSize: null }, coverage: null });
});

t.test('counts beyond 2^53 stay exact', async (t) => {
  const huge = (batch: number) => ({ inputs: { x: [batch, 4, 32, 32] }, layers: [conv(1)] });
  const { differences } = await compared(huge(2 ** 40 + 1), huge(2 ** 40));
  const macs = (batch: number) => BigInt(batch) * 16n * 1024n;
  t.match(
    differences[0]?.numbers.find(({ name }) => name === 'macs'),
    {
      first: macs(2 ** 40 + 1).toString(),
      value: macs(2 ** 40).toString(),
      difference: -16384,
    },
  );
  t.ok(
    differences[0]?.statements.some((sentence) =>
      sentence.startsWith(
        'nearly the same multiply-accumulates: 18,014,398,509,481,984 against 18,014,398,509,498,368 (less than 0.0001 % apart)',
      ),
    ),
  );
});

interface Window {
  readonly kernel: number;
  readonly stride: number;
}

/** The field, the total stride and the weights of a chain of convolutions on four channels, by the arithmetic that needs no graph. */
function arithmetic(windows: readonly Window[]) {
  let [field, stride, weights] = [1, 1, 0];
  for (const { kernel, stride: step } of windows) {
    field += (kernel - 1) * stride;
    stride *= step;
    weights += kernel ** 2;
  }
  return { field, stride, weights };
}

t.test('property: what is said of two chains is what arithmetic says', async (t) => {
  const chain = fc.array(
    fc.record({ kernel: fc.integer({ min: 1, max: 3 }).map((half) => 2 * half - 1), stride: fc.integer({ min: 1, max: 2 }) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  );
  const network = (windows: readonly Window[]) =>
    of(...windows.flatMap(({ kernel, stride }) => [conv(kernel, { stride, padding: (kernel - 1) / 2 }), RELU]));
  await fc.assert(
    fc.asyncProperty(chain, chain, async (one, two) => {
      const { differences } = await compared(network(one), network(two));
      const [difference] = differences;
      if (!difference) throw new Error('there is a difference');
      const [a, b] = [arithmetic(one), arithmetic(two)];
      t.same(pair(difference, 'receptiveField.H'), [a.field, b.field]);
      t.same(pair(difference, 'stride.W'), [a.stride, b.stride]);
      t.same(pair(difference, 'weightsPerPair'), [a.weights, b.weights]);
      t.same(pair(difference, 'params'), [16 * a.weights, 16 * b.weights]);
      const says = (sentence: string) => difference.statements.some((said) => said.startsWith(sentence));
      t.equal(says('same receptive field'), a.field === b.field);
      t.equal(says(b.field > a.field ? 'larger receptive field' : 'smaller receptive field'), a.field !== b.field);
      t.equal(says('same total stride'), a.stride === b.stride);
      t.equal(says('same parameters'), a.weights === b.weights);
      t.equal(says('nearly the same parameters'), a.weights !== b.weights && Math.abs(a.weights - b.weights) < a.weights / 100);
      t.equal(says('same depth'), one.length === two.length);
      t.notMatch(difference.statements.join(), /NaN|Infinity|undefined|null/);
    }),
    { numRuns: 60 },
  );
});
