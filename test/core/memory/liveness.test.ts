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

t.test('an activation overwrites an input that dies there, and only then', async (t) => {
  const relu = (from: string, to: string, bytes = 10): LiveStep => ({
    id: to,
    reads: [from],
    writes: [{ name: to, bytes }],
    viewOf: null,
    overwrites: from,
  });
  const conv: LiveStep = { id: 'conv', reads: ['x'], writes: [{ name: 'a', bytes: 10 }], viewOf: null };
  const add: LiveStep = { id: 'add', reads: ['a', 'c'], writes: [{ name: 'y', bytes: 1 }], viewOf: null };
  const peak = (steps: readonly LiveStep[], output: string) => peakBytes(new Map([['x', 1]]), steps, [output]).bytes;
  t.equal(peak([conv, relu('a', 'b'), relu('b', 'c')], 'c'), 11, 'a chain stays in one place');
  t.equal(peak([conv, relu('a', 'b'), relu('a', 'c'), add], 'y'), 21, 'the first of two readers copies, the second does not');
  t.equal(peak([conv, relu('a', 'b')], 'a'), 20, 'a network output is kept');
  t.equal(peak([conv, relu('a', 'b', 20)], 'b'), 30, 'another size needs its own place');
  t.equal(peak([relu('x', 'b', 1)], 'b'), 2, 'a network input belongs to the caller');
});

t.test('of the joined branches of an If the one that is counted stays alive', async (t) => {
  const steps: LiveStep[] = [
    { id: 'else', reads: ['x'], writes: [{ name: 'b', bytes: 10 }], viewOf: null },
    { id: 'join', reads: ['a', 'b'], writes: [{ name: 'j', bytes: 10 }], viewOf: 'a' },
    { id: 'other', reads: ['x'], writes: [{ name: 'c', bytes: 5 }], viewOf: null },
    { id: 'last', reads: ['j', 'c'], writes: [{ name: 'y', bytes: 1 }], viewOf: null },
  ];
  t.same(peakBytes(new Map([['x', 1]]), steps, ['y']), { bytes: 16, layer: 'other' });
});

/** A random graph: nodes with one to three outputs, some of which nobody reads; views; inputs that nobody reads; any outputs. */
interface RandomGraph {
  readonly inputs: ReadonlyMap<string, number>;
  readonly steps: readonly LiveStep[];
  readonly outputs: readonly string[];
}

const bytes = fc.nat(20);
const node = fc.record({
  kind: fc.constantFrom('own', 'own', 'view', 'activation'),
  from: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
  writes: fc.array(bytes, { minLength: 1, maxLength: 3 }),
});

const randomGraph: fc.Arbitrary<RandomGraph> = fc
  .record({
    inputs: fc.array(bytes, { minLength: 1, maxLength: 3 }),
    nodes: fc.array(node, { minLength: 1, maxLength: 24 }),
    outputs: fc.array(fc.nat(), { maxLength: 3 }),
  })
  .map(({ inputs, nodes, outputs }) => {
    const names = inputs.map((_, i) => `in${i}`);
    const sizes = new Map(inputs.map((size, i) => [`in${i}`, size]));
    const steps = nodes.map(({ kind, from, writes }, at): LiveStep => {
      const reads = from.map((n) => names[n % names.length] as string);
      const first = reads[0] as string;
      // An activation has one output, most often of its input's size.
      const written = kind === 'activation' ? [(writes[0] as number) % 4 === 0 ? 1 : (sizes.get(first) as number)] : writes;
      const made = written.map((size, k) => ({ name: `t${at}.${k}`, bytes: size }));
      for (const { name, bytes: size } of made) sizes.set(name, size);
      names.push(...made.map(({ name }) => name));
      return {
        id: `n${at}`,
        reads,
        writes: made,
        viewOf: kind === 'view' ? first : null,
        ...(kind === 'activation' && { overwrites: first }),
      };
    });
    return {
      inputs: new Map(inputs.map((size, i) => [`in${i}`, size])),
      steps,
      outputs: outputs.map((n) => names[n % names.length] as string),
    };
  });

/** Whether something at or after a step needs a tensor, itself or by a view of it; looked up anew each time. */
function neededFrom(at: number, name: string, { inputs, steps, outputs }: RandomGraph): boolean {
  if (outputs.includes(name) || steps.slice(at).some(({ reads }) => reads.includes(name))) return true;
  const shows = ({ viewOf }: LiveStep) => viewOf === name;
  if (steps.some((step) => shows(step) && step.writes.some((view) => neededFrom(at, view.name, { inputs, steps, outputs })))) return true;
  const written = (s: number) => steps[s]?.writes.some((write) => write.name === name);
  if (written(at) || steps.slice(at).some(shows)) return true;
  return false;
}

/** Bytes of all that is live at each step, each step on its own. */
function recomputed(graph: RandomGraph): number {
  const { inputs, steps } = graph;
  const everRead = (name: string) => steps.some(({ reads }) => reads.includes(name));
  return Math.max(
    ...steps.map((_, at) => {
      const fed = [...inputs].filter(([name]) => !everRead(name) || neededFrom(at, name, graph));
      const made = steps.slice(0, at + 1).flatMap(({ viewOf, writes }) => (viewOf === null ? writes : []));
      const live = made.filter(({ name }) => neededFrom(at, name, graph));
      return [...fed.map(([, size]) => size), ...live.map((write) => Number(write.bytes))].reduce((a, b) => a + b, 0);
    }),
  );
}

/** Runs the order with places that count who still needs them; an activation that is the last to need a place of its size keeps it. */
function counted({ inputs, steps, outputs }: RandomGraph): number {
  interface Place {
    size: number;
    uses: number;
    readonly fed: boolean;
  }
  const places = new Map<string, Place>();
  const uses = (name: string) =>
    steps.reduce((n, { reads }) => n + reads.filter((read) => read === name).length, 0) + outputs.filter((out) => out === name).length;
  let live = 0;
  for (const [name, size] of inputs) {
    places.set(name, { size, uses: uses(name) || Number.POSITIVE_INFINITY, fed: true });
    live += size;
  }
  let peak = 0;
  for (const { reads, writes, viewOf, overwrites } of steps) {
    const read = reads.map((name) => places.get(name) as Place);
    const shown = viewOf === null ? null : (places.get(viewOf) as Place);
    const over = overwrites === undefined ? null : (places.get(overwrites) as Place);
    const own = writes.map(({ name, bytes: size }) => {
      const mine = read.filter((place) => place === over).length === 1 && over?.uses === 1 && over.size === size && !over.fed;
      const place = shown ?? (mine && over ? over : { size: Number(size), uses: 0, fed: false });
      if (place !== shown && place !== over) live += place.size;
      place.uses += uses(name);
      places.set(name, place);
      return place;
    });
    peak = Math.max(peak, live);
    for (const place of read) place.uses -= 1;
    for (const place of new Set([...read, ...own])) {
      if (place.uses > 0) continue;
      live -= place.size;
      place.size = 0;
    }
  }
  return peak;
}

t.test('the peak of random graphs equals that of looking at every tensor at every step', async (t) => {
  const seed = Date.now() | 0;
  t.comment(`seed ${seed}`);
  const without = (steps: readonly LiveStep[]) => steps.map(({ overwrites: _, ...step }) => step);
  fc.assert(
    fc.property(randomGraph, ({ inputs, steps, outputs }) => {
      const graph = { inputs, steps: without(steps), outputs };
      return peakBytes(inputs, graph.steps, outputs).bytes === recomputed(graph) && recomputed(graph) === counted(graph);
    }),
    { numRuns: 5000, seed },
  );
});

t.test('the peak of random graphs with activations in place equals that of counting who needs each place', async (t) => {
  const seed = Date.now() | 0;
  t.comment(`seed ${seed}`);
  fc.assert(
    fc.property(randomGraph, (graph) => {
      const { bytes: inPlace } = peakBytes(graph.inputs, graph.steps, graph.outputs);
      return inPlace === counted(graph);
    }),
    { numRuns: 5000, seed },
  );
});
