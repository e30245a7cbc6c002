import t from 'tap';
import { readConfig } from '../../../src/config.ts';
import { analyze } from '../../../src/core/analyze.ts';
import type { Graph, Node } from '../../../src/core/graph.ts';
import { alignmentOf } from '../../../src/core/receptive-field/alignment.ts';
import { sourceNamed } from '../../../src/core/receptive-field/fields.ts';
import { unitRegion } from '../../../src/core/receptive-field/region.ts';
import { targetNamed } from '../../../src/core/receptive-field/target.ts';
import type { FieldAxis } from '../../../src/core/report.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { readDescription } from '../../../src/formats/description/index.ts';
import { randomFrom } from './random-network.ts';

// SAME padding at an unknown size: how far the first window reaches beyond the border depends on the size, its field does not.

type Json = Record<string, unknown>;

const { reader } = readConfig({}).limits;
const conv = (kernel: number, stride: number, name: string, from: string, padding: unknown = 'same_upper'): Json => {
  return { type: 'Conv2d', out_channels: 4, kernel_size: kernel, stride, padding: stride === 1 && kernel === 1 ? 0 : padding, name, from };
};
const add = (name: string, ...from: string[]): Json => ({ type: 'Add', name, from });

const read = (layers: readonly Json[], size: unknown): Graph =>
  readDescription({ version: 1, inputs: { x: [1, 4, size, size] }, layers }, reader);

function fieldsOf(graph: Graph): Map<string, FieldAxis> {
  const { layers = [] } = analyze({ graph, format: '', name: '', bytes: 0, sha256: '' });
  return new Map(layers.map(({ id, outputs }) => [id, outputs[0]?.receptiveFields[0]?.axes[0] as FieldAxis]));
}

/** The field of the last layer on H. */
const last = (layers: readonly Json[], size: unknown) => [...fieldsOf(read(layers, size)).values()].at(-1);

/** Micro-test 3 of google-research/receptive_field. */
const THIRD = [conv(1, 4, 'left', 'x', 0), conv(3, 2, 'same', 'x'), conv(1, 2, 'right', 'same'), add('merge', 'left', 'right')];

t.test('a branch that the other covers wherever it lies', async (t) => {
  t.match(last(THIRD, 'S'), {
    status: 'exact',
    size: 3,
    sizeMin: 3,
    stride: 4,
    padding: null,
    center: null,
    cause: 'SAME padding of an unknown size',
  });
  t.match(last(THIRD, 9), { size: 3, stride: 4, padding: 1 });
  t.match(last(THIRD, 8), { size: 3, stride: 4, padding: 0, center: 1 });
  const trace = traceGraph(read(THIRD, 'S'), {});
  t.match(alignmentOf(trace, 'x'), {
    merges: 1,
    misaligned: 0,
    undetermined: 1,
    offsets: [{ verdict: 'undetermined', offset: null, min: 0, max: 1, reason: /SAME/, causes: [] }, { axis: 'W' }],
  });
  // The second branch looks 4 positions further at an even size and 3 at an odd one: never where the first does.
  const never = [conv(1, 4, 'left', 'x', 0), conv(3, 2, 'same', 'x'), conv(4, 2, 'right', 'same', 0), add('merge', 'left', 'right')];
  t.match(alignmentOf(traceGraph(read(never, 'S'), {}), 'x'), {
    misaligned: 1,
    undetermined: 0,
    offsets: [{ verdict: 'misaligned', min: 3, max: 4 }, {}],
  });
});

t.test('where a unit lies is not told without a size, how much it sees is', async (t) => {
  const layers = [conv(3, 2, 'stem', 'x'), conv(5, 1, 'b', 'stem')];
  const question = (size: unknown) => {
    const trace = traceGraph(read(layers, size), {});
    const [target, source] = [targetNamed(trace, trace.graph.outputs[0]?.name ?? ''), sourceNamed(trace, 'x')];
    if (!target || !source) throw new Error('no such tensor');
    return unitRegion(trace, { target, source, unit: [3, 3] }).axes[0];
  };
  const place = { start: 2, stop: 13 };
  t.match(question(64), { field: { size: 11 }, strict: { virtual: place } });
  t.match(question(65), { field: { size: 11 }, strict: { virtual: { start: 1, stop: 12 } } });
  const nowhere = { virtual: null, actual: null };
  t.match(question('S'), { field: { size: 11, stride: 2, cause: /SAME/ }, strict: nowhere, local: nowhere, coverage: null });
  t.match(last([conv(3, 1, 'one', 'x')], 'S'), { padding: 1, cause: undefined });
});

t.test('the residual network of TensorFlow', async (t) => {
  const block = (i: number, from: string, stride: number): Json[] => [
    conv(1, stride, `short${i}`, from),
    conv(3, stride, `a${i}`, from),
    conv(3, 1, `b${i}`, `a${i}`),
    add(`r${i}`, `short${i}`, `b${i}`),
  ];
  const net = [
    conv(7, 2, 'stem', 'x'),
    ...block(1, 'stem', 1),
    ...block(2, 'r1', 2),
    ...block(3, 'r2', 1),
    ...block(4, 'r3', 2),
    ...block(5, 'r4', 2),
  ];
  const unknown = last(net, 'S');
  t.match(unknown, { status: 'exact', stride: 16, padding: null });
  for (const size of [64, 65, 97, 224, 321])
    t.match(last(net, size), { size: unknown?.size, sizeMin: unknown?.sizeMin, stride: 16 }, String(size));
});

t.test('branches that drift apart are unknown, and say why', async (t) => {
  // At an even size the one sees 0..2, at an odd one -1..1; the other -3..0, or -2..1.
  const apart = [
    conv(3, 2, 'a', 'x'),
    { type: 'ZeroPad2d', name: 'pad', from: 'x', padding: [3, 0, 3, 0] },
    { ...conv(4, 2, 'b', 'pad'), padding: 0 },
    add('merge', 'a', 'b'),
  ];
  t.match(last(apart, 'S'), { status: 'unknown', size: null, padding: null, cause: 'SAME padding of an unknown size' });
  t.not(last(apart, 8)?.size, last(apart, 9)?.size);
});

t.test('two branches behind one window of unknown place lie where it lies', async (t) => {
  const shared = [conv(3, 2, 'stem', 'x'), conv(3, 2, 'a', 'stem'), conv(5, 1, 'b', 'a'), add('merge', 'a', 'b')];
  t.match(last(shared, 'S'), { status: 'exact', size: 23, stride: 4, padding: null });
  const even = [conv(3, 2, 'stem', 'x'), conv(2, 1, 'b', 'stem'), add('merge', 'stem', 'b')];
  const { offsets } = alignmentOf(traceGraph(read(even, 'S'), {}), 'x');
  t.match(offsets[0], { offset: 1, min: 1, max: 1, reason: null });
});

t.test('one position of a tensor of unknown place is at no known place', async (t) => {
  const picked = [
    conv(3, 2, 'same', 'x'),
    { type: 'onnx.Gather', attributes: { axis: 2 }, from: ['same', { dtype: 'int64', shape: [], data: [0] }] },
  ];
  t.match(last(picked, 9), { status: 'exact', size: 3, stride: null });
  t.match(last(picked, 'S'), { status: 'unknown', size: null, cause: 'SAME padding of an unknown size' });
});

const OPERATORS = ['Conv', 'MaxPool'];
const PADS = ['SAME_UPPER', 'SAME_UPPER', 'SAME_LOWER'];

/** Random windows with SAME padding, and sums of tensors of one total stride, which then have one size at every input size. */
function randomSame(seed: number, size: number | string): Graph {
  const random = randomFrom(seed);
  const strides = [1];
  const nodes: Node[] = [];
  for (let i = 1; i <= 3 + random(7); i++) {
    const from = Math.max(0, strides.length - 1 - random(random(2) === 0 ? strides.length : 2));
    const stride = strides[from] as number;
    const twins = strides.flatMap((other, t) => (other === stride && t !== from ? [t] : []));
    const outputs = [`t${strides.length}`];
    const id = `n${strides.length}`;
    if (twins.length > 0 && random(2) === 0) {
      const other = twins[random(twins.length)] as number;
      nodes.push({ id, name: id, scope: '', op: 'Add', attributes: new Map(), inputs: [`t${from}`, `t${other}`], outputs });
      strides.push(stride);
      continue;
    }
    const [k, s, d] = [1 + random(5), 1 + random(3), 1 + random(2)];
    const op = OPERATORS[random(2)] as string;
    const attributes = new Map<string, string | number[]>([
      ['auto_pad', PADS[random(3)] as string],
      ['kernel_shape', [k]],
      ['strides', [s]],
      ['dilations', [d]],
    ]);
    nodes.push({ id, name: id, scope: '', op, attributes, inputs: [`t${from}`, ...(op === 'Conv' ? [`w${k}`] : [])], outputs });
    strides.push(stride * s);
  }
  const weights = [1, 2, 3, 4, 5].map((k) => ({ name: `w${k}`, dtype: 'float32', shape: [1, 1, k], data: null }) as const);
  return {
    name: '',
    nodes,
    inputs: [{ name: 't0', dtype: 'float32', shape: [1, 1, size] }],
    outputs: [{ name: `t${strides.length - 1}`, dtype: null, shape: null }],
    constants: new Map(weights.map((weight) => [weight.name, weight])),
    diagnostics: [],
  };
}

t.test('what is said at an unknown size holds at every size', async (t) => {
  let merges = 0;
  let determined = 0;
  let silent = 0;
  for (let seed = 1; seed <= 250; seed++) {
    const unknown = fieldsOf(randomSame(seed, 'T'));
    const { offsets: adrift, ...verdicts } = alignmentOf(traceGraph(randomSame(seed, 'T'), {}), 't0');
    const sizes = new Map<string, Set<string>>();
    for (let size = 1; size <= 60; size++) {
      const graph = randomSame(seed, size);
      for (const [id, { size: found, sizeMin, stride, padding, status }] of fieldsOf(graph)) {
        sizes.set(id, (sizes.get(id) ?? new Set()).add(`${found} ${sizeMin}`));
        const said = unknown.get(id) as FieldAxis;
        if (said.status !== 'exact') continue;
        const holds = status === 'exact' && said.size === found && said.sizeMin === sizeMin && said.stride === stride;
        const place = said.padding === null || said.padding === padding;
        if (!holds || !place) return t.match({ found, sizeMin, stride, padding }, said, `seed ${seed}, ${id} at ${size}`);
      }
      if (adrift.length === 0) continue;
      const sized = alignmentOf(traceGraph(graph, {}), 't0');
      if (sized.misaligned < verdicts.misaligned || sized.aligned < verdicts.aligned)
        return t.match(sized, verdicts, `seed ${seed}: what is determined without a size, at ${size}`);
      const offsets = new Map(sized.offsets.map(({ merge, offset }) => [merge, offset]));
      for (const { merge, min, max } of adrift) {
        const offset = offsets.get(merge) ?? 0;
        if (min !== null && max !== null && !(min <= offset && offset <= max))
          return t.fail(`seed ${seed}, ${merge} at ${size}: ${offset} not in ${min} .. ${max}`);
      }
    }
    for (const node of randomSame(seed, 'T').nodes.filter(({ op }) => op === 'Add')) {
      merges += 1;
      if (unknown.get(node.id)?.status === 'exact') determined += 1;
      else if (sizes.get(node.id)?.size === 1) silent += 1;
    }
  }
  t.ok(determined > merges / 2, `${determined} of ${merges} merges are determined without a size`);
  t.comment(`${silent} more have one size at all sizes looked at`);
});
