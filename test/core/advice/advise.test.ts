import t from 'tap';
import { advise } from '../../../src/core/advice/advise.ts';
import type { Budget } from '../../../src/core/advice/trial.ts';
import { editTrace } from '../../../src/core/edits/apply.ts';
import type { Graph } from '../../../src/core/graph.ts';
import { sourceNamed } from '../../../src/core/receptive-field/fields.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { fieldAt, frozen, report, zoo } from '../edits/edited.ts';
import { described } from '../graphs.ts';

/** Advice on the field of a layer along H. */
function adviceOn(graph: Graph, layer: string, size: number, budget: Budget = {}, pairs = false) {
  const trace = traceGraph(frozen(graph), {});
  const source = sourceNamed(trace, graph.inputs[0]?.name ?? '');
  if (!source) throw new Error('there is no input');
  const aimed = { tensor: layer, source: { ...source, axes: source.axes.slice(0, 1) }, size };
  return advise(trace, aimed, { budget, pairs, edit: (before, edits) => editTrace(before, edits).trace });
}

/** What an analysis of the edited graph says of the same. */
function analyzed(graph: Graph, edits: Parameters<typeof editTrace>[1], layer: string) {
  const after = report(editTrace(traceGraph(graph, {}), edits).graph);
  const { totals } = after;
  return {
    receptiveField: fieldAt(after, layer).local.size,
    macs: totals.macs,
    params: totals.params.trainable,
    peakBytes: totals.memory.peakBytes,
  };
}

t.test('a chain of three 3 x 3 that is to see 11', async (t) => {
  const conv = { type: 'Conv2d', out_channels: 8, kernel_size: 3, padding: 1, bias: false };
  const graph = described({ inputs: { x: [1, 8, 32, 32] }, layers: [1, 2, 3].map((i) => ({ name: `c${i}`, ...conv })) });
  const advised = adviceOn(graph, 'c3', 11);
  t.match(advised.before, { receptiveField: 7, stride: 1, reaches: false, withinBudget: true, params: 3 * 9 * 64 });
  t.equal(advised.reached, true);
  // A dilation of 3 costs nothing; a kernel of 7 costs 40 of 27 more weights for each pair of channels.
  t.match(advised.advice[0], {
    edits: [{ kind: 'set', dilation: [3, 3] }],
    receptiveField: 11,
    relative: { macs: 1, params: 1, peakBytes: 1 },
    cost: 1,
  });
  const kernel = advised.advice.find(({ edits: [edit] }) => edit && 'kernel' in edit);
  t.match(kernel, { edits: [{ kind: 'set', kernel: [7, 7] }], receptiveField: 11, relative: { params: (49 + 18) / 27 } });
});

t.test('what it says of ResNet-18 is what an analysis of the edited network says', async (t) => {
  const graph = zoo('resnet18');
  const advised = adviceOn(graph, 'layer3/1/relu', 300, {}, true);
  t.ok(advised.reached && advised.advice.length > 5);
  t.ok(advised.trials.pairs > 0 && advised.trials.pairs <= advised.trials.limit);
  let before = 0;
  for (const { edits, reaches, withinBudget, cost, receptiveField, macs, params, peakBytes } of advised.advice) {
    t.same({ receptiveField, macs, params, peakBytes }, analyzed(graph, edits, 'layer3/1/relu'), JSON.stringify(edits));
    t.ok(reaches && withinBudget && (receptiveField ?? 0) >= 300 && cost >= before, 'the cheapest first');
    before = cost;
  }
});

t.test('a budget, and the nearest where nothing reaches the target within it', async (t) => {
  const graph = zoo('vgg16');
  const { macs } = report(graph).totals;
  const within = adviceOn(graph, 'features/30', 230, { macs: Number(macs) });
  t.ok(within.reached && within.advice.every((trial) => Number(trial.macs) <= Number(macs)));
  const far = adviceOn(graph, 'features/30', 100_000, { macs: Number(macs) });
  t.equal(far.reached, false);
  t.ok(far.advice.every(({ reaches, withinBudget }) => !reaches && withinBudget));
  const fields = far.advice.map(({ receptiveField }) => receptiveField ?? 0);
  t.same(
    fields,
    [...fields].sort((a, b) => b - a),
    'the largest field first',
  );
  const poor = adviceOn(graph, 'features/30', 230, { params: 1 });
  t.match(poor, { reached: false, before: { withinBudget: false } });
});

t.test('trials are bounded', async (t) => {
  const layers = Array.from({ length: 301 }, (_, i) => ({ name: `c${i}`, type: 'Conv2d', out_channels: 2, kernel_size: 3, padding: 1 }));
  const { trials } = adviceOn(described({ inputs: { x: [1, 2, 8, 8] }, layers }), 'c300', 2000);
  t.match(trials, { singles: 300, limit: 300, pairs: 0 });
});
