import type { Dim, Shape } from '../graph.ts';
import { axisIn, int, known, malformed, need, sameDim, shapeOf } from './call.ts';
import { type Call, defineOperator, MOVEMENT } from './operator.ts';
import { axisByAxis, EACH, RANK_UNKNOWN, stretch, unknownMap } from './relation.ts';
import { NOTHING } from './saves.ts';
import { beginsOf, sumDim, volume } from './shape.ts';
import { movedSizes } from './sizes.ts';

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
  saves: NOTHING,
  moves: true,
  exclusive: true,
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
  value: concatenated,
  sizes: (call, k) => movedSizes(call, k, concatenated, [...call.inputs.keys()]),
  field: (call, i) => {
    const rank = call.outputs[0]?.shape?.length;
    if (rank === undefined) return RANK_UNKNOWN;
    const along = concatAxis(call, rank);
    return axisByAxis(rank, (axis) => (axis === along ? part(call, i, axis) : EACH));
  },
  cost: () => MOVEMENT,
});

function concatenated(call: Call): readonly number[] | null {
  const rank = sharedRank(call);
  const output = known(call.outputs[0]?.shape ?? null);
  if (rank === null || !output) return null;
  const axis = concatAxis(call, rank);
  return joined(call, axis, Number(volume(output.slice(0, axis))));
}

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
  const begins = beginsOf(sizesAlong(call, axis));
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
  return stretch(total, begin, end, PAST_BORDER);
}
