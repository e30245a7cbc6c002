import t from 'tap';
import { readConfig } from '../../../src/config.ts';
import { analyze } from '../../../src/core/analyze.ts';
import { readDescription } from '../../../src/formats/description/index.ts';
import { describeRef, refsLike } from '../../../src/networks/index.ts';
import { patternNamed, patterns } from '../../../src/networks/patterns/index.ts';

const { reader } = readConfig({}).limits;

function analyzed(ref: string) {
  const described = describeRef(`pattern:${ref}`);
  if (described === null) throw new Error(`there is no pattern ${ref}`);
  const graph = readDescription(described.description, reader);
  return analyze({ graph, format: 'description', name: described.name, bytes: 0, sha256: '' }, {});
}

t.test('every pattern says what it is and what it is compared with', async (t) => {
  const ids = patterns().map(({ id }) => id);
  t.equal(new Set(ids).size, ids.length, 'no name stands for two');
  t.same(
    refsLike('pattern:'),
    ids.map((id) => `pattern:${id}`),
  );
  for (const { id, title, summary, against, parameters } of patterns()) {
    t.match(id, /^[a-z0-9-]+$/);
    t.match(title, /^[A-Z][^\n]+[^.]$/, id);
    t.match(summary, /^[A-Z][^\n]{20,}[.]$/, `${id} has a one-line summary`);
    t.ok(against.length > 0 && !against.includes(id), `${id} is compared with others`);
    for (const other of against) t.ok(patternNamed(other)?.against.includes(id), `${other} names ${id} too`);
    for (const [name, { doc }] of Object.entries(parameters)) t.match(doc, /[.]$/, `${id} says what ${name} is`);
  }
});

t.test('every pattern can be analyzed completely, also at the ends of its parameters', async (t) => {
  for (const { id, parameters } of patterns()) {
    const plain = analyzed(id);
    t.match(plain, { status: 'complete', network: { name: id }, totals: { lowerBounds: [] } }, id);
    for (const [name, parameter] of Object.entries(parameters)) {
      const values = 'values' in parameter ? parameter.values : [parameter.least, parameter.most];
      for (const value of values) t.equal(analyzed(`${id},${name}=${value}`).status, 'complete', `${id} with ${name}=${value}`);
    }
  }
});

t.test('refs', async (t) => {
  t.equal(describeRef('pattern:two-3x3,channels=64')?.name, 'two-3x3', 'the default need not be said');
  t.equal(describeRef('pattern:two-3x3,between=none')?.name, 'two-3x3,between=none');
  t.match(describeRef('pattern:two-3x3')?.description, { version: 1, description: /^Two 3x3 convolutions\. They see/ });
  for (const ref of ['pattern:two-4x4', 'pattern:', 'zoo:two-3x3', 'two-3x3', 'pattern:constructor']) t.equal(describeRef(ref), null, ref);
  t.throws(() => describeRef('pattern:two-3x3,kernel=3'), {
    code: 'invalid-ref',
    message: /has no parameter 'kernel'; it has channels, size, between/,
  });
  t.throws(() => describeRef('pattern:two-3x3,channels=0'), { code: 'invalid-ref', message: /from 1 to 4096/ });
});

t.test('the thin perceptron has the width whose parameters are nearest to those of the fat one', async (t) => {
  for (const [width, inputs, outputs, depth] of [
    [1024, 784, 10, 4],
    [512, 100, 10, 2],
    [1, 1, 1, 2],
    [3, 5, 7, 64],
    [4000, 30, 2, 9],
  ] as const) {
    const values = `width=${width},inputs=${inputs},outputs=${outputs}`;
    const fat = Number(analyzed(`fat-shallow-mlp,${values}`).totals.params.trainable);
    t.equal(fat, inputs * width + width + width * outputs + outputs);
    const thin = analyzed(`thin-deep-mlp,${values},depth=${depth}`);
    const misses = Array.from({ length: 4096 }, (_, i) => {
      const sizes = [inputs, ...Array<number>(depth).fill(i + 1), outputs];
      const parameters = sizes.slice(1).reduce((sum, size, at) => sum + size * ((sizes[at] as number) + 1), 0);
      return Math.abs(parameters - fat);
    });
    t.equal(Math.abs(Number(thin.totals.params.trainable) - fat), Math.min(...misses), values);
    t.equal(thin.totals.depth, depth + 1);
  }
});
