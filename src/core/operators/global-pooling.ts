import { type Count, plus } from '../count.ts';
import { type Amounts, mean, norm, perOutput } from './amount.ts';
import { float, need, shapeOf } from './call.ts';
import { type Call, defineOperator, type Operator } from './operator.ts';
import { POWERS } from './pooling.ts';
import { axisByAxis, channelsFirst, EACH, RANK_UNKNOWN, withChannels } from './relation.ts';
import { NOTHING, type Saves, WITH_INDICES } from './saves.ts';
import { volume } from './shape.ts';

/** A pool over all spatial positions; `perChannel` are the primitives of n of them. */
function globalPool(
  op: string,
  perChannel: (n: Count, call: Call) => Amounts,
  own: Readonly<Record<string, number>>,
  saves: Saves,
): Operator {
  return defineOperator(op, {
    saves,
    infer: (call) => {
      const { dtype, shape } = need(call, 0);
      return [{ dtype, shape: shape && withChannels(call, shape).map((dim, axis) => (axis < 2 ? dim : 1)) }];
    },
    field: (call) => {
      const shape = shapeOf(call, 0);
      return shape ? axisByAxis(shape.length, (axis) => (axis < 2 ? EACH : null)) : RANK_UNKNOWN;
    },
    cost: (call) => {
      const n = volume(shapeOf(call, 0)?.slice(2) ?? [null]);
      return n === null ? null : perOutput(call, perChannel(n, call));
    },
    defaults: () => own,
    axes: channelsFirst,
  });
}

/** Source of the family: ONNX GlobalAveragePool, GlobalMaxPool, GlobalLpPool. */
export const globalAveragePool = globalPool('GlobalAveragePool', mean, {}, NOTHING);
export const globalMaxPool = globalPool('GlobalMaxPool', (n) => ({ cmp: plus(n, -1) }), {}, WITH_INDICES);
export const globalLpPool = globalPool('GlobalLpPool', (n, call) => norm(n, float(call, 'p', 2)), { p: 2 }, POWERS);
