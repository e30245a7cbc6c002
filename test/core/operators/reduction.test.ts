import t from 'tap';
import type { Counters } from '../../../src/core/operators/operator.ts';
import { data, expectCost, expectField, expectMalformed, expectShape, expectValue, infer, type Sample, values } from './harness.ts';

/** Primitives of 6 outputs that take in 4 elements each. */
const REDUCTIONS: Readonly<Record<string, Counters>> = {
  ReduceSum: { add: 18 },
  ReduceMean: { add: 18, div: 6 },
  ReduceMax: { cmp: 18 },
  ReduceMin: { cmp: 18 },
  ReduceProd: { mul: 18 },
  ReduceL1: { cmp: 24, add: 18 },
  ReduceL2: { mul: 24, add: 18, exp: 6 },
  ReduceLogSum: { add: 18, exp: 6 },
  ReduceLogSumExp: { add: 18, exp: 30 },
  ReduceSumSquare: { add: 18, mul: 24 },
};
const x = data([2, 3, 4]);
const sum = (inputs: Sample['inputs'], attributes: Sample['attributes'] = {}): Sample => ({ op: 'ReduceSum', inputs, attributes });

t.test('the axes that are reduced keep a size of 1, or go', async (t) => {
  for (const [op, counters] of Object.entries(REDUCTIONS)) {
    const sample = { op, inputs: [x, values([-1])] };
    expectShape(t, sample, [2, 3, 1]);
    expectCost(t, sample, counters);
    expectField(t, sample, ['each', 'each', null]);
    expectShape(t, { ...sample, attributes: { keepdims: 0 } }, [2, 3]);
  }
  expectField(t, sum([x, values([1])], { keepdims: 0 }), ['each', '2 each']);
  expectShape(t, sum([x]), [1, 1, 1]);
  expectShape(t, sum([x, values([])]), [1, 1, 1]);
  expectShape(t, sum([x, values([])], { noop_with_empty_axes: 1 }), [2, 3, 4]);
  expectShape(t, sum([x, data([0], 'int64')], { noop_with_empty_axes: 1 }), [2, 3, 4]);
  expectField(t, sum([x], { noop_with_empty_axes: 1 }), ['each', 'each', 'each']);
  expectCost(t, sum([x], { noop_with_empty_axes: 1 }), {});
  expectCost(t, sum([data([2, 0]), values([1])]), {});
  const call = infer(sum([x]));
  t.strictSame(call.operator?.defaults?.(call), { keepdims: 1, noop_with_empty_axes: 0 });
});

t.test('axes or sizes that are not known', async (t) => {
  const axes = data([2], 'int64');
  expectShape(t, sum([x, axes]), [null, null, null]);
  expectShape(t, sum([x, axes], { keepdims: 0 }), [null]);
  expectShape(t, sum([x, data([null], 'int64')], { keepdims: 0 }), null);
  expectShape(t, sum([data(null), values([1])]), null);
  expectShape(t, sum([data(['N', null, 4]), values([1])]), ['N', 1, 4]);
  expectField(t, sum([x, axes]), { unknown: 'the axes that are reduced are not known' });
  expectField(t, sum([x, axes]), 'dataDependent', 1);
  expectField(t, sum([data(null), axes]), { unknown: 'the rank of a tensor is not known' });
  expectCost(t, sum([x, axes]), null);
  expectCost(t, sum([data(null), axes]), null);
  expectMalformed(t, sum([x, values([3])]), /axis 3/);
  expectMalformed(t, sum([x, values([0, -3])]), /one axis twice/);
  expectMalformed(t, sum([x, values(Array<number>(100).fill(0))]), /100 axes/);
});

t.test('values', async (t) => {
  const m = values([1, 2, 3, 4, 5, 6], [2, 3]);
  expectValue(t, { op: 'ReduceSum', inputs: [m, values([1])] }, [6, 15]);
  expectValue(t, { op: 'ReduceSum', inputs: [m, values([0])] }, [5, 7, 9]);
  expectValue(t, { op: 'ReduceProd', inputs: [m] }, [720]);
  expectValue(t, { op: 'ReduceMax', inputs: [m, values([0])] }, [4, 5, 6]);
  expectValue(t, { op: 'ReduceMin', inputs: [m, values([1])] }, [1, 4]);
  expectValue(t, { op: 'ReduceMean', inputs: [m] }, [3.5]);
  expectValue(t, { op: 'ReduceL1', inputs: [m] }, null);
  expectValue(t, { op: 'ReduceSum', inputs: [data([2, 3]), values([1])] }, null);
});

t.test('ArgMax and ArgMin', async (t) => {
  const m = values([3, 9, 9, 4, 0, 4], [2, 3]);
  expectShape(t, { op: 'ArgMax', inputs: [x], attributes: { axis: 1 } }, [2, 1, 4]);
  expectShape(t, { op: 'ArgMin', inputs: [x], attributes: { axis: -1, keepdims: 0 } }, [2, 3]);
  expectShape(t, { op: 'ArgMin', inputs: [data(null)] }, null);
  expectCost(t, { op: 'ArgMax', inputs: [x], attributes: { axis: 2 } }, { cmp: 18 });
  expectCost(t, { op: 'ArgMax', inputs: [data([null])] }, null);
  expectField(t, { op: 'ArgMax', inputs: [x] }, [null, 'each', 'each']);
  expectValue(t, { op: 'ArgMax', inputs: [m], attributes: { axis: 1 } }, [1, 0]);
  expectValue(t, { op: 'ArgMax', inputs: [m], attributes: { axis: 1, select_last_index: 1 } }, [2, 2]);
  expectValue(t, { op: 'ArgMin', inputs: [m], attributes: { axis: 1 } }, [0, 1]);
  expectMalformed(t, { op: 'ArgMin', inputs: [m], attributes: { axis: 2 } }, /axis 2/);
  const call = infer({ op: 'ArgMax', inputs: [x] });
  t.equal(call.outputs[0]?.dtype, 'int64');
  t.strictSame(call.operator?.defaults?.(call), { axis: 0, keepdims: 1, select_last_index: 0 });
});
