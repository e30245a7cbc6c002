import type { Dim, Shape } from '../graph.ts';
import {
  axisIn,
  type Call,
  dataOf,
  defineOperator,
  dim,
  int,
  known,
  MOVEMENT,
  malformed,
  need,
  sameDim,
  shapeOf,
  size,
} from './operator.ts';
import { axisByAxis, EACH, RANK_UNKNOWN, shifted, table, unknownMap } from './relation.ts';
import { lengthOf, sumDim, volume } from './shape.ts';
import { offsets } from './value.ts';

/** Rank that all inputs share; null where none is known. */
function sharedRank(call: Call): number | null {
  const ranks = call.inputs.map((_, i) => shapeOf(call, i)?.length).filter((rank) => rank !== undefined);
  if (new Set(ranks).size > 1) malformed(call, `inputs of ranks ${[...new Set(ranks)].join(' and ')}`);
  return ranks[0] ?? null;
}

function concatAxis(call: Call, rank: number): number {
  return axisIn(call, call.node.attributes.has('axis') ? int(call, 'axis', 0) : malformed(call, 'axis is required'), rank);
}

const sizesAlong = (call: Call, axis: number): Shape => call.inputs.map((_, i) => shapeOf(call, i)?.[axis] ?? null);

/** Positions that the tables of all inputs of one Concat may have together. */
const MAX_POSITIONS = 2 ** 22;

const PAST_BORDER = 'Concat along this axis has no meaning past its border';

/** Source: ONNX Concat. */
export const concat = defineOperator('Concat', {
  moves: true,
  infer: (call) => {
    const { dtype } = need(call, 0);
    const rank = sharedRank(call);
    if (rank === null) return [{ dtype, shape: null }];
    const along = concatAxis(call, rank);
    const dims = Array.from({ length: rank }, (_, axis) => {
      const sizes = sizesAlong(call, axis);
      return axis === along ? sumDim(call, sizes) : sizes.reduce((a: Dim, b) => sameDim(call, a, b, `sizes on axis ${axis} differ`), null);
    });
    return [{ dtype, shape: dims }];
  },
  value: (call) => {
    const rank = sharedRank(call);
    const output = known(call.outputs[0]?.shape ?? null);
    if (rank === null || !output) return null;
    const axis = concatAxis(call, rank);
    return joined(call, axis, Number(volume(output.slice(0, axis))));
  },
  field: (call, i) => {
    const rank = call.outputs[0]?.shape?.length;
    if (rank === undefined) return RANK_UNKNOWN;
    const along = concatAxis(call, rank);
    return axisByAxis(rank, (axis) => (axis === along ? part(call, i, axis) : EACH));
  },
  cost: () => MOVEMENT,
});

/** Rows of every input in turn: all axes before the one that is joined are walked together. */
function joined(call: Call, axis: number, rows: number): readonly number[] | null {
  const blocks: (readonly [readonly number[], number])[] = [];
  for (const input of call.inputs) {
    const shape = known(input?.shape ?? null);
    if (!input?.value || !shape) return null;
    blocks.push([input.value, Number(volume(shape.slice(axis)))]);
  }
  return Array.from({ length: rows }, (_, row) => blocks.flatMap(([value, n]) => value.slice(row * n, (row + 1) * n))).flat();
}

const layouts = new WeakMap<Call, readonly (number | null)[]>();

/** Where each input begins and the last one ends; kept, since it is asked for once per input. */
function layout(call: Call, axis: number): readonly (number | null)[] {
  const found = layouts.get(call);
  if (found) return found;
  const begins: (number | null)[] = [0];
  for (const own of sizesAlong(call, axis)) {
    const begin = begins.at(-1) ?? null;
    begins.push(begin === null || typeof own !== 'number' ? null : begin + own);
  }
  layouts.set(call, begins);
  return begins;
}

/** The stretch of the output that input i fills. */
function part(call: Call, i: number, axis: number) {
  const begins = layout(call, axis);
  const [begin, end, total] = [begins[i] ?? null, begins[i + 1] ?? null, begins.at(-1) ?? null];
  if (begin === null || end === null || total === null) return unknownMap('the sizes that Concat joins are not known');
  if (begin === 0 && end === total) return EACH;
  if (total * call.inputs.length > MAX_POSITIONS)
    return unknownMap('a Concat of this many inputs and positions is not described one by one');
  return table(total, (o) => (o >= begin && o < end ? [o - begin, o - begin] : null), PAST_BORDER);
}

interface Parts {
  readonly axis: number;
  /** Size of each output along the axis. */
  readonly sizes: Shape;
}

/** Source: ONNX Split: sizes as an input, or equal parts of which the last may be smaller. */
function partsOf(call: Call, shape: Shape): Parts {
  const axis = axisIn(call, int(call, 'axis', 0), shape.length);
  const stated = dataOf(call, 1);
  const parts =
    lengthOf(call, call.inputs[1] ?? { dtype: null, shape: null, value: null, constant: true }) ??
    int(call, 'num_outputs', call.node.outputs.length);
  if (parts < call.node.outputs.length || parts < 1) malformed(call, `${parts} parts for ${call.node.outputs.length} outputs`);
  const n = size(shape[axis]);
  if (stated) {
    const total = sumDim(call, [0, ...stated.map((s) => dim(call, s))]);
    if (n !== null && total !== n) malformed(call, `parts of ${stated.join(', ')} do not make up ${n}`);
    return { axis, sizes: stated };
  }
  if (call.inputs[1] || n === null) return { axis, sizes: call.node.outputs.map(() => null) };
  const chunk = Math.ceil(n / parts);
  return { axis, sizes: call.node.outputs.map((_, k) => dim(call, k === parts - 1 ? n - chunk * (parts - 1) : chunk)) };
}

const beginOf = (call: Call, { sizes }: Parts, k: number) => sumDim(call, [0, ...sizes.slice(0, k)]);

export const split = defineOperator('Split', {
  moves: true,
  infer: (call) => {
    const { dtype, shape } = need(call, 0);
    if (!shape) return call.node.outputs.map(() => ({ dtype, shape }));
    const { axis, sizes } = partsOf(call, shape);
    return call.node.outputs.map((_, k) => ({ dtype, shape: shape.with(axis, sizes[k] ?? null) }));
  },
  value: (call, k) => {
    const value = dataOf(call, 0);
    const [shape, output] = [known(shapeOf(call, 0)), known(call.outputs[k]?.shape ?? null)];
    if (!value || !shape || !output) return null;
    const parts = partsOf(call, shape);
    const base = (beginOf(call, parts, k) as number) * Number(volume(shape.slice(parts.axis + 1)));
    return offsets(output, shape).map((at) => value[base + at] as number);
  },
  field: (call, i, k) => {
    if (i > 0) return 'dataDependent';
    const shape = shapeOf(call, 0);
    if (!shape) return RANK_UNKNOWN;
    const parts = partsOf(call, shape);
    const begin = beginOf(call, parts, k);
    const map = typeof begin === 'number' ? shifted(begin) : shifted(0, 1, false);
    return axisByAxis(shape.length, (axis) => (axis === parts.axis ? map : EACH));
  },
  cost: () => MOVEMENT,
  defaults: () => ({ axis: 0 }),
});
