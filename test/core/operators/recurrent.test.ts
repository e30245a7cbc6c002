import t from 'tap';
import type { Shape } from '../../../src/core/graph.ts';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, mapOf, type Sample, weight } from './harness.ts';

const GATES: Readonly<Record<string, number>> = { LSTM: 4, GRU: 3, RNN: 1 };

/** A layer of 64 features and 32 units, over 10 steps of one sequence. */
function layer(op: string, attributes: Sample['attributes'] = {}, more: Sample['inputs'] = [], x: Shape = [10, 1, 64]): Sample {
  const rows = 32 * (GATES[op] as number);
  const d = attributes.direction === 'bidirectional' ? 2 : 1;
  return { op, inputs: [data(x), weight(d, rows, 64), weight(d, rows, 32), ...more], attributes: { hidden_size: 32, ...attributes } };
}

const bias = (op: string, d = 1) => weight(d, 2 * 32 * (GATES[op] as number));

t.test('the output holds every step, the states hold the last one', async (t) => {
  expectShape(t, layer('LSTM'), [10, 1, 1, 32], [1, 1, 32], [1, 1, 32]);
  expectShape(t, layer('GRU'), [10, 1, 1, 32], [1, 1, 32]);
  expectShape(t, layer('RNN', { direction: 'bidirectional' }), [10, 2, 1, 32], [2, 1, 32]);
  expectShape(t, layer('LSTM', { layout: 1 }, [], [5, 10, 64]), [5, 10, 1, 32], [5, 1, 32], [5, 1, 32]);
  expectShape(t, layer('GRU', {}, [], ['T', 'N', null]), ['T', 1, 'N', 32], [1, 'N', 32]);
  expectShape(t, { op: 'RNN', inputs: [data(null), data(null), data(null)] }, [null, 1, null, null], [1, null, null]);
  t.strictSame(infer(layer('LSTM')).operator?.axes?.(infer(layer('LSTM'))), ['T', 'N', 'C']);
  t.strictSame(infer(layer('LSTM')).operator?.axes?.(infer(layer('LSTM', { layout: 1 }))), ['N', 'T', 'C']);
});

t.test('a step multiplies with the weights of all gates: T N G H (In + H)', async (t) => {
  // One step and unit of LSTM: 3 Sigmoid, 2 Tanh, and 3 products and a sum for the states.
  const unit = { add: 3 + 4 + 1, mul: 2 + 3, div: 5, exp: 5 };
  const times = (n: number, amounts: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(amounts).map(([kind, per]) => [kind, n * per]));
  expectCost(t, layer('LSTM'), { mac: 122_880, ...times(320, unit) });
  expectCost(t, layer('LSTM', {}, [bias('LSTM')]), { mac: 122_880, ...times(320, { ...unit, add: 12 }) });
  expectCost(t, layer('LSTM', { direction: 'bidirectional' }), { mac: 245_760, ...times(640, unit) });
  expectCost(t, layer('GRU'), { mac: 92_160, ...times(320, { add: 2 + 2 + 2, mul: 1 + 3, div: 3, exp: 3 }) });
  expectCost(t, layer('GRU', { linear_before_reset: 1 }, [bias('GRU')]), {
    mac: 92_160,
    ...times(320, { add: 10, mul: 4, div: 3, exp: 3 }),
  });
  expectCost(t, layer('RNN', { activations: ['relu'] }), { mac: 30_720, cmp: 320 });
  expectCost(t, layer('RNN', { activations: ['Relu'], clip: 3 }), { mac: 30_720, cmp: 960 });
  const peepholes = layer('LSTM', {}, [undefined, undefined, undefined, undefined, weight(1, 96)]);
  expectCost(t, peepholes, { mac: 122_880, ...times(320, { ...unit, add: 11, mul: 8 }) });
  expectCost(t, layer('RNN', {}, [], [null, 1, 64]), null);
});

t.test('a step sees those before it in its direction', async (t) => {
  const short: Shape = [3, 1, 64];
  expectField(t, layer('RNN', {}, [], short), [{ kind: 'table', lo: [0, 0, 0], hi: [0, 1, 2] }, null, '1 each', null]);
  expectField(t, layer('RNN', { direction: 'reverse' }, [], short), [
    { kind: 'table', lo: [0, 1, 2], hi: [2, 2, 2] },
    null,
    '1 each',
    null,
  ]);
  expectField(t, layer('GRU', { direction: 'bidirectional' }), ['all', null, '1 each', null]);
  expectField(t, layer('LSTM'), [null, 'each', null], 0, 1);
  expectField(t, layer('LSTM', { layout: 1, direction: 'bidirectional' }, [], [2, 3, 64]), ['each', 'all', null, null]);
  t.match(mapOf(layer('RNN', {}, [], ['T', 1, 64]), 0), { kind: 'unknown' });
  const started = layer('LSTM', {}, [undefined, data([1], 'int32'), data([1, 1, 32]), data([1, 1, 32])]);
  expectField(t, started, 'dataDependent', 4);
  expectField(t, started, [null, '0 each', '1 each', null], 5);
  expectField(t, started, ['each', 'each', null], 6, 2);
  expectField(t, started, [null, '0 each', null, null], 1);
});

t.test('defaults, and layers that contradict themselves', async (t) => {
  const defaults = (sample: Sample) => {
    const call = infer(sample);
    return call.operator?.defaults?.(call);
  };
  t.strictSame(defaults(layer('LSTM')), { direction: 'forward', layout: 0, activations: ['Sigmoid', 'Tanh', 'Tanh'], input_forget: 0 });
  t.strictSame(defaults(layer('GRU')), { direction: 'forward', layout: 0, activations: ['Sigmoid', 'Tanh'], linear_before_reset: 0 });
  t.strictSame(defaults(layer('RNN', { direction: 'bidirectional' })), { direction: 'forward', layout: 0, activations: ['Tanh', 'Tanh'] });
  expectMalformed(t, layer('LSTM', { direction: 'sideways' }), /direction "sideways" is none of/);
  expectMalformed(t, layer('LSTM', { hidden_size: 31 }), /hidden_size and the weights differ/);
  expectMalformed(t, layer('GRU', {}, [], [10, 1, 63]), /features of the input/);
  expectMalformed(t, layer('GRU', {}, [], [10, 64]), /rank 2, 3 is needed/);
  expectMalformed(t, { op: 'RNN', inputs: [data([10, 1, 64]), weight(2, 32, 64), weight(1, 32, 32)] }, /directions/);
  expectMalformed(t, { op: 'LSTM', inputs: [data([10, 1, 64]), weight(1, 32, 64), weight(1, 32, 32)] }, /rows of the weights/);
  const call = infer(layer('RNN', { activations: ['Selu'] }));
  t.throws(() => call.operator?.cost(call), { message: /"Selu" is no activation/ });
  const wrong = infer(layer('RNN', { activations: [1] }));
  t.throws(() => wrong.operator?.cost(wrong), { message: /list of strings/ });
  const single = infer(layer('RNN', { activations: 'Tanh' }));
  t.throws(() => single.operator?.cost(single), { message: /list of strings/ });
});
