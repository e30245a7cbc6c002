import { type Attribute, type Constant, type Dim, isFloat, type Shape } from '../../../src/core/graph.ts';
import { constantTensor, inferNode } from '../../../src/core/inference/infer.ts';
import type { Tensor } from '../../../src/core/operators/operator.ts';
import { readDescription } from '../../../src/formats/description/index.ts';
import type { Limits } from '../../../src/formats/format.ts';

export const LIMITS: Limits = {
  keptBytes: 2 ** 24,
  nodes: 10_000,
  fields: 100_000,
  depth: 32,
  dims: 64,
  nameBytes: 4096,
  ints: 10_000,
  jsonBytes: 2 ** 20,
  deadlineMs: 60_000,
};

export type Json = Readonly<Record<string, unknown>>;

/** A description with one input `x`. */
export function network(shape: readonly Dim[], ...layers: readonly unknown[]): Json {
  return { version: 1, inputs: { x: shape }, layers };
}

/** The graph of a description as lines: nodes with their attributes and output shapes, and constants with their shapes and data. */
export function lowered(document: unknown): { nodes: string[]; constants: string[] } {
  const graph = readDescription(document, LIMITS);
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape } of graph.inputs) tensors.set(name, { dtype, shape, value: null, constant: false });
  for (const constant of graph.constants.values()) tensors.set(constant.name, constantTensor(constant));
  const nodes = graph.nodes.map((node) => {
    const { outputs } = inferNode(node, tensors);
    const attributes = [...node.attributes].map(([name, value]) => ` ${name}=${attributeText(value)}`).join('');
    const results = node.outputs.map((name, k) => `${name === node.id ? '' : `${name} `}${shapeText(outputs[k]?.shape ?? null)}`);
    return `${node.id} = ${node.op}(${node.inputs.join(', ')})${attributes} -> ${results.join(', ')}`;
  });
  return { nodes, constants: [...graph.constants.values()].map(constantText) };
}

function attributeText(value: Attribute): string {
  if (typeof value === 'object' && 'dtype' in value) return `<${constantText(value)}>`;
  return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}n` : item));
}

function constantText({ name, dtype, shape, data }: Constant): string {
  return `${name} ${isFloat(dtype) ? '' : `${dtype} `}${shapeText(shape)}${data ? ` [${data.join(' ')}]` : ''}`;
}

function shapeText(shape: Shape | null): string {
  return shape === null ? '?' : `(${shape.map((dim) => dim ?? '?').join(' ')})`;
}

/** Trainable parameters: floats without values that are no running statistics. */
export function parameters(document: unknown): number {
  let sum = 0;
  for (const { name, data, shape } of readDescription(document, LIMITS).constants.values()) {
    if (data === null && !/running_(mean|var)$/.test(name)) sum += shape.reduce((product, size) => product * size, 1);
  }
  return sum;
}

/** Cases of one layer `l` that reads `x`: the shape of `x`, the layer, its nodes and its constants. */
export type Case = readonly [shape: readonly Dim[], layer: Json, nodes: readonly string[], constants: readonly string[]];

/** Compares cases with what they are lowered to. */
export function expectLowered(t: { same(found: unknown, wanted: unknown, name: string): void }, cases: readonly Case[]): void {
  for (const [shape, layer, nodes, constants] of cases) {
    t.same(lowered(network(shape, { name: 'l', ...layer })), { nodes, constants }, JSON.stringify(layer));
  }
}
