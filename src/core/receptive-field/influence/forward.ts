import type { Step } from '../../inference/runner.ts';
import { size } from '../../operators/call.ts';
import type { Tensor } from '../../operators/operator.ts';
import type { Target } from '../target.ts';
import { Arrays } from './arrays.ts';
import { arrange, type Box, cutAlong, type Dimension, pointBox, sumAlong, trimmed } from './box.ts';
import { Budget } from './budget.ts';
import { type Branch, branchesOf, type Flow, movingIn } from './flow.ts';
import { type Linked, nameOf, type Passage, passageOf, type Refusal } from './passage.ts';
import { regroup } from './regroup.ts';
import { pullForward } from './window.ts';

/**
 * Which units of the target depend on one position of the source: a mask over the axes of the target that move along it, null
 * where none does; where that cannot be followed, why. Tensors have their borders, gates and statistics count.
 * `position` has an index for every followed axis of the source. Faults: `limit-exceeded`.
 */
export function reached(flow: Flow, target: Target, position: ReadonlyMap<number, number>): Box | null | Refusal {
  const budget = new Budget();
  const masks = new Arrays(budget);
  const axes = movingIn(flow, flow.source.name);
  masks.add(
    flow.source.name,
    pointBox(
      axes,
      axes.map((axis) => position.get(axis) ?? 0),
    ),
  );
  const readers = lastReaders(flow, target);
  for (const [at, call] of flow.trace.calls.slice(0, target.at + 1).entries()) {
    for (const [k, name] of call.node.outputs.entries()) {
      if (!readers.has(name) || name === flow.source.name) continue;
      for (const branch of branchesOf(flow, call, k)) {
        const mask = masks.mask(branch.name);
        if (!mask) continue;
        const passage = passageOf(call, branch, { output: movingIn(flow, name), input: mask.axes }, false);
        if ('cause' in passage) return passage;
        const pulled = pull(call, branch, passage, mask, budget);
        if (pulled && 'cause' in pulled) return pulled;
        const left = pulled && trimmed(pulled, budget);
        if (left) masks.add(name, left);
      }
    }
    for (const name of call.node.inputs) if (readers.get(name) === at) masks.take(name);
  }
  return masks.mask(target.name) ?? null;
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

function pull(call: Step, branch: Branch, passage: Passage, mask: Box, budget: Budget): Box | Refusal | null {
  const output = call.outputs[branch.k] as Tensor;
  if (passage.kind === 'regrouped') {
    const pieces = passage.pieces.map(({ size, from, to }) => ({ size, from: to, to: from }));
    return regroup(mask, pieces, passage.output, () => 1, budget);
  }
  const grown = [...passage.carried.flatMap((link) => (link.map ? [link.output] : [])), ...passage.dropped];
  if (grown.some((axis) => size(output.shape?.[axis]) === null)) {
    return { status: 'unknown', cause: `${nameOf(call)}: the size of an axis is unknown` };
  }
  return pullLinked(passage, mask, (axis) => size(output.shape?.[axis]) ?? 0, budget);
}

function pullLinked({ carried, dropped, mixed, placed }: Linked, mask: Box, sizeAt: (axis: number) => number, budget: Budget): Box | null {
  let left: Box | null = mask;
  for (const { input, position } of placed) left = left && cutAlong(left, left.axes.indexOf(input), position, position + 1, budget);
  if (!left) return null;
  for (const axis of [...mixed, ...placed.map(({ input }) => input)]) left = sumAlong(left, left.axes.indexOf(axis), budget);
  for (const { output, input, map } of carried) {
    if (map) left = pullForward(left, left.axes.indexOf(input), map, sizeAt(output), budget);
  }
  const { axes, start, shape } = left;
  const dimensions = [
    ...carried.map(({ output, input }): Dimension => {
      const from = axes.indexOf(input);
      return { axis: output, from, start: start[from] as number, length: shape[from] as number };
    }),
    ...dropped.map((axis): Dimension => ({ axis, from: null, start: 0, length: sizeAt(axis) })),
  ];
  return arrange(
    left,
    dimensions.sort((a, b) => a.axis - b.axis),
    budget,
  );
}
