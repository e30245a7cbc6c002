import t from 'tap';
import { roofline } from '../../../src/analysis/views/roofline.ts';
import type { ViewOptions } from '../../../src/analysis/views/view.ts';
import type { Network } from '../../../src/core/graph.ts';
import { fixtureGraph } from '../../core/graphs.ts';
import { alternative } from '../figures/drawing.ts';

const network: Network = { graph: fixtureGraph('resnet50'), format: 'onnx', name: 'resnet50', bytes: 1, sha256: '0'.repeat(64) };
/** Computes 10^12 operations a second and moves 10^10 bytes. */
const DEVICE = { name: 'mine', bandwidth: 1e10, rates: { float32: 1e12 } };

function drawn(options: ViewOptions): string {
  return [...(roofline.forms.svg?.(roofline.answer(network, options), { maxLayers: 1000 }) ?? [])].join('');
}

const PREFIX = new Map([
  ['M', 1e6],
  ['G', 1e9],
  ['T', 1e12],
]);

t.test('the total stands under the roof, fused as its time is', async (t) => {
  const { desc } = alternative(drawn({ device: DEVICE }));
  const [, intensity, rate, prefix] =
    /total: ([\d.]+) FLOP\/B, at most ([\d.]+) ([MGT])FLOP\/s, 100 % of the time/.exec(desc.replaceAll('\u00a0', ' ')) ?? [];
  const performance = Number(rate) * (PREFIX.get(prefix ?? '') ?? Number.NaN);
  t.ok(Number(intensity) > 0, desc);
  // Three digits are written.
  t.ok(performance <= 1.01 * Math.min(1e12, Number(intensity) * 1e10), `${performance} FLOP/s at ${intensity} FLOP/B`);
  t.notMatch(desc, 'Partial');
});

t.test('a partial answer says so, and draws no total', async (t) => {
  const svg = drawn({ device: DEVICE, weights: 'float64' });
  const { desc } = alternative(svg);
  t.match(desc, 'Partial: the time of some layers is unknown.');
  t.notMatch(desc, 'total:');
  t.notMatch(svg, '>total<');
});
