import { type Count, plus } from '../count.ts';
import type { Dim, Shape } from '../graph.ts';
import { each, together } from './amount.ts';
import { choice, has, malformed, need, sameDim, shapeOf } from './call.ts';
import { type Call, defineOperator, type Relation } from './operator.ts';
import { axisByAxis, EACH, link, RANK_UNKNOWN } from './relation.ts';
import { elementsOf } from './shape.ts';
import { logSoftmax } from './softmax.ts';

const REDUCTIONS = ['mean', 'sum', 'none'] as const;

const reductionOf = (call: Call) => choice(call, 'reduction', REDUCTIONS);

/** One loss for each target; scores have a class axis behind the batch axis. */
function losses(call: Call): Shape | null {
  const [scores, targets] = [shapeOf(call, 0), shapeOf(call, 1)];
  if (scores && scores.length < 2) malformed(call, `scores of rank ${scores.length} have no class axis`);
  const expected = scores?.toSpliced(1, 1);
  if (!expected || !targets) return expected ?? targets;
  if (expected.length !== targets.length) malformed(call, `targets of rank ${targets.length} for scores of rank ${expected.length + 1}`);
  return expected.map((n, axis) => sameDim(call, n, targets[axis] as Dim, `axis ${axis} of scores and targets`));
}

function inferLoss(call: Call): { readonly dtype: ReturnType<typeof need>['dtype']; readonly shape: Shape | null } {
  const each = losses(call);
  if (has(call, 2)) sameDim(call, shapeOf(call, 0)?.[1] ?? null, shapeOf(call, 2)?.[0] ?? null, 'classes and their weights differ');
  return { dtype: need(call, 0).dtype, shape: reductionOf(call) === 'none' ? each : [] };
}

function lossField(call: Call, i: number): Relation {
  if (reductionOf(call) !== 'none') return [];
  const rank = losses(call)?.length;
  if (rank === undefined) return RANK_UNKNOWN;
  if (i > 1) return 'dataDependent';
  return Array.from({ length: rank }, (_, axis) => link(i === 0 && axis > 0 ? axis + 1 : axis, EACH));
}

/** The score of each target and its negative, times the weight of its class; then their sum, over that of the weights. */
function lossCost(call: Call) {
  const targets = losses(call);
  const n = targets && elementsOf({ ...need(call, 1), shape: targets });
  if (n === null) return null;
  const weighted = has(call, 2);
  const reduction = reductionOf(call);
  const sums: Count = reduction === 'none' || n === 0 ? 0 : plus(n, -1);
  const total = reduction === 'mean' ? { add: weighted ? plus(sums, sums) : sums, div: 1 } : { add: sums };
  return together(call, each(call, n, { load: weighted ? 2 : 1, add: 1, mul: weighted ? 1 : 0 }), total);
}

const defaults = () => ({ reduction: REDUCTIONS[0] });

/** Bytes of the sum of the weights of all targets, which is kept beside scores and targets (derivatives.yaml of PyTorch, `nll_loss_forward`). */
const WEIGHT = 4;

/** Source: ONNX NegativeLogLikelihoodLoss. */
export const negativeLogLikelihoodLoss = defineOperator('NegativeLogLikelihoodLoss', {
  saves: { inputs: [0, 1, 2], beside: () => WEIGHT },
  infer: (call) => [inferLoss(call)],
  field: lossField,
  cost: lossCost,
  defaults,
});

/** LogSoftmax of the scores over their classes. */
function logProbabilities(call: Call): Call {
  const node = { ...call.node, attributes: new Map([['axis', 1]]) };
  return { node, inputs: [call.inputs[0]], outputs: [need(call, 0)] };
}

/** Source: ONNX SoftmaxCrossEntropyLoss, whose body is LogSoftmax and NegativeLogLikelihoodLoss. */
export const softmaxCrossEntropyLoss = defineOperator('SoftmaxCrossEntropyLoss', {
  // The logarithms of the probabilities, which may be an output.
  saves: (call) => ({
    inputs: [1, 2],
    outputs: [1],
    within: () => (call.node.outputs[1] ? 0 : elementsOf(call.inputs[0])),
    beside: () => WEIGHT,
  }),
  infer: (call) => [inferLoss(call), { dtype: need(call, 0).dtype, shape: shapeOf(call, 0) }],
  field: (call, i, k): Relation => {
    if (k === 0) return lossField(call, i);
    const rank = shapeOf(call, 0)?.length;
    if (i > 0) return 'none';
    return rank === undefined ? RANK_UNKNOWN : axisByAxis(rank, (axis) => (axis === 1 ? null : EACH));
  },
  cost: (call) => together(call, logSoftmax.cost(logProbabilities(call)), lossCost(call)),
  defaults,
});
