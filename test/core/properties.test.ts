import fc from 'fast-check';
import t from 'tap';
import { readConfig } from '../../src/config.ts';
import { analyze } from '../../src/core/analyze.ts';
import type { Graph } from '../../src/core/graph.ts';
import { runGraph } from '../../src/core/inference/run.ts';
import type { Totals } from '../../src/core/report.ts';
import { readDescription } from '../../src/formats/description/index.ts';

// What must hold for any network: told of random ones, written as descriptions.

type Json = Record<string, unknown>;

const limits = readConfig({}).limits.reader;

const layer: fc.Arbitrary<Json> = fc.oneof(
  fc.record({
    type: fc.constant('Conv2d'),
    out_channels: fc.constantFrom(4, 8, 12),
    kernel_size: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 2 }),
    padding: fc.integer({ min: 1, max: 2 }),
    bias: fc.boolean(),
  }),
  fc.constantFrom<Json>(
    { type: 'ReLU' },
    { type: 'BatchNorm2d' },
    { type: 'SiLU' },
    { type: 'GELU' },
    { type: 'MaxPool2d', kernel_size: 2, padding: 1 },
    { type: 'AvgPool2d', kernel_size: 3, stride: 1, padding: 1 },
    { type: 'Upsample', scale_factor: 2, mode: 'nearest' },
    { type: 'Upsample', scale_factor: 2, mode: 'bilinear' },
    { type: 'ConvTranspose2d', out_channels: 4, kernel_size: 2, stride: 2 },
    { type: 'GroupNorm', num_groups: 2 },
    { type: 'InstanceNorm2d' },
    { type: 'Dropout' },
  ),
);

const head: Json = { type: 'Conv2d', out_channels: 4, kernel_size: 3, padding: 1 };

function graphOf(layers: readonly Json[], batch: unknown, size: number): Graph {
  return readDescription({ version: 1, inputs: { x: [batch, 3, size, size] }, layers: [head, ...layers] }, limits);
}

function totals(layers: readonly Json[], batch: number, size: number): Totals {
  return analyze({ graph: graphOf(layers, batch, size), format: '', name: '', bytes: 0, sha256: '' }).totals;
}

const network = fc.array(layer, { minLength: 1, maxLength: 6 });
const RUNS = { numRuns: 150 };

t.test('compute and activations are linear in the batch, parameters do not depend on it', async () => {
  fc.assert(
    fc.property(network, fc.integer({ min: 2, max: 9 }), (layers, batch) => {
      const [one, many] = [totals(layers, 1, 16), totals(layers, batch, 16)];
      const figures = ({ macs, flops, activations, operations }: Totals) => [
        macs,
        flops,
        activations.elements,
        ...Object.values(operations),
      ];
      return (
        figures(many).every((figure, i) => Number(figure) === batch * Number(figures(one)[i])) &&
        JSON.stringify(many.params) === JSON.stringify(one.params)
      );
    }),
    RUNS,
  );
});

t.test('a larger image never costs less', async () => {
  fc.assert(
    fc.property(network, fc.integer({ min: 8, max: 40 }), fc.integer({ min: 1, max: 9 }), (layers, size, more) => {
      const [small, large] = [totals(layers, 1, size), totals(layers, 1, size + more)];
      return Number(small.macs) <= Number(large.macs) && Number(small.flops) <= Number(large.flops);
    }),
    RUNS,
  );
});

t.test('a convolution in g groups costs and weighs 1/g', async () => {
  fc.assert(
    fc.property(fc.constantFrom(2, 3, 4, 6, 12), fc.integer({ min: 1, max: 5 }), (groups, kernel) => {
      const conv = (g: number) =>
        totals(
          [
            { type: 'Conv2d', out_channels: 12, kernel_size: 1 },
            { type: 'Conv2d', out_channels: 24, kernel_size: kernel, groups: g, bias: false },
          ],
          1,
          12,
        );
      const before = totals([{ type: 'Conv2d', out_channels: 12, kernel_size: 1 }], 1, 12);
      const share = (of: Totals, figure: (t: Totals) => unknown) => Number(figure(of)) - Number(figure(before));
      const macs = (t: Totals) => t.macs;
      const params = (t: Totals) => t.params.trainable;
      return share(conv(1), macs) === groups * share(conv(groups), macs) && share(conv(1), params) === groups * share(conv(groups), params);
    }),
    RUNS,
  );
});

t.test('folding adds shapes and never changes one', async (t) => {
  const attention: Json[] = [
    { type: 'Flatten', start_dim: 2 },
    { type: 'Permute', dims: [0, 2, 1] },
    { type: 'MultiheadAttention', num_heads: 2 },
  ];
  let gained = 0;
  fc.assert(
    fc.property(network, fc.boolean(), (layers, attends) => {
      const graph = graphOf(attends ? [...layers, { type: 'Conv2d', out_channels: 8, kernel_size: 1 }, ...attention] : layers, 2, 16);
      const inputs = new Map(graph.inputs.map(({ name, dtype, shape }) => [name, { dtype, shape, value: null, constant: false }]));
      const blind = { ...graph, constants: new Map([...graph.constants].map(([name, constant]) => [name, { ...constant, data: null }])) };
      const [folded, alone] = [runGraph(graph, inputs).tensors, runGraph(blind, inputs).tensors];
      return [...alone].every(([name, { shape }]) => {
        const known = folded.get(name)?.shape;
        gained += known?.filter((dim, axis) => typeof dim === 'number' && typeof shape?.[axis] !== 'number').length ?? 0;
        return !shape || shape.every((dim, axis) => typeof dim !== 'number' || dim === known?.[axis]);
      });
    }),
    RUNS,
  );
  t.ok(gained > 0, `${gained} sizes are known by folding only`);
});
