import type { TensorType } from '../graph.ts';
import { axisIn, int, need, shapeOf } from './call.ts';
import { type Call, defineOperator, MOVEMENT, type Operator } from './operator.ts';
import { NOTHING } from './saves.ts';
import { agreedType } from './shape.ts';

const agreed = (call: Call): TensorType => agreedType(need(call, 0), need(call, 1));

const joined = (op: string, field: Operator['field'], more: Pick<Operator, 'iterates'> = {}): Operator =>
  defineOperator(op, {
    ...more,
    view: true,
    saves: NOTHING,
    infer: (call) => [agreed(call)],
    field,
    cost: () => MOVEMENT,
  });

/** Either of two tensors, as an If gives it: what both agree in, and what either sees. */
export const join = joined('fovea.Join', (call) =>
  agreed(call).shape ? 'elementwise' : { unknown: 'the two branches give different ranks' },
);

const ITERATED = { unknown: 'each iteration of the loop sees what the one before it saw' };

/** What an iteration of a loop that was not laid out begins with: what was given to the loop, or what the one before it made. */
export const carry = joined('fovea.Carry', () => ITERATED, { iterates: 'begins' });

/** What such a loop gives at its end: of the last iteration, or of none. */
export const last = joined('fovea.Last', () => ITERATED);

/** What the iterations of a loop collect along a new axis (attribute `axis`); attribute `trips` is their number, if known. */
export const stack = defineOperator('fovea.Stack', {
  iterates: 'collects',
  saves: NOTHING,
  infer: (call) => {
    const shape = shapeOf(call, 0);
    if (!shape) return [{ dtype: call.inputs[0]?.dtype ?? null, shape: null }];
    const axis = axisIn(call, int(call, 'axis', 0), shape.length + 1);
    const trips = call.node.attributes.has('trips') ? int(call, 'trips', 0) : null;
    return [{ dtype: call.inputs[0]?.dtype ?? null, shape: shape.toSpliced(axis, 0, trips) }];
  },
  field: () => ITERATED,
  cost: () => MOVEMENT,
});
