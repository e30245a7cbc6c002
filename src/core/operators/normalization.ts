import { type Count, plus, times } from '../count.ts';
import type { Shape } from '../graph.ts';
import { type Amounts, counters, each, perOutput } from './amount.ts';
import { axisIn, has, int, malformed, need, sameDim, shapeOf, size } from './call.ts';
import { type Call, defineOperator, type Operator, type Relation } from './operator.ts';
import {
  axisByAxis,
  channelsFirst,
  channelsInside,
  EACH,
  link,
  perChannel,
  RANK_UNKNOWN,
  STATISTICS,
  windows,
  withChannels,
} from './relation.ts';
import { allOf, INPUT, manyOf, type Saves } from './saves.ts';
import { broadcast, elementsOf, sumDim, volume } from './shape.ts';

/** Primitives of a row of n: sum, centre, square sum, epsilon; square and scale; mean, variance, 1 / deviation; the root. */
function standardized(n: Count): Amounts {
  return { add: plus(times(3, n), -1), mul: times(2, n), div: 3, exp: 1 };
}

/** Rows of n elements, and what scale and bias add. */
function rows(call: Call, n: Count | null, perRow: (n: Count) => Amounts, scale: boolean, bias: boolean) {
  const elements = elementsOf(call.inputs[0]);
  if (n === null || elements === null) return null;
  if (n === 0) return counters(call, {});
  const row = perRow(n);
  const all: Amounts = { ...row, mul: plus(row.mul ?? 0, scale ? n : 0), add: plus(row.add ?? 0, bias ? n : 0) };
  return each(call, BigInt(elements) / BigInt(n), all);
}

/** The tensor itself, and numbers in float32 for each row: mean and 1 / deviation, or fewer. */
function withStatistics(rowsOf: (call: Call) => Count | null, perRow = 2): Saves {
  const beside = (call: Call) => {
    const count = rowsOf(call);
    return count === null ? null : times(4, perRow, count);
  };
  return { ...INPUT, beside };
}

/** The first input's shape, whose second axis the per-channel inputs match. */
function checkChannels(call: Call, slots: readonly number[]): Shape | null {
  const shape = shapeOf(call, 0);
  if (shape) withChannels(call, shape);
  for (const slot of slots) {
    const vector = shapeOf(call, slot);
    if (!vector) continue;
    if (vector.length !== 1) malformed(call, `input ${slot} has rank ${vector.length}, a vector is needed`);
    sameDim(call, shape?.[1] ?? null, vector[0] ?? null, `channels of the tensor and of input ${slot}`);
  }
  return shape;
}

/** The tensor itself, by its own positions and, on some axes, by statistics over all of them. */
function statistical(call: Call, over: (axis: number, rank: number) => boolean): Relation {
  const rank = shapeOf(call, 0)?.length;
  return rank === undefined ? RANK_UNKNOWN : axisByAxis(rank, (axis) => (over(axis, rank) ? STATISTICS : EACH));
}

const channelRelation = (call: Call): Relation => {
  const rank = shapeOf(call, 0)?.length;
  return rank === undefined ? RANK_UNKNOWN : perChannel(rank);
};

const training = (call: Call) => int(call, 'training_mode', 0) !== 0;

/** Source: ONNX BatchNormalization. Inference folds the statistics into one factor and one term per channel. */
export const batchNormalization = defineOperator('BatchNormalization', {
  saves: withStatistics((call) => volume([shapeOf(call, 0)?.[1] ?? null])),
  infer: (call) => {
    const shape = checkChannels(call, [1, 2, 3, 4]);
    return [{ dtype: need(call, 0).dtype, shape }, ...[3, 4].map((i) => ({ dtype: need(call, i).dtype, shape: need(call, i).shape }))];
  },
  field: (call, i, k) => {
    if (k > 0) return i === 0 ? [shapeOf(call, 0) ? link(1, EACH) : null] : 'elementwise';
    if (i > 0) return channelRelation(call);
    return training(call) ? statistical(call, (axis) => axis !== 1) : 'elementwise';
  },
  cost: (call) => {
    if (!training(call)) return perOutput(call, { mul: 1, add: 1 });
    const shape = shapeOf(call, 0);
    return rows(call, volume(shape?.filter((_, axis) => axis !== 1) ?? [null]), standardized, true, true);
  },
  defaults: () => ({ epsilon: 1e-5, momentum: 0.9, training_mode: 0 }),
  buffers: [3, 4],
  axes: channelsFirst,
});

/** Source: ONNX InstanceNormalization. */
export const instanceNormalization = defineOperator('InstanceNormalization', {
  saves: withStatistics((call) => volume(shapeOf(call, 0)?.slice(0, 2) ?? [null])),
  infer: (call) => [{ dtype: need(call, 0).dtype, shape: checkChannels(call, [1, 2]) }],
  field: (call, i) => (i > 0 ? channelRelation(call) : statistical(call, (axis) => axis >= 2)),
  cost: (call) => rows(call, volume(shapeOf(call, 0)?.slice(2) ?? [null]), standardized, true, true),
  defaults: () => ({ epsilon: 1e-5 }),
  // What it takes for positions may be groups of channels and their positions: so exporters write a GroupNormalization.
  axes: (call) => channelsFirst(call)?.map((name, axis) => (axis < 2 ? name : null)) ?? null,
});

function channelGroups(call: Call): number {
  const groups = int(call, 'num_groups', 0);
  const channels = size(shapeOf(call, 0)?.[1]);
  if (groups < 1) malformed(call, `num_groups is ${groups}`);
  if (channels !== null && channels % groups !== 0) malformed(call, `${groups} groups do not divide ${channels} channels`);
  return groups;
}

/** Files before operator set 21 scale groups, not channels; the reader marks them. */
const scalesGroups = (call: Call) => int(call, 'fovea.perGroup', 0) === 1;

/** Source: ONNX GroupNormalization (scale and bias per channel). */
export const groupNormalization = defineOperator('GroupNormalization', {
  saves: withStatistics((call) => volume([shapeOf(call, 0)?.[0] ?? null, channelGroups(call)])),
  infer: (call) => {
    channelGroups(call);
    return [{ dtype: need(call, 0).dtype, shape: checkChannels(call, scalesGroups(call) ? [] : [1, 2]) }];
  },
  field: (call, i) => (i > 0 ? channelRelation(call) : statistical(call, (axis) => axis >= 1)),
  cost: (call) => {
    const perImage = volume(shapeOf(call, 0)?.slice(1) ?? [null]);
    if (perImage === null) return null;
    return rows(call, BigInt(perImage) / BigInt(channelGroups(call)), standardized, true, true);
  },
  defaults: () => ({ epsilon: 1e-5, stash_type: 1 }),
  axes: channelsFirst,
});

/** A norm over all axes from `axis` on. */
function lastAxes(op: string, perRow: (n: Count) => Amounts, statistics: number): Operator {
  const first = (call: Call, rank: number) => axisIn(call, int(call, 'axis', -1), rank);
  return defineOperator(op, {
    saves: withStatistics(
      (call) => {
        const shape = shapeOf(call, 0);
        return shape && volume(shape.slice(0, first(call, shape.length)));
      },
      Math.max(statistics, 1),
    ),
    infer: (call) => {
      const { dtype, shape } = need(call, 0);
      for (const slot of [1, 2]) {
        const affine = call.inputs[slot]?.shape ?? null;
        const wide = shape && affine && broadcast(call, [shape, affine]);
        if (wide && wide.length > shape.length) malformed(call, `input ${slot} has more axes than the tensor`);
      }
      const kept = shape && first(call, shape.length);
      const perRowShape = shape?.map((dim, axis) => (axis < (kept as number) ? dim : 1)) ?? null;
      return [{ dtype, shape }, ...Array.from({ length: statistics }, () => ({ dtype: 'float32' as const, shape: perRowShape }))];
    },
    field: (call, i, k) => {
      const rank = shapeOf(call, 0)?.length;
      if (rank === undefined) return RANK_UNKNOWN;
      const from = first(call, rank);
      if (k > 0) return axisByAxis(rank, (axis) => (axis < from ? EACH : null));
      return i > 0 ? 'elementwise' : statistical(call, (axis) => axis >= from);
    },
    cost: (call) => {
      const shape = shapeOf(call, 0);
      const n = shape && volume(shape.slice(first(call, shape.length)));
      return rows(call, n, perRow, has(call, 1), has(call, 2));
    },
    defaults: () => ({ axis: -1, epsilon: 1e-5, stash_type: 1 }),
    axes: (call) => {
      const rank = shapeOf(call, 0)?.length;
      return rank && first(call, rank) === rank - 1 ? channelsInside(rank) : null;
    },
  });
}

/** Source: ONNX LayerNormalization (its outputs: the tensor, mean and 1 / deviation of each row). */
export const layerNormalization = lastAxes('LayerNormalization', standardized, 2);

/** A row of n: square sum and epsilon; square and scale; mean and 1 / root; the root. */
const rootMeanSquare = (n: Count): Amounts => ({ add: n, mul: times(2, n), div: 2, exp: 1 });

/** Source: ONNX RMSNormalization (Zhang and Sennrich 2019). */
export const rmsNormalization = lastAxes('RMSNormalization', rootMeanSquare, 0);

/** Source: ONNX Runtime, where RMSNormalization had this name first, and 1 / root of each row as a further output. */
export const simplifiedLayerNormalization = lastAxes('SimplifiedLayerNormalization', rootMeanSquare, 1);

/**
 * Source: ONNX LRN (Krizhevsky et al.): a window over channels, at each position on its own. Training keeps what PyTorch's
 * formula does: the tensor, its squares between the padding of the window, their scaled mean, and its power.
 */
export const lrn = defineOperator('LRN', {
  saves: {
    inputs: [0],
    within: (call) => {
      const shape = shapeOf(call, 0);
      const channels = sumDim(call, [shape?.[1] ?? null, int(call, 'size', 1) - 1]);
      return allOf(manyOf(elementsOf(call.inputs[0]), 2), volume(shape?.with(1, channels) ?? [null]));
    },
  },
  infer: (call) => {
    if (int(call, 'size', 0) < 1) malformed(call, 'size must be at least 1');
    return [{ dtype: need(call, 0).dtype, shape: checkChannels(call, []) }];
  },
  field: (call) => {
    const rank = shapeOf(call, 0)?.length;
    const taps = int(call, 'size', 1);
    const channels = windows(1, 0 - Math.floor((taps - 1) / 2), taps, 1);
    return rank === undefined ? RANK_UNKNOWN : axisByAxis(rank, (axis) => (axis === 1 ? channels : EACH));
  },
  cost: (call) => {
    const taps = BigInt(int(call, 'size', 1));
    return perOutput(call, { mul: plus(taps, 1), add: taps, exp: 1, div: 1 });
  },
  defaults: () => ({ alpha: 1e-4, beta: 0.75, bias: 1 }),
  axes: channelsFirst,
});
