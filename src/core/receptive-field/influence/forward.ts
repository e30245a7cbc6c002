import type { Step } from '../../inference/runner.ts';
import type { Tensor } from '../../operators/operator.ts';
import type { Target } from '../target.ts';
import { Arrays } from './arrays.ts';
import { arrange, type Box, cutAlong, type Dimension, pointBox, sumAlong, trimmed } from './box.ts';
import { Budget } from './budget.ts';
import { branchesOf, type Flow, toldOf } from './flow.ts';
import type { Part } from './parts.ts';
import { type End, type Linked, nameOf, type Passage, passageOf, type Refusal, sizesOf } from './passage.ts';
import type { Piece } from './refine.ts';
import { regroup } from './regroup.ts';
import { foldOf, pullForward } from './window.ts';

/**
 * Which units of the target depend on one position of the source: a mask over the axes of the target that move along it, null
 * where none does; where that cannot be followed, why. Tensors have their borders, gates and statistics count.
 * `position` has an index for every followed axis of the source. Faults: `limit-exceeded`.
 */
export function reached(flow: Flow, target: Target, position: ReadonlyMap<number, number>): Box | null | Refusal {
  const budget = new Budget();
  const masks = new Arrays(budget);
  const end = (name: string, tensor: Tensor | undefined): End => {
    return { shape: tensor?.shape ?? null, parts: flow.parts(name), told: toldOf(flow, name, null) };
  };
  const { told } = end(flow.source.name, undefined);
  masks.add(
    flow.source.name,
    pointBox(
      told,
      told.map((part) => position.get((flow.parts(flow.source.name)[part] as Part).axis) ?? 0),
    ),
  );
  const readers = lastReaders(flow, target);
  for (const [at, call] of flow.trace.calls.slice(0, target.at + 1).entries()) {
    for (const [k, name] of call.node.outputs.entries()) {
      if (!readers.has(name) || name === flow.source.name) continue;
      for (const branch of branchesOf(flow, call, k)) {
        const mask = masks.mask(branch.name);
        if (!mask) continue;
        const output = end(name, call.outputs[k]);
        const input = end(branch.name, call.inputs[branch.i]);
        const passage = passageOf(call, branch, output, input, false);
        if ('cause' in passage) return passage;
        const pulled = pull(call, passage, output, sizesOf(input), mask, budget);
        if (pulled && 'cause' in pulled) return pulled;
        const left = pulled && trimmed(pulled, budget);
        if (left) masks.add(name, left);
      }
    }
    for (const name of call.node.inputs) if (readers.get(name) === at) masks.take(name);
  }
  const mask = masks.mask(target.name);
  return mask ? byAxes(mask, flow.parts(target.name), budget) : null;
}

/** A mask over parts as one over the axes that they lie on. */
function byAxes(mask: Box, parts: readonly Part[], budget: Budget): Box | null {
  const axes = [...new Set(mask.axes.map((part) => (parts[part] as Part).axis))];
  if (axes.length === mask.axes.length && axes.every((axis) => parts.filter((part) => part.axis === axis).length === 1))
    return { ...mask, axes };
  const pieces = parts.flatMap(({ axis, size }, part): Piece[] => (axes.includes(axis) ? [{ size: size ?? 0, from: part, to: axis }] : []));
  return regroup(mask, pieces, axes, () => 1, budget);
}

/** Tensors that the target depends on, itself among them, with the index of the last call that reads each of them to that end. */
function lastReaders({ trace }: Flow, target: Target): ReadonlyMap<string, number> {
  const readers = new Map([[target.name, Infinity]]);
  for (let at = target.at; at >= 0; at--) {
    const { inputs, outputs } = (trace.calls[at] as Step).node;
    if (!outputs.some((name) => readers.has(name))) continue;
    for (const name of inputs) if (!readers.has(name)) readers.set(name, at);
  }
  return readers;
}

type Sizes = readonly (number | null)[];

function pull(call: Step, passage: Passage, output: End, sizes: Sizes, mask: Box, budget: Budget): Box | Refusal | null {
  if (passage.kind === 'regrouped') return regroup(mask, turned(passage.pieces), passage.output, () => 1, budget);
  const grown = [...passage.carried.flatMap((link) => (link.map ? [link.output] : [])), ...passage.dropped];
  const folded = passage.carried.some(({ input, map }) => map && foldOf(map) && (sizes[input] ?? null) === null);
  if (folded || grown.some((part) => output.parts[part]?.size === null)) {
    return { status: 'unknown', cause: `${nameOf(call)}: the size of an axis is unknown` };
  }
  const whole = passage.merged.length === 0 ? mask : regroup(mask, turned(passage.merged), readBy(passage), () => 1, budget);
  return (
    whole && pullLinked(passage, whole, { input: (part) => sizes[part] ?? 0, output: (part) => output.parts[part]?.size ?? 0 }, budget)
  );
}

/** Digits of a passage the other way round. */
function turned(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map(({ size, from, to }) => ({ size, from: to, to: from }));
}

/** All of the input that a passage reads. */
function readBy({ carried, placed, mixed }: Linked): readonly number[] {
  return [...carried.map(({ input }) => input), ...placed.map(({ input }) => input), ...mixed].sort((a, b) => a - b);
}

interface SizeAt {
  readonly input: (part: number) => number;
  readonly output: (part: number) => number;
}

function pullLinked({ carried, dropped, mixed, placed }: Linked, mask: Box, sizeAt: SizeAt, budget: Budget): Box | null {
  let left: Box | null = mask;
  for (const { input, position } of placed) left = left && cutAlong(left, left.axes.indexOf(input), position, position + 1, budget);
  if (!left) return null;
  for (const axis of [...mixed, ...placed.map(({ input }) => input)]) left = sumAlong(left, left.axes.indexOf(axis), budget);
  for (const { output, input, map } of carried) {
    if (map) left = pullForward(left, left.axes.indexOf(input), map, { input: sizeAt.input(input), size: sizeAt.output(output) }, budget);
  }
  const { axes, start, shape } = left;
  const dimensions = [
    ...carried.map(({ output, input }): Dimension => {
      const from = axes.indexOf(input);
      return { axis: output, from, start: start[from] as number, length: shape[from] as number };
    }),
    ...dropped.map((axis): Dimension => ({ axis, from: null, start: 0, length: sizeAt.output(axis) })),
  ];
  return arrange(
    left,
    dimensions.sort((a, b) => a.axis - b.axis),
    budget,
  );
}
