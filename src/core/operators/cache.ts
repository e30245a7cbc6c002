import type { Dim } from '../graph.ts';
import { axisIn, choice, has, int, malformed, need, sameDim, shapeOf, size } from './call.ts';
import { type Call, defineOperator, MOVEMENT, type Relation } from './operator.ts';
import { axisByAxis, DATA_DEPENDENT, EACH, RANK_UNKNOWN, shifted } from './relation.ts';

const alongOf = (call: Call, rank: number) => axisIn(call, int(call, 'axis', -2), rank);

/** Source: ONNX TensorScatter: new positions are written into a cache along one axis, where `write_indices` say. */
export const tensorScatter = defineOperator('TensorScatter', {
  saves: { inputs: [2] },
  infer: (call) => {
    choice(call, 'mode', ['linear', 'circular']);
    const { dtype, shape } = need(call, 0);
    const update = shapeOf(call, 1);
    if (shape && update) {
      if (shape.length !== update.length) malformed(call, `an update of rank ${update.length} for a cache of rank ${shape.length}`);
      const along = alongOf(call, shape.length);
      if (along === 0) malformed(call, 'axis 0 is the batch');
      for (const [axis, dim] of shape.entries())
        if (axis !== along) sameDim(call, dim, update[axis] as Dim, `sizes on axis ${axis} differ`);
      const [room, more] = [size(shape[along]), size(update[along])];
      if (room !== null && more !== null && more > room) malformed(call, `an update of ${more} positions for a cache of ${room}`);
    }
    return [{ dtype, shape }];
  },
  // The cache position by position: which positions are overwritten is not followed.
  field: (call, i): Relation => {
    const rank = shapeOf(call, 0)?.length;
    if (i === 0) return 'elementwise';
    if (rank === undefined) return RANK_UNKNOWN;
    if (i > 1) return 'dataDependent';
    const map = has(call, 2) ? DATA_DEPENDENT : shifted(0);
    return axisByAxis(rank, (axis) => (axis === alongOf(call, rank) ? map : EACH));
  },
  cost: () => MOVEMENT,
  defaults: () => ({ axis: -2, mode: 'linear' }),
});
