import type { Constant } from '../graph.ts';
import { known } from '../operators/call.ts';
import type { Call } from '../operators/operator.ts';

/** Weights that fit the inputs of a layer: the slots where they stand, in which shape. */
export interface Fit {
  readonly weights: readonly { readonly slot: number; readonly shape: readonly number[] }[];
  readonly groups?: number;
}

/** The stored weight at an input, if that is what stands there. */
type Stored = (slot: number) => Constant | undefined;

type Rule = (call: Call, shape: readonly number[], stored: Stored) => Fit | null;

const attribute = ({ node }: Call, name: string, fallback: number): number => Number(node.attributes.get(name) ?? fallback);

/** A convolution. A depthwise one keeps to be one. */
const conv: Rule = (call, [, channels = 0], stored) => {
  const weight = stored(1);
  if (!weight) return null;
  const [to = 0, perGroup = 0, ...kernel] = weight.shape;
  const groups = attribute(call, 'group', 1);
  if (channels === perGroup * groups) return null;
  if (groups > 1 && perGroup === 1) {
    const out = (to / groups) * channels;
    return { groups: channels, weights: [{ slot: 1, shape: [out, 1, ...kernel] }, ...vectors([2], out)] };
  }
  return channels % groups === 0 ? { weights: [{ slot: 1, shape: [to, channels / groups, ...kernel] }] } : null;
};

const transposed: Rule = (call, [, channels = 0], stored) => {
  const weight = stored(1);
  if (!weight || weight.shape[0] === channels) return null;
  const [from = 0, perGroup = 0, ...kernel] = weight.shape;
  const groups = attribute(call, 'group', 1);
  if (groups > 1 && groups === from) {
    return { groups: channels, weights: [{ slot: 1, shape: [channels, perGroup, ...kernel] }, ...vectors([2], perGroup * channels)] };
  }
  return channels % groups === 0 ? { weights: [{ slot: 1, shape: [channels, perGroup, ...kernel] }] } : null;
};

/** A matrix product with a stored matrix, whose rows are the features of the input. */
const matrix: Rule = (call, shape, stored) => {
  const weight = stored(1);
  const features = shape.at(-1);
  if (weight?.shape.length !== 2 || features === undefined) return null;
  const [rows = 0, columns = 0] = weight.shape;
  const turned = call.node.op === 'Gemm' && attribute(call, 'transB', 0) !== 0;
  if ((turned ? columns : rows) === features) return null;
  return { weights: [{ slot: 1, shape: turned ? [rows, features] : [features, columns] }] };
};

const vectors = (slots: readonly number[], channels: number) => slots.map((slot) => ({ slot, shape: [channels] }));

/** One number for each channel. */
const perChannel =
  (...slots: readonly number[]): Rule =>
  (_, [, channels = 0]) => ({ weights: vectors(slots, channels) });

/** One number for each element of the last axes. */
const overLast =
  (...slots: readonly number[]): Rule =>
  (call, shape, stored) => ({
    weights: slots.flatMap((slot) => {
      const weight = stored(slot);
      return weight && weight.shape.join() !== '1' ? [{ slot, shape: shape.slice(attribute(call, 'axis', -1)) }] : [];
    }),
  });

/** A stored operand beside a tensor: axes that it has in full it has in full again. */
const operand: Rule = (_, shape, stored) => {
  const slot = stored(0) ? 0 : 1;
  const weight = stored(slot);
  if (!weight) return null;
  const fit = weight.shape.map((size, axis) => {
    const beside = shape[shape.length - weight.shape.length + axis] ?? 1;
    return size === 1 || beside === 1 ? size : beside;
  });
  return { weights: [{ slot, shape: fit }] };
};

const RULES: ReadonlyMap<string, Rule> = new Map([
  ['Conv', conv],
  ['ConvTranspose', transposed],
  ['Gemm', matrix],
  ['MatMul', matrix],
  ['BatchNormalization', perChannel(1, 2, 3, 4)],
  ['InstanceNormalization', perChannel(1, 2)],
  ['GroupNormalization', perChannel(1, 2)],
  ['LayerNormalization', overLast(1, 2)],
  ['RMSNormalization', overLast(1)],
  ...['Add', 'Sub', 'Mul', 'Div', 'PRelu'].map((op) => [op, operand] as const),
]);

/** Which weights a layer needs for the inputs that it has; null where it needs no others, or no rule says which. */
export function fitOf(call: Call, stored: Stored): Fit | null {
  const data = call.inputs.find((input) => input && !input.constant);
  const shape = known(data?.shape ?? null);
  const fit = (shape && RULES.get(call.node.op)?.(call, shape, stored)) ?? null;
  if (!fit) return null;
  const fits = fit.weights.every(({ slot, shape }) => (stored(slot)?.shape.join() ?? shape.join()) === shape.join());
  return fits && fit.groups === undefined ? null : fit;
}
