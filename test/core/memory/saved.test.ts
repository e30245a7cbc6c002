import { readFileSync } from 'node:fs';
import t from 'tap';
import { trainingCostOf } from '../../../src/core/cost/training.ts';
import { trainingMemoryOf } from '../../../src/core/memory/training.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { savedCases } from './saved-cases.ts';

/** What PyTorch measures, by case. */
const measured = readFileSync(new URL('../../fixtures/saved_tensors.csv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [name = '', ...figures] = line.split(',');
    const [saved = 0, ofInputs = 0, ofResult = 0, forward = 0, backward = 0] = figures.map(Number);
    return { name, saved, ofInputs, ofResult, forward, backward };
  });

t.test('every case is measured', async (t) => {
  t.same(measured.map(({ name }) => name).sort(), Object.keys(savedCases).sort());
});

for (const { name, saved, ofInputs, ofResult, forward, backward } of measured) {
  t.test(`${name} keeps what PyTorch keeps, and computes as much backward`, async (t) => {
    const found = savedCases[name];
    if (!found) return;
    const { graph, frozen, counted } = found;
    const trace = traceGraph(graph, {});
    const memory = trainingMemoryOf(trace, { frozen });
    t.same(memory.saved.unknown, []);
    const { tensors, besideBytes } = memory.saved;
    const sum = (of: (name: string) => boolean) =>
      tensors.filter(({ name }) => of(name)).reduce((all, { bytes }) => all + Number(bytes), 0);
    const parts = { inputs: sum((name) => name !== 'y'), result: sum((name) => name === 'y'), beside: Number(besideBytes) };
    t.same(parts, { inputs: ofInputs, result: ofResult, beside: saved - ofInputs - ofResult });
    const cost = trainingCostOf(trace, { frozen });
    t.equal(cost.lowerBounds.includes('backward'), false);
    if (counted) t.same([2 * Number(cost.forward.macs), 2 * Number(cost.backward.macs)], [forward, backward]);
  });
}
