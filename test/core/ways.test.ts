import fc from 'fast-check';
import t from 'tap';
import { NO_OPERATIONS } from '../../src/core/cost/counters.ts';
import type { Way } from '../../src/core/inference/runner.ts';
import type { LayerFacts } from '../../src/core/layers.ts';
import { costlierWays } from '../../src/core/ways.ts';

/** A layer of which only its cost and its way through undecided Ifs matter. */
function layer(flops: number, ways: readonly Way[]): LayerFacts {
  return { call: { ways }, operations: { ...NO_OPERATIONS, add: flops } } as unknown as LayerFacts;
}

interface Branching {
  readonly flops: number;
  readonly inner: readonly { readonly onThen: readonly Branching[]; readonly onElse: readonly Branching[] }[];
}

/** Nested Ifs: each block is a layer and some Ifs behind it. */
const block = fc.memo((depth): fc.Arbitrary<Branching> => {
  const branch = depth <= 1 ? fc.constant([]) : fc.array(block(depth - 1), { maxLength: 2 });
  return fc.record({ flops: fc.nat(9), inner: fc.array(fc.record({ onThen: branch, onElse: branch }), { maxLength: 2 }) });
});

/** The layers of blocks in order, and what the costliest way through them costs, told by recursion. */
function flatten(blocks: readonly Branching[], ways: readonly Way[], name: string, layers: LayerFacts[]): number {
  let cost = 0;
  blocks.forEach(({ flops, inner }, b) => {
    layers.push(layer(flops, ways));
    cost += flops;
    inner.forEach(({ onThen, onElse }, i) => {
      const decision = `${name}.${b}.${i}`;
      const then = flatten(onThen, [...ways, { decision, taken: 'then' }], `${decision}t`, layers);
      const otherwise = flatten(onElse, [...ways, { decision, taken: 'else' }], `${decision}e`, layers);
      cost += Math.max(then, otherwise);
    });
  });
  return cost;
}

t.test('of nested undecided Ifs the costliest way is kept, and one branch of each', async (t) => {
  fc.assert(
    fc.property(fc.array(block(4), { minLength: 1, maxLength: 3 }), (blocks) => {
      const layers: LayerFacts[] = [];
      const cost = flatten(blocks, [], '', layers);
      const { facts } = costlierWays(layers);
      const kept = facts.reduce((sum, { operations }) => sum + Number(operations?.add), 0);
      const taken = new Map(facts.flatMap(({ call }) => call.ways.map(({ decision, taken }) => [decision, taken] as const)));
      const one = facts.every(({ call }) => call.ways.every(({ decision, taken: way }) => taken.get(decision) === way));
      return kept === cost && one && facts.every((fact, i) => i === 0 || layers.indexOf(fact) > layers.indexOf(facts[i - 1] as LayerFacts));
    }),
    { numRuns: 500 },
  );
  t.pass();
});
