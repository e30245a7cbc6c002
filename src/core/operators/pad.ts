import type { Dim } from '../graph.ts';
import { dataOf, has, malformed, shapeOf, size, string } from './call.ts';
import type { Fold } from './fold.ts';
import { movement } from './movement.ts';
import type { AxisMap, Call } from './operator.ts';
import { axisByAxis, RANK_UNKNOWN, shifted, table } from './relation.ts';
import { axesIn, sumDim, unknownDims } from './shape.ts';

const MODES = ['constant', 'reflect', 'edge', 'wrap'];

interface Padding {
  readonly mode: string;
  /** Positions added before and after each axis; null where they are not known. */
  readonly around: readonly (readonly [number, number])[] | null;
}

function paddingOf(call: Call, rank: number): Padding {
  const mode = string(call, 'mode', 'constant');
  if (!MODES.includes(mode)) malformed(call, `mode ${JSON.stringify(mode.slice(0, 40))} is none of ${MODES.join(', ')}`);
  const pads = dataOf(call, 1);
  const listed = dataOf(call, 3);
  if (!pads || (has(call, 3) && !listed)) return { mode, around: null };
  const axes = axesIn(call, listed ?? Array.from({ length: rank }, (_, axis) => axis), rank);
  if (pads.length !== 2 * axes.length) malformed(call, `${pads.length} pads for ${axes.length} axes`);
  if (!pads.every(Number.isSafeInteger)) malformed(call, 'a pad is no integer below 2^53');
  const around = Array.from({ length: rank }, (): readonly [number, number] => [0, 0]);
  for (const [j, axis] of axes.entries()) around[axis] = [pads[j] as number, pads[j + axes.length] as number];
  return { mode, around };
}

/** Reflected and repeated positions are those of a tensor that goes on behind its border, until one looks at the border itself. */
function padMap(mode: string, [before, after]: readonly [number, number], input: Dim, output: Dim): AxisMap {
  if (mode === 'constant' || (before <= 0 && after <= 0)) return shifted(0 - before);
  if (mode !== 'wrap')
    return { kind: 'periodic', shift: 1, lo: [0 - before], hi: [0 - before], step: [1], known: true, fold: mode as Fold };
  const n = size(input);
  const read = (o: number) => (((o - before) % (n ?? 1)) + (n ?? 1)) % (n ?? 1);
  return table(n === null ? null : size(output), (o) => [read(o), read(o)], 'Pad by wrap has no meaning past its border');
}

/** Source: ONNX Pad. Padding with a constant depends on nothing, the other modes repeat positions of the tensor. */
export const pad = movement('Pad', {
  inserts: true,
  shape: (call) => {
    const shape = shapeOf(call, 0);
    if (!shape) return null;
    const { mode, around } = paddingOf(call, shape.length);
    if (!around) return unknownDims(call, shape.length);
    return shape.map((input, axis) => {
      const [before, after] = around[axis] ?? [0, 0];
      if (input === 0 && mode !== 'constant' && before + after > 0) malformed(call, `axis ${axis} has nothing to repeat`);
      return before === 0 && after === 0 ? input : sumDim(call, [input, before + after]);
    });
  },
  field: (call) => {
    const shape = shapeOf(call, 0);
    if (!shape) return RANK_UNKNOWN;
    const { mode, around } = paddingOf(call, shape.length);
    if (!around) return { unknown: 'the pads are not known' };
    return axisByAxis(shape.length, (axis) =>
      padMap(mode, around[axis] ?? [0, 0], shape[axis] ?? null, call.outputs[0]?.shape?.[axis] ?? null),
    );
  },
  defaults: () => ({ mode: 'constant' }),
});
