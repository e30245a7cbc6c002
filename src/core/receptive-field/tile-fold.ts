import type { Step } from '../inference/runner.ts';
import { size } from '../operators/call.ts';
import type { AxisMap } from '../operators/operator.ts';
import { linksOf } from './follow.ts';
import { type Sides, widest } from './halo.ts';
import { hullOf } from './map.ts';
import type { Crops } from './tile-crop.ts';
import { type Refusal, refusal, title } from './tile-refusal.ts';
import { relationOf, type Seen, type Sight, type Walk } from './tile-walk.ts';

type Folding = Extract<AxisMap, { kind: 'periodic' }>;

/**
 * What repeated borders (padding by reflection, the clamping of Resize) ask for beyond the field. At a cut they give other
 * values than the whole has, but only to units whose field crosses the cut. At a border of the input a tile repeats what the
 * whole repeats, once it is long enough to hold that: a tile at a border is read one step of the granularity and a halo deep,
 * and all that the repeated units see must lie in there.
 */
export function foldHalo(walk: Walk, sight: Sight, extent: number, granularity: number, { tensors }: Crops): Sides | Refusal {
  let halo: Sides = { left: 0, right: 0 };
  const order = [...walk.seen.keys()];
  const firstCrop = order.findIndex((name) => tensors.has(name));
  for (const [index, seen] of [...walk.seen.values()].entries()) {
    const { at, virtual } = seen[sight];
    if (virtual.kind !== 'periodic' || typeof at !== 'number') continue;
    for (const { call, map, units } of foldsOf(walk, seen, at)) {
      const length = size(walk.trace.tensors.get(seen.name)?.shape?.[at]);
      if (length === null || units === null) return refusal('unknown', call, `${title(call)}: the size of an axis is unknown`);
      const [left, right] = depths(map, length, units);
      if (left < 0 && right < 0) continue;
      if (firstCrop >= 0 && firstCrop < index) {
        return refusal('unknown', call, `${title(call)} repeats what was cropped and padded before`);
      }
      const [, last] = hullOf(virtual, 0, left, 1);
      const [first] = hullOf(virtual, length - 1 - right, length - 1, 1);
      const holding = extent + Math.ceil(((Math.max(left, right) + 1 - length) * virtual.shift) / virtual.lo.length);
      halo = widest(halo, {
        left: Math.max(holding, extent - first) - granularity,
        right: Math.max(holding, last + 1) - granularity,
      });
    }
  }
  return halo;
}

/** The calls that repeat the border of a tensor along an axis, with how many positions they have there. */
function foldsOf({ readers }: Walk, { name }: Seen, at: number): { call: Step; map: Folding; units: number | null }[] {
  return (readers.get(name) ?? []).flatMap((call) =>
    call.node.inputs.flatMap((input, i) =>
      call.outputs.flatMap((output, k) => {
        if (input !== name) return [];
        const links = linksOf(relationOf(call, i, k));
        return links.flatMap((link, axis) =>
          link?.input === at && link.map.kind === 'periodic' && link.map.fold
            ? [{ call, map: link.map, units: size(output.shape?.[axis]) }]
            : [],
        );
      }),
    ),
  );
}

/** How deep inside either border, from 0, positions are repeated past it; -1 where none are. */
function depths({ lo, hi, shift, fold }: Folding, length: number, units: number): readonly [number, number] {
  const period = lo.length;
  let [before, behind] = [0, 0];
  for (let f = 0; f < Math.min(period, units); f++) {
    const moved = shift * Math.floor((units - 1 - f) / period);
    before = Math.max(before, 0 - (lo[f] as number));
    behind = Math.max(behind, (hi[f] as number) + moved - length + 1);
  }
  const depth = (past: number) => (past === 0 ? -1 : fold === 'edge' ? 0 : past);
  return [depth(before), depth(behind)];
}
