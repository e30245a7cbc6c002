import t from 'tap';
import { conventions } from '../../../src/core/cost/conventions/index.ts';
import { projection } from '../../../src/core/cost/conventions/project.ts';
import { primitives } from '../../../src/core/cost/counters.ts';
import type { Step } from '../../../src/core/inference/runner.ts';
import { operators } from '../../../src/core/operators/index.ts';
import { samplesOf } from '../../docs/samples.ts';

const samples = operators().flatMap((operator) =>
  samplesOf(operator).flatMap((call) => {
    const counters = operator.cost(call);
    return counters ? [{ call: { ...call, operator }, operations: primitives(counters) }] : [];
  }),
);

t.test('every convention gives every operator a count, or says that it does not know', async (t) => {
  for (const convention of conventions()) {
    const odd: string[] = [];
    for (const { call, operations } of samples) {
      const steps = [1, 3].map((repeats): Step => ({ ...call, repeats, loop: null, ways: [], reads: [], writes: [] }));
      const [once, thrice] = steps.map((step) => projection(convention, [step])(step, operations));
      const counted = once === null || (typeof once === 'bigint' ? once >= 0n : Number.isSafeInteger(once) && Number(once) >= 0);
      if (!counted || (once !== null && Number(thrice) !== 3 * Number(once))) odd.push(`${call.node.op}: ${once}, ${thrice}`);
    }
    t.strictSame(odd, [], convention.id);
  }
});
