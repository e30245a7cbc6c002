import type { Node } from '../graph.ts';
import type { Draft } from './draft.ts';
import { carries, dataSlots } from './follows.ts';
import { defineEdit, type EditContext } from './kind.ts';
import { required, type Told } from './parameters.ts';
import { refuse } from './refusal.ts';
import { selectLayers } from './select.ts';
import { type Geometry, geometryOf, hasWindow, withoutStride, withWindow } from './window-layer.ts';

const parameters = {
  layer: required(
    'layers',
    'Ids of layers with a stride, or patterns: `*` in an id, or `op:Conv`. Layers of parallel branches that have to follow are taken along.',
  ),
};

/** By how much finer a map is than before the edit, axis by axis. */
type Factors = readonly number[];

/** Ids of layers whose stride goes. */
function chosen(draft: Draft, { layer }: Told<typeof parameters>, { suggest }: EditContext): Set<string> {
  const ids = new Set<string>();
  for (const { named, exact, nodes } of selectLayers(draft, layer, suggest)) {
    const strided = nodes.filter((node) => hasWindow(node) && geometryOf(draft, node).strides.some((stride) => stride > 1));
    for (const { id } of strided) ids.add(id);
    if (strided.length > 0) continue;
    const [first] = nodes;
    refuse(
      exact ? 'it has no stride that a dilation could replace' : `no layer that '${named}' names has a stride`,
      exact ? first : undefined,
    );
  }
  return ids;
}

/** A merge of maps one of which is finer than the other. */
interface Conflict {
  readonly node: Node;
  readonly coarse: string;
}

/** The factors of every tensor that becomes finer, or the first merge where they differ. */
function spread(draft: Draft, ids: ReadonlySet<string>): Map<string, Factors> | Conflict {
  const factors = new Map<string, Factors>();
  for (const node of draft.nodes) {
    const slots = mapSlots(draft, node, factors);
    const inputs = slots.map((slot) => factors.get(node.inputs[slot] as string));
    const fine = inputs.find((factor) => factor);
    const own = ids.has(node.id) ? geometryOf(draft, node).strides : undefined;
    if (!fine && !own) continue;
    const how = slots.map((slot) => carries(draft, node, slot));
    if (how.every((way) => way === 'all')) continue;
    if (inputs.some((factor) => factor?.join() !== fine?.join())) {
      const coarsest = slots.reduce((least, slot, i) => (product(inputs[i]) < product(inputs[slots.indexOf(least)]) ? slot : least));
      return { node, coarse: node.inputs[coarsest] as string };
    }
    if (how.some((way) => way !== 'positions' && way !== 'window')) {
      refuse('a finer map cannot be followed through it', node);
    }
    const after = (own ?? (fine as Factors).map(() => 1)).map((stride, axis) => stride * (fine?.[axis] ?? 1));
    for (const output of node.outputs) factors.set(output, after);
  }
  return factors;
}

const product = (factors: Factors = []): number => factors.reduce((all, factor) => all * factor, 1);

/** The inputs that are maps: not those of one position that meet a larger map, as the gates of squeeze-and-excitation do. */
function mapSlots(draft: Draft, node: Node, factors: ReadonlyMap<string, Factors>): readonly number[] {
  const slots = dataSlots(draft, node);
  const isPoint = (slot: number) =>
    draft
      .tensor(node.inputs[slot] as string)
      .shape?.slice(2)
      .every((size) => size === 1) ?? false;
  if (slots.every(isPoint)) return slots;
  return slots.filter((slot) => factors.has(node.inputs[slot] as string) || !isPoint(slot));
}

/** The nearest layers with a stride before a tensor that could make it finer. */
function stridedBefore(draft: Draft, tensor: string, ids: ReadonlySet<string>): Node | undefined {
  const pending = [tensor];
  const seen = new Set(pending);
  for (const name of pending) {
    const maker = draft.maker(name);
    if (!maker) continue;
    if (hasWindow(maker) && !ids.has(maker.id) && geometryOf(draft, maker).strides.some((stride) => stride > 1)) return maker;
    for (const slot of dataSlots(draft, maker)) {
      const input = maker.inputs[slot] as string;
      if (!seen.has(input)) pending.push(input);
      seen.add(input);
    }
  }
  return undefined;
}

/** Most layers of other branches that are taken along. */
const MAX_ALONG = 32;

/** The factors of all tensors, after the layers of parallel branches were taken along that have to follow. */
function settled(draft: Draft, ids: Set<string>): ReadonlyMap<string, Factors> {
  for (let along = 0; along <= MAX_ALONG; along++) {
    const found = spread(draft, ids);
    if (found instanceof Map) return found;
    const other = stridedBefore(draft, found.coarse, ids);
    if (!other) refuse('it merges a map that would become finer with one that has no stride to give up', found.node);
    ids.add(other.id);
  }
  return refuse(`more than ${MAX_ALONG} layers of other branches would have to follow`);
}

/** The window on a map that is finer by these factors: the same taps, and the same padding in positions of the coarse map. */
function onFiner(window: Geometry, factors: Factors): Geometry {
  const by = (amounts: readonly number[]) => amounts.map((amount, axis) => amount * (factors[axis] ?? 1));
  const dilations = window.dilations.map((dilation, axis) => (window.kernel[axis] === 1 ? dilation : dilation * (factors[axis] ?? 1)));
  return { ...window, dilations, begin: by(window.begin), end: by(window.end) };
}

function isSame(a: Geometry, b: Geometry): boolean {
  return (['strides', 'dilations', 'begin', 'end'] as const).every((list) => a[list].join() === b[list].join());
}

function apply(draft: Draft, edit: Told<typeof parameters>, context: EditContext): void {
  const ids = chosen(draft, edit, context);
  const factors = settled(draft, ids);
  for (const node of draft.nodes) {
    if (!hasWindow(node)) continue;
    const finer = factors.get(node.inputs[0] as string);
    if (!finer && !ids.has(node.id)) continue;
    const window = geometryOf(draft, node);
    const own = ids.has(node.id) ? withoutStride(window) : window;
    const after = finer ? onFiner(own, finer) : own;
    if (isSame(window, after)) continue;
    draft.replace(node, [withWindow(node, after)]);
    draft.touched.add(node.id);
  }
}

/** Dilates instead of striding. */
export const dilate = defineEdit(
  'dilate',
  'Takes strides away and dilates all windows behind them, up to the next global operator: finer maps with the same receptive fields, as DeepLab does.',
  parameters,
  apply,
);
