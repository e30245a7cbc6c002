import { type Count, plus, times } from '../count.ts';
import { type Amounts, each } from './amount.ts';
import { axisIn, int, need, shapeOf } from './call.ts';
import { type Call, defineOperator, type Operator } from './operator.ts';
import { ALL, axisByAxis, EACH, RANK_UNKNOWN } from './relation.ts';
import { NOTHING, OUTPUT, type Saves } from './saves.ts';
import { elementsOf, volume } from './shape.ts';

/** Files before operator set 13 normalise all axes from `axis` on as one; the reader marks them. */
const coerced = (call: Call) => int(call, 'fovea.coerce2d', 0) === 1;

/** Whether an axis is normalised over. */
function normalised(call: Call, rank: number): (axis: number) => boolean {
  if (!coerced(call)) {
    const chosen = axisIn(call, int(call, 'axis', -1), rank);
    return (axis) => axis === chosen;
  }
  // The old axis may be the rank itself: every element is then a row.
  const given = int(call, 'axis', 1);
  const first = given === rank ? rank : axisIn(call, given, rank);
  return (axis) => axis >= first;
}

/** A function of rows; `perRow` are the primitives of a row of n. */
function overRows(op: string, perRow: (n: Count) => Amounts, saves: Saves): Operator {
  return defineOperator(op, {
    saves,
    infer: (call) => {
      const { dtype, shape } = need(call, 0);
      if (shape) normalised(call, shape.length);
      return [{ dtype, shape }];
    },
    field: (call) => {
      const rank = shapeOf(call, 0)?.length;
      if (rank === undefined) return RANK_UNKNOWN;
      const over = normalised(call, rank);
      return axisByAxis(rank, (axis) => (over(axis) ? ALL : EACH));
    },
    cost: (call) => {
      const shape = shapeOf(call, 0);
      const elements = elementsOf(call.inputs[0]);
      if (!shape || elements === null) return null;
      const over = normalised(call, shape.length);
      const n = volume(shape.filter((_, axis) => over(axis)));
      return n ? each(call, BigInt(elements) / BigInt(n), perRow(n)) : {};
    },
    defaults: (call) => ({ axis: coerced(call) ? 1 : -1 }),
  });
}

/** Subtract the maximum, exponentiate, divide by the sum. */
export const softmax = overRows('Softmax', (n) => ({ cmp: plus(n, -1), add: plus(times(2, n), -1), exp: n, div: n }), OUTPUT);

/** Subtract the maximum and the logarithm of the sum of the exponentials. */
export const logSoftmax = overRows('LogSoftmax', (n) => ({ cmp: plus(n, -1), add: plus(times(3, n), -1), exp: plus(n, 1) }), OUTPUT);

export const hardmax = overRows('Hardmax', (n) => ({ cmp: plus(n, -1) }), NOTHING);
