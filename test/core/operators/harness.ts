import type { Test } from 'tap';
import type { Attribute, Constant, DType, Node, Shape } from '../../../src/core/graph.ts';
import { type Inference, inferNode } from '../../../src/core/inference/infer.ts';
import type { AxisMap, Counters, Relation, Tensor } from '../../../src/core/operators/operator.ts';

/** One node and what is known of the tensors that it reads. */
export interface Sample {
  readonly op: string;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Number of outputs; 1 if not given. */
  readonly outputs?: number;
}

/** Data of the given sizes. */
export function data(shape: Shape | null, dtype: DType | null = 'float32'): Tensor {
  return { dtype, shape, value: null, constant: false };
}

/** A weight: constant, its elements dropped. */
export function weight(...shape: Shape): Tensor {
  return { dtype: 'float32', shape, value: null, constant: true };
}

/** A small constant. */
export function values(value: readonly number[], shape: readonly number[] = [value.length], dtype: DType = 'int64'): Tensor {
  return { dtype, shape, value, constant: true };
}

export const floats = (value: readonly number[], shape?: readonly number[]) => values(value, shape, 'float32');
export const scalar = (value: number, dtype: DType = 'int64') => values([value], [], dtype);

/** A tensor attribute. */
export function constant(value: readonly number[], shape: readonly number[], dtype: DType = 'int64'): Constant {
  return { name: '', dtype, shape, data: value };
}

/** The node after inference. */
export function infer({ op, inputs, attributes = {}, outputs = 1 }: Sample): Inference {
  const tensors = new Map<string, Tensor>();
  const names = inputs.map((tensor, i) => {
    if (tensor) tensors.set(`in${i}`, tensor);
    return tensor ? `in${i}` : '';
  });
  const node: Node = {
    id: 'n',
    name: 'n',
    scope: '',
    op,
    attributes: new Map(Object.entries(attributes)),
    inputs: names,
    outputs: Array.from({ length: outputs }, (_, k) => `out${k}`),
  };
  const call = inferNode(node, tensors);
  if (!call.operator) throw new Error(`operator ${op} is not registered`);
  return call;
}

export function expectShape(t: Test, sample: Sample, ...shapes: readonly (Shape | null)[]): void {
  const { outputs } = infer({ outputs: shapes.length, ...sample });
  t.strictSame(
    outputs.map(({ shape }) => shape),
    shapes,
    title(sample),
  );
}

/** Compares primitives, but those in padding, which have a test of their own (`taps.test.ts`). */
export function expectCost(t: Test, sample: Sample, counters: Counters | null): void {
  const call = infer(sample);
  const found = call.operator?.cost(call);
  const { padding, ...counted } = found ?? {};
  t.strictSame(found && counted, counters, title(sample));
}

export function expectValue(t: Test, sample: Sample, value: readonly number[] | null, k = 0): void {
  const call = infer({ outputs: k + 1, ...sample });
  t.strictSame(call.outputs[k]?.value, value, title(sample));
}

/** What is known of a list of sizes; null where it is no such list. */
export function expectSizes(t: Test, sample: Sample, sizes: Shape | null): void {
  t.strictSame(infer(sample).outputs[0]?.sizes ?? null, sizes, title(sample));
}

export function fieldOf(sample: Sample, i = 0, k = 0): Relation {
  const call = infer({ outputs: k + 1, ...sample });
  return call.operator?.field(call, i, k) as Relation;
}

/** What one output axis reads along the input. */
export function mapOf(sample: Sample, axis: number, i = 0, k = 0): AxisMap | null {
  const relation = fieldOf(sample, i, k);
  if (!Array.isArray(relation)) throw new Error(`${sample.op}: the relation ${JSON.stringify(relation)} has no axes`);
  return relation[axis]?.map ?? null;
}

/** Compares relations written short: an axis is `'each'`, `'2 each'` (another input axis), null, or a map. */
export function expectField(t: Test, sample: Sample, relation: readonly unknown[] | string | object, i = 0, k = 0): void {
  const found = fieldOf(sample, i, k);
  const short = Array.isArray(found) ? found.map((entry, axis) => entry && shortMap(entry.input, axis, entry.map)) : found;
  t.strictSame(short, relation, title(sample));
}

function shortMap(input: number, axis: number, map: AxisMap): unknown {
  const prefix = input === axis ? '' : `${input} `;
  if (map.kind === 'table') return { kind: 'table', lo: [...Array.from(map.lo)], hi: [...Array.from(map.hi)] };
  if (map.kind === 'unknown') return `${prefix}unknown`;
  if (map.kind === 'all' && map.statistics) return `${prefix}statistics`;
  return map.kind === 'periodic' ? map : prefix + map.kind;
}

/** A periodic map of one phase. */
export function window(shift: number, lo: number, hi: number, step = 1, known = true): AxisMap {
  return { kind: 'periodic', shift, lo: [lo], hi: [hi], step: [step], known };
}

export function expectMalformed(t: Test, sample: Sample, message: RegExp): void {
  t.throws(() => infer(sample), { name: 'Fault', code: 'malformed-node', message, spot: { node: 'n' } }, title(sample));
}

/** The positions that output o reads along an axis of n positions. */
export function reads(map: AxisMap, o: number, n: number): number[] {
  if (map.kind === 'each') return o >= 0 && o < n ? [o] : [];
  if (map.kind === 'broadcast') return [0];
  if (map.kind === 'table') return range(map.lo[o] as number, map.hi[o] as number, 1);
  if (map.kind !== 'periodic') throw new Error(`${map.kind} has no positions`);
  const period = map.lo.length;
  const t = Math.floor(o / period);
  const phase = o - t * period;
  const [lo, hi] = [map.lo[phase] as number, map.hi[phase] as number];
  const taps = range(lo + map.shift * t, hi + map.shift * t, map.step[phase] as number);
  return map.fold ? taps.map((i) => inward(i, n, map.fold)) : taps.filter((i) => i >= 0 && i < n);
}

/** Walks a position past a border back inside: to the border, or bouncing off it. */
function inward(at: number, n: number, fold: 'edge' | 'reflect' | undefined): number {
  if (fold === 'edge' || n === 1) return at < 0 ? 0 : at >= n ? n - 1 : at;
  let [position, step] = [0, Math.sign(at)];
  for (let left = Math.abs(at); left > 0; left--) {
    if (position + step < 0 || position + step >= n) step = -step;
    position += step;
  }
  return position;
}

function range(from: number, to: number, step: number): number[] {
  const found: number[] = [];
  for (let i = from; i <= to; i += step) found.push(i);
  return found;
}

function title({ op, inputs, attributes }: Sample): string {
  const shown = inputs.map((tensor) => (tensor ? `[${tensor.shape?.map((d) => d ?? '?').join('x') ?? '??'}]` : '-'));
  const settings = JSON.stringify(attributes ?? {}, (_, v) => (typeof v === 'bigint' ? `${v}` : v));
  return `${op} ${shown.join(' ')} ${settings.slice(0, 160)}`;
}
