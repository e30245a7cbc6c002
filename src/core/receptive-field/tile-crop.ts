import type { Step } from '../inference/runner.ts';
import { size } from '../operators/call.ts';
import type { AxisMap } from '../operators/operator.ts';
import { linksOf } from './follow.ts';
import { type Sides, widest } from './halo.ts';
import { EMPTY, type FieldMap, IDENTITY, isEmpty, type Periodic } from './map.ts';
import { single } from './single.ts';
import { type Refusal, refusal } from './tile-refusal.ts';
import { fieldsAlong, relationOf, type Seen, type Sight, type Walk } from './tile-walk.ts';

/** Calls that may be followed from cropped tensors on. */
const MAX_FOLLOWED = 100_000;

/** Tensors that are shorter than the positions of a tile allow, and padded again; and the halo that this asks for. */
export interface Crops {
  readonly halo: Sides;
  readonly tensors: ReadonlySet<string>;
}

export const NO_CROPS: Crops = Object.freeze({ halo: { left: 0, right: 0 }, tensors: new Set<string>() });

/**
 * What tensors on the way that are cropped ask for beyond the field. A unit whose field lies within a tile may still read
 * padding there: where a tensor lacks units that the tile's positions alone would allow, and a reader pads it. The output
 * itself must be long enough, too.
 */
export function cropHalo(walk: Walk, output: string, sight: Sight, extent: number, granularity: number): Crops | Refusal {
  let halo: Sides = { left: 0, right: 0 };
  let followed = 0;
  const tensors = new Set<string>();
  for (const seen of walk.seen.values()) {
    const { at, virtual } = seen[sight];
    if (virtual.kind !== 'periodic') continue;
    const length = typeof at === 'number' ? size(walk.trace.tensors.get(seen.name)?.shape?.[at]) : null;
    if (length !== null && coversTile(virtual, length, extent)) continue;
    if (seen.name !== output && !walk.readers.get(seen.name)?.some((call) => readsBeyond(call, seen, sight, length))) continue;
    if (length === null) return refusal('unknown', seen.call, `the size of '${seen.name}' is unknown, or positions are packed in it`);
    tensors.add(seen.name);
    followed += walk.trace.calls.length;
    if (followed > MAX_FOLLOWED) return refusal('unknown', seen.call, 'too many tensors are cropped and padded again');
    const onto = seen.name === output ? IDENTITY : fieldIn(walk, seen.name, at as number, output, sight);
    if (isEmpty(onto)) continue;
    const { shift, lo } = virtual;
    const units = (granularity / shift) * lo.length;
    if (onto.kind !== 'periodic' || !onto.known || units % onto.shift !== 0) {
      return refusal('unknown', seen.call, `'${seen.name}' is cropped, and what the output reads of it does not repeat`);
    }
    const { left, right } = alignedEnds(onto);
    const positions = (n: number) => Math.ceil((n * shift) / lo.length);
    halo = widest(halo, { left: positions(left), right: positions(right - length) + extent });
  }
  return { halo, tensors };
}

/** Whether every unit that a tensor lacks on either side would see positions past that side of the tile. */
function coversTile({ shift, lo, hi }: Periodic, length: number, extent: number): boolean {
  const period = lo.length;
  for (let f = 0; f < period; f++) {
    if ((lo[f] as number) > (hi[f] as number) || (lo[f] as number) - shift >= 0) return false;
    const unit = length + f;
    if ((hi[unit % period] as number) + shift * Math.floor(unit / period) < extent) return false;
  }
  return true;
}

/** Whether a call reads positions past the border of a tensor, where it pads. */
function readsBeyond(call: Step, { name, ...seen }: Seen, sight: Sight, length: number | null): boolean {
  const { at } = seen[sight];
  return call.node.inputs.some((input, i) => {
    if (input !== name) return false;
    return call.outputs.some((output, k) =>
      linksOf(relationOf(call, i, k)).some((link, axis) => {
        if (!link || (typeof at === 'number' && link.input !== at)) return false;
        return pads(link.map, length, size(output.shape?.[axis]));
      }),
    );
  });
}

/** Whether any of `units` units along a map reads outside the positions 0 .. length - 1. */
function pads(map: AxisMap, length: number | null, units: number | null): boolean {
  if (map.kind === 'each') return length !== null && (units === null || units > length);
  if (map.kind !== 'periodic') return false;
  if (length === null || units === null) return true;
  const { lo, hi, shift } = map;
  return lo.some((first, f) => {
    const turns = Math.floor((units - 1 - f) / lo.length);
    return turns >= 0 && (first < 0 || (hi[f] as number) + shift * turns >= length);
  });
}

/** What the output sees of a tensor on the way. */
function fieldIn({ trace }: Walk, name: string, at: number, output: string, sight: Sight): FieldMap {
  const field = fieldsAlong(trace, name, { axis: at, name: '', extent: null }).get(output)?.axes[0];
  const shape = trace.tensors.get(output)?.shape ?? null;
  return field ? single(field[sight], shape).virtual : EMPTY;
}

/** Like the aligned halo, but negative where units end before the stretch does. */
function alignedEnds({ shift, lo, hi }: Periodic): Sides {
  return { left: Math.max(...lo.map((first) => 0 - first)), right: Math.max(...hi.map((last) => last - shift + 1)) };
}
