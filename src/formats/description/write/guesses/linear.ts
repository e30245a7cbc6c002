import { has, known } from '../../../../core/operators/call.ts';
import type { Call } from '../../../../core/operators/operator.ts';
import type { Guess, Guesser } from './guess.ts';

function linear(call: Call, from: number, to: number, bias: boolean): Guess {
  const features = typeof call.inputs[0]?.shape?.at(-1) === 'number' ? undefined : from;
  return { type: 'Linear', args: { out_features: to, bias, in_features: features } };
}

const gemm: Guesser = (call) => {
  const weight = known(call.inputs[1]?.shape ?? null);
  return weight?.length === 2 ? [linear(call, weight[1] as number, weight[0] as number, has(call, 2))] : [];
};

const matMul: Guesser = (call) => {
  const weight = known(call.inputs[1]?.shape ?? null);
  const product: Guess = { type: 'MatMul', args: {}, reads: call.node.inputs };
  if (weight?.length !== 2) return [product];
  const [from, to] = weight as [number, number];
  return [linear(call, from, to, true), linear(call, from, to, false), product];
};

const gather: Guesser = (call) => {
  const table = known(call.inputs[0]?.shape ?? null);
  if (table?.length !== 2 || !call.inputs[0]?.constant) return [];
  const [, indices = ''] = call.node.inputs;
  return [{ type: 'Embedding', args: { num_embeddings: table[0], embedding_dim: table[1] }, reads: [indices] }];
};

export const linears: Readonly<Record<string, Guesser>> = { Gemm: gemm, MatMul: matMul, Gather: gather };
