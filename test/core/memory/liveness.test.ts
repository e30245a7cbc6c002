import fc from 'fast-check';
import t from 'tap';
import { type LiveStep, peakBytes } from '../../../src/core/memory/liveness.ts';

t.test('a residual block holds its shortcut', async (t) => {
  const steps: LiveStep[] = [
    { id: 'conv1', reads: ['x'], writes: [{ name: 'a', bytes: 10 }], viewOf: null },
    { id: 'conv2', reads: ['a'], writes: [{ name: 'b', bytes: 10 }], viewOf: null },
    { id: 'add', reads: ['b', 'x'], writes: [{ name: 'y', bytes: 10 }], viewOf: null },
  ];
  t.same(peakBytes(new Map([['x', 10]]), steps, ['y']), { bytes: 30, layer: 'conv2' });
});

t.test('a view owns nothing and keeps alive what it shows', async (t) => {
  const steps: LiveStep[] = [
    { id: 'conv', reads: ['x'], writes: [{ name: 'a', bytes: 10 }], viewOf: null },
    { id: 'flatten', reads: ['a'], writes: [{ name: 'f', bytes: 10 }], viewOf: 'a' },
    { id: 'fc1', reads: ['f'], writes: [{ name: 'b', bytes: 3 }], viewOf: null },
    { id: 'fc2', reads: ['b'], writes: [{ name: 'c', bytes: 30 }], viewOf: null },
    { id: 'last', reads: ['f', 'c'], writes: [{ name: 'y', bytes: 1 }], viewOf: null },
  ];
  t.same(peakBytes(new Map([['x', 1]]), steps, ['y']), { bytes: 43, layer: 'fc2' });
});

t.test('sums beyond 2^53 are exact', async (t) => {
  const steps: LiveStep[] = [{ id: 'a', reads: ['x'], writes: [{ name: 'y', bytes: 2n ** 60n + 1n }], viewOf: null }];
  t.same(peakBytes(new Map([['x', 2]]), steps, ['y']), { bytes: 2n ** 60n + 3n, layer: 'a' });
});

t.test('a network without layers holds its inputs', async (t) => {
  t.same(peakBytes(new Map([['x', 7]]), [], ['x']), { bytes: 7, layer: null });
});

t.test('the peak equals a simulation that looks at every tensor at every step', async (t) => {
  const tensor = fc.integer({ min: 1, max: 50 });
  const chain = fc.array(fc.record({ bytes: tensor, from: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), view: fc.boolean() }), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(chain, tensor, (layers, inputBytes) => {
      const steps = layers.map(({ bytes, from, view }, i): LiveStep => {
        const reads = [...new Set(from.map((f) => `t${f % (i + 1)}`))];
        return { id: `l${i}`, reads, writes: [{ name: `t${i + 1}`, bytes }], viewOf: view ? (reads[0] as string) : null };
      });
      const peak = peakBytes(new Map([['t0', inputBytes]]), steps, [`t${layers.length}`]);
      t.equal(peak.bytes, simulate(steps, inputBytes));
    }),
    { numRuns: 300 },
  );
});

/** Bytes of all tensors that own memory and are still needed, directly or by a view of them, at the worst step. */
function simulate(steps: readonly LiveStep[], inputBytes: number): number {
  const owner = (name: string): string => {
    const step = steps.find(({ writes }) => writes[0]?.name === name);
    return step && step.viewOf !== null ? owner(step.viewOf) : name;
  };
  const made = (name: string) => steps.findIndex(({ writes }) => writes[0]?.name === name);
  const needed = (name: string, at: number) =>
    name === `t${steps.length}` || steps.some(({ reads, writes }, s) => s >= at && (reads.includes(name) || writes[0]?.name === name));
  let peak = 0;
  steps.forEach((_, at) => {
    let live = 0;
    for (let i = 0; i <= steps.length; i++) {
      const name = `t${i}`;
      if (owner(name) !== name || made(name) > at) continue;
      const family = Array.from({ length: steps.length + 1 }, (_, j) => `t${j}`).filter((other) => owner(other) === name);
      // An input that nobody reads is never freed: the caller holds it.
      const unread = i === 0 && !steps.some(({ reads }) => reads.some((read) => owner(read) === name));
      if (unread || family.some((other) => needed(other, at))) live += i === 0 ? inputBytes : Number(steps[i - 1]?.writes[0]?.bytes);
    }
    peak = Math.max(peak, live);
  });
  return peak;
}
