import t from 'tap';
import { flowFrom } from '../../../src/core/receptive-field/influence/flow.ts';
import { targetNamed, unitAxes, unitOf } from '../../../src/core/receptive-field/target.ts';
import { asked, conv, type Json, same, TOKENS, transformerBlock } from './asked.ts';

/** The axes of units of the last layer (or a named one), with their sizes. */
function axesOf(layers: readonly Json[], question: Parameters<typeof asked>[1] = {}): (number | null)[][] {
  const { trace, source, target } = asked(layers, question);
  return unitAxes(flowFrom(trace, source, target.at), target).map(({ axis, size }) => [axis, size]);
}

t.test('units are told apart by the axes along which the source moves', async (t) => {
  t.same(axesOf([conv(3, 2, 1)]), [
    [2, 32],
    [3, 32],
  ]);
  t.same(axesOf([same(3), { type: 'Permute', dims: [0, 2, 3, 1] }]), [
    [1, 64],
    [2, 64],
  ]);
  t.same(axesOf([{ type: 'AdaptiveAvgPool2d', output_size: 1 }]), []);
  t.same(axesOf([{ type: 'Conv1d', out_channels: 2, kernel_size: 3 }], { shape: [1, 2, 50] }), [[2, 48]]);
  t.same(axesOf([same(3), { type: 'InstanceNorm2d' }]).length, 2, 'statistics do not undo it');
});

t.test('a Reshape packs and spreads positions', async (t) => {
  t.same(axesOf(TOKENS), [[1, 256]]);
  t.same(axesOf([...TOKENS, ...transformerBlock('b', 'tokens')]), [[1, 256]], 'behind attention a token still has its place');
  t.same(axesOf([...TOKENS, ...transformerBlock('b', 'tokens')], { target: 'b.attention.scores' }).slice(-2), [
    [2, 256],
    [3, 256],
  ]);
  t.same(axesOf([...TOKENS, { type: 'Reshape', shape: [1, 4, 4, 16, 8] }]), [
    [1, 4],
    [2, 4],
    [3, 16],
  ]);
  t.same(
    axesOf([same(3), { type: 'Reshape', shape: [1, 2, 2, 64, 64] }]),
    [
      [3, 64],
      [4, 64],
    ],
    'channels that are split are none',
  );
  t.same(
    axesOf([conv([3, 1], 1, [1, 0]), { type: 'Reshape', shape: [1, 2, 2, 50, 1] }], { shape: [1, 3, 50, 1] }),
    [
      [3, 50],
      [4, 1],
    ],
    'an axis of one position is one too',
  );
  t.same(axesOf([conv(3, 1, 1), { type: 'Flatten' }]), [[1, 4 * 64 * 64]], 'channels that are packed with positions count along');
});

t.test('the centre unit, or the one that is named', async (t) => {
  const { trace, source, target } = asked([conv(3, 2, 1)], { shape: [1, 3, 10, 15] });
  const flow = flowFrom(trace, source, target.at);
  t.same(unitOf(flow, target, undefined), [
    { axis: 2, size: 5, index: 2 },
    { axis: 3, size: 8, index: 4 },
  ]);
  t.same(
    unitOf(flow, target, [4, 0]).map(({ index }) => index),
    [4, 0],
  );
  t.throws(() => unitOf(flow, target, [5, 0]), {
    name: 'Fault',
    code: 'invalid-unit',
    message: `a unit of ${target.name} has 2 indices: on axis 2 (0 to 4), axis 3 (0 to 7), not [5, 0]`,
  });
});

t.test('targets by name', async (t) => {
  const { trace } = asked([conv(3, 2, 1)]);
  t.match(targetNamed(trace, 'x'), { at: -1, name: 'x' });
  t.match(targetNamed(trace, trace.graph.outputs[0]?.name ?? ''), { at: trace.calls.length - 1 });
  t.equal(targetNamed(trace, 'nothing'), null);
  t.equal(targetNamed(trace, [...trace.constants.keys()][0] ?? ''), null, 'a weight is no target');
});
