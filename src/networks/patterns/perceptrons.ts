import type { Architecture, LayerJson } from '../description.ts';
import { linear, relu } from '../layers.ts';
import { named } from '../naming.ts';
import type { Range } from '../network.ts';
import { definePattern } from './pattern.ts';

const SHARED = {
  width: { least: 1, most: 65536, default: 1024, doc: 'Hidden features of the fat and shallow one.' },
  inputs: { least: 1, most: 1_000_000, default: 784, doc: 'Features that are read.' },
  outputs: { least: 1, most: 1_000_000, default: 10, doc: 'Features that are given.' },
} as const satisfies Record<string, Range>;

interface Ends {
  readonly inputs: number;
  readonly outputs: number;
}

function perceptron({ inputs, outputs }: Ends, width: number, depth: number): Architecture {
  const hidden = Array.from({ length: depth }, (_, i): [string, LayerJson][] => [
    [`fc${i + 1}`, linear(width)],
    [`relu${i + 1}`, relu()],
  ]);
  return { inputs: { x: ['batch', inputs] }, layers: named({ ...Object.fromEntries(hidden.flat()), output: linear(outputs) }) };
}

/** Weights and biases of a perceptron with so many hidden layers of a width. */
function parameters({ inputs, outputs }: Ends, width: number, depth: number): number {
  return (inputs + 1) * width + (depth - 1) * (width + 1) * width + (width + 1) * outputs;
}

/** The width at which so many hidden layers have the parameters of one of `wide` features, to the nearest integer: the root of a parabola. */
function equalWidth(ends: Ends, wide: number, depth: number): number {
  const wanted = parameters(ends, wide, 1);
  const [a, b, c] = [depth - 1, ends.inputs + ends.outputs + depth, ends.outputs - wanted];
  const root = Math.floor((Math.sqrt(b * b - 4 * a * c) - b) / (2 * a));
  const miss = (width: number) => Math.abs(parameters(ends, width, depth) - wanted);
  return miss(root + 1) < miss(root) || root < 1 ? root + 1 : root;
}

export const fatShallowMlp = definePattern({
  id: 'fat-shallow-mlp',
  title: 'A fat and shallow perceptron',
  summary: 'One wide hidden layer: all of its parameters learn in one step.',
  against: ['thin-deep-mlp'],
  parameters: SHARED,
  describe: ({ width, ...ends }) => perceptron(ends, width, 1),
});

export const thinDeepMlp = definePattern({
  id: 'thin-deep-mlp',
  title: 'A thin and deep perceptron',
  summary: 'As many parameters as a fat and shallow one, to the nearest width, in more layers: features are reused.',
  against: ['fat-shallow-mlp'],
  parameters: { ...SHARED, depth: { least: 2, most: 64, default: 4, doc: 'Hidden layers.' } },
  describe: ({ width, depth, ...ends }) => perceptron(ends, equalWidth(ends, width, depth), depth),
});
