import type { Shape } from '../graph.ts';
import { type AxisLink, type Call, defineOperator, type Operator, type Relation, type Tensor } from './operator.ts';

/** N x ... x C as N x C x ..., and back. */
const inward = <T>(axes: readonly T[]): readonly T[] => (axes.length < 2 ? axes : [axes[0] as T, axes.at(-1) as T, ...axes.slice(1, -1)]);
const outward = <T>(axes: readonly T[]): readonly T[] => (axes.length < 2 ? axes : [axes[0] as T, ...axes.slice(2), axes[1] as T]);

const shapeInward = (shape: Shape | null): Shape | null => shape && inward(shape);

/** The node with its first input and its outputs as channels-first tensors. */
function inside(call: Call): Call {
  const turned = (tensor: Tensor): Tensor => ({ ...tensor, shape: shapeInward(tensor.shape) });
  const [first, ...others] = call.inputs;
  return { ...call, inputs: [first && turned(first), ...others], outputs: call.outputs.map(turned) };
}

/** The same links in the order of a channels-last output, to an input that is channels-last where it is the first one. */
function outwardLinks(relation: Relation, i: number): Relation {
  if (!isLinks(relation)) return relation;
  const source = (axis: number, rank: number) => (axis === 0 ? 0 : axis === 1 ? rank - 1 : axis - 1);
  const links = outward(relation);
  return links.map((entry) => entry && (i === 0 ? { ...entry, input: source(entry.input, links.length) } : entry));
}

const isLinks = (relation: Relation): relation is readonly (AxisLink | null)[] => Array.isArray(relation);

/** An operator of channels-first tensors for channels-last ones; weights stay as they are. */
export function channelsLast(op: string, base: Operator): Operator {
  const { defaults, saves } = base;
  return defineOperator(op, {
    infer: (call) => base.infer(inside(call)).map(({ dtype, shape }) => ({ dtype, shape: shape && outward(shape) })),
    field: (call, i, k) => outwardLinks(base.field(inside(call), i, k), i),
    cost: (call) => base.cost(inside(call)),
    ...(saves && { saves }),
    ...(defaults && { defaults: (call: Call) => defaults(inside(call)) }),
    axes: (call) => AXES.find((axes) => axes.length === call.inputs[0]?.shape?.length) ?? null,
  });
}

const AXES = [
  ['N', 'T', 'C'],
  ['N', 'H', 'W', 'C'],
  ['N', 'D', 'H', 'W', 'C'],
] as const;
