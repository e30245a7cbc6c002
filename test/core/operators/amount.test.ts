import fc from 'fast-check';
import t, { type Test } from 'tap';
import { plus, times } from '../../../src/core/count.ts';
import type { Counters } from '../../../src/core/operators/operator.ts';
import { data, expectCost, infer, type Sample, values, weight } from './harness.ts';

function cost(sample: Sample): Counters {
  const call = infer(sample);
  return call.operator?.cost(call) ?? {};
}

const KINDS = ['mac', 'mul', 'add', 'div', 'cmp', 'exp', 'load'] as const;

function total(...parts: readonly Counters[]): Counters {
  const sums = KINDS.map((kind) => [kind, plus(...parts.map((part) => part[kind] ?? 0))] as const);
  return Object.fromEntries(sums.filter(([, n]) => n > 0));
}

const scaled = (part: Counters, by: number): Counters =>
  Object.fromEntries(KINDS.map((kind) => [kind, times(part[kind] ?? 0, by)] as const).filter(([, n]) => n > 0));

const x = data([2, 30]);
const of = (op: string, inputs: Sample['inputs'] = [x], attributes: Sample['attributes'] = {}) => cost({ op, inputs, attributes });
const same = (t: Tap, a: Counters, b: Counters, name: string) => t.strictSame(total(a), total(b), name);
type Tap = Pick<Test, 'strictSame'>;

t.test('a fused operator costs what its parts cost', async (t) => {
  const one = weight(1);
  const [add, mul, div] = [of('Add', [x, one]), of('Mul', [x, one]), of('Div', [x, one])];
  same(t, of('Gelu'), total(div, of('Erf'), add, mul, mul), 'Gelu');
  same(t, of('HardSwish'), total(of('HardSigmoid'), mul), 'HardSwish');
  same(t, of('Swish'), total(of('Sigmoid'), mul), 'SiLU');
  same(t, of('Mish'), total(of('Softplus'), of('Tanh'), mul), 'Mish');
  same(t, of('Softplus'), total(of('Exp'), add, of('Log')), 'Softplus');
  same(t, of('Softsign'), total(of('Abs'), add, div), 'Softsign');
  const cubed = of('Pow', [x, values([3], [], 'float32')]);
  same(t, of('Gelu', [x], { approximate: 'tanh' }), total(cubed, mul, add, mul, of('Tanh'), add, mul, mul), 'Gelu by tanh');
  same(t, of('Mul', [x, x]), of('Pow', [x, values([2], [], 'float32')]), 'a square');
  const last = values([-1]);
  const rows = data([2, 1]);
  const parts = [of('ReduceMax', [x, last]), of('Sub', [x, rows]), of('Exp'), of('ReduceSum', [x, last]), of('Div', [x, rows])];
  same(t, of('Softmax'), total(...parts), 'Softmax');
});

t.test('a convolution is the product of the unfolded input and the weight', async (t) => {
  const small = fc.integer({ min: 1, max: 5 });
  fc.assert(
    fc.property(small, small, small, fc.integer({ min: 5, max: 12 }), small, (n, cin, cout, size, k) => {
      const positions = size - k + 1;
      const convolved = cost({ op: 'Conv', inputs: [data([n, cin, size, size]), weight(cout, cin, k, k)] });
      const unfolded = cost({ op: 'MatMul', inputs: [data([n, positions ** 2, cin * k * k]), weight(cin * k * k, cout)] });
      t.strictSame(convolved, unfolded);
    }),
    { numRuns: 30 },
  );
});

t.test('cost is linear in the batch', async (t) => {
  const c = weight(8);
  const samples: readonly ((n: number) => Sample)[] = [
    (n) => ({ op: 'ConvTranspose', inputs: [data([n, 8, 5, 5]), weight(8, 4, 3, 3), weight(4)] }),
    (n) => ({ op: 'MaxPool', inputs: [data([n, 8, 6, 6])], attributes: { kernel_shape: [2, 2] } }),
    (n) => ({ op: 'GlobalAveragePool', inputs: [data([n, 8, 6, 6])] }),
    (n) => ({ op: 'fovea.AdaptiveAveragePool', inputs: [data([n, 8, 7, 5])], attributes: { output_size: [3, 3] } }),
    (n) => ({ op: 'BatchNormalization', inputs: [data([n, 8, 6]), c, c, c, c] }),
    (n) => ({ op: 'InstanceNormalization', inputs: [data([n, 8, 6]), c, c] }),
    (n) => ({ op: 'GroupNormalization', inputs: [data([n, 8, 6]), c, c], attributes: { num_groups: 2 } }),
    (n) => ({ op: 'LayerNormalization', inputs: [data([n, 3, 8]), c, c] }),
    (n) => ({ op: 'Softmax', inputs: [data([n, 8])] }),
    (n) => ({ op: 'Gemm', inputs: [data([n, 8]), weight(8, 5), weight(5)] }),
    (n) => ({ op: 'MatMul', inputs: [data([n, 4, 8]), weight(8, 5)] }),
    (n) => ({ op: 'Einsum', inputs: [data([n, 4, 8]), data([n, 5, 8])], attributes: { equation: 'bid,bjd->bij' } }),
    (n) => ({
      op: 'Resize',
      inputs: [data([n, 3, 4, 4]), undefined, values([1, 1, 2, 2], [4], 'float32')],
      attributes: { mode: 'linear' },
    }),
    (n) => ({ op: 'ReduceMean', inputs: [data([n, 3, 4]), values([1, 2])] }),
    (n) => ({ op: 'Gather', inputs: [weight(100, 16), data([n, 7], 'int64')] }),
  ];
  for (const sample of samples) t.strictSame(total(cost(sample(6))), scaled(cost(sample(1)), 6), sample(1).op);
});

t.test('counts beyond 2^53 are exact, and what is zero is left out', async (t) => {
  expectCost(t, { op: 'Relu', inputs: [data([2 ** 40, 2 ** 40])] }, { cmp: 2n ** 80n });
  expectCost(
    t,
    { op: 'Softmax', inputs: [data([2 ** 40, 2 ** 40])] },
    {
      cmp: 2n ** 80n - 2n ** 40n,
      add: 2n ** 81n - 2n ** 40n,
      exp: 2n ** 80n,
      div: 2n ** 80n,
    },
  );
  expectCost(t, { op: 'Relu', inputs: [data([0, 4])] }, {});
});
