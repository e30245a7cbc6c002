import { Fault } from '../../core/fault.ts';
import type { Attribute, Constant, Graph, Node } from '../../core/graph.ts';

/**
 * A graph as JSON, without loss: maps are lists of pairs, and what JSON has no number for (NaN, infinities, -0, integers
 * beyond a double) is text under a key that tells what it is.
 */
export type GraphJson = Omit<Graph, 'nodes' | 'constants' | 'declared'> & {
  readonly nodes: readonly NodeJson[];
  readonly constants: readonly (readonly [string, ConstantJson])[];
  readonly declared?: readonly (readonly [string, NonNullable<ReturnType<NonNullable<Graph['declared']>['get']>>])[];
};

type NodeJson = Omit<Node, 'attributes'> & { readonly attributes: readonly (readonly [string, AttributeJson])[] };
type ConstantJson = Omit<Constant, 'data'> & { readonly data: readonly NumberJson[] | null };
type NumberJson = number | string;
type AttributeJson =
  | NumberJson
  | { readonly number: string }
  | { readonly integer: string }
  | { readonly list: readonly AttributeJson[] }
  | { readonly tensor: ConstantJson }
  | { readonly graph: GraphJson };

/** A graph as JSON can hold it. */
export function graphJson({ nodes, constants, declared, ...rest }: Graph): GraphJson {
  return {
    ...rest,
    nodes: nodes.map(({ attributes, ...node }) => ({
      ...node,
      attributes: [...attributes].map(([name, value]) => [name, attributeJson(value)] as const),
    })),
    constants: [...constants].map(([name, constant]) => [name, constantJson(constant)] as const),
    ...(declared && { declared: [...declared] }),
  };
}

function attributeJson(value: Attribute | Graph): AttributeJson {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
      return { integer: String(value) };
    case 'number': {
      const json = numberJson(value);
      return typeof json === 'number' ? json : { number: json };
    }
  }
  if (Array.isArray(value)) return { list: value.map(attributeJson) };
  // Array.isArray does not narrow lists that are read only.
  const one = value as Constant | Graph;
  return 'nodes' in one ? { graph: graphJson(one) } : { tensor: constantJson(one) };
}

function constantJson({ data, ...rest }: Constant): ConstantJson {
  return { ...rest, data: data?.map(numberJson) ?? null };
}

function numberJson(value: number): NumberJson {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

/** Reads what `graphJson` makes. Fault `limit-exceeded` where there are more nodes than `maxNodes`, nested graphs included. */
export function graphFrom(json: GraphJson, maxNodes: number): Graph {
  let nodes = 0;

  function graph({ nodes: listed, constants, declared, ...rest }: GraphJson): Graph {
    nodes += listed.length;
    if (nodes > maxNodes) throw new Fault('limit-exceeded', `the network has more than ${maxNodes} nodes`);
    return {
      ...rest,
      nodes: listed.map(({ attributes, ...node }) => ({
        ...node,
        attributes: new Map(attributes.map(([name, value]) => [name, attribute(value)])),
      })),
      constants: new Map(constants.map(([name, one]) => [name, constant(one)])),
      ...(declared && { declared: new Map(declared) }),
    };
  }

  function attribute(value: AttributeJson): Attribute {
    if (typeof value !== 'object') return value;
    if ('number' in value) return Number(value.number);
    if ('integer' in value) return BigInt(value.integer);
    if ('tensor' in value) return constant(value.tensor);
    if ('graph' in value) return graph(value.graph);
    return value.list.map(attribute) as Attribute;
  }

  return graph(json);
}

function constant({ data, ...rest }: ConstantJson): Constant {
  return { ...rest, data: data?.map(Number) ?? null };
}
