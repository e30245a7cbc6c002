import { readFileSync } from 'node:fs';
import { readConfig } from '../../src/config.ts';
import type { Attribute, Constant, Graph, GraphInput, Node } from '../../src/core/graph.ts';
import { readDescription } from '../../src/formats/description/index.ts';
import { onnx } from '../../src/formats/onnx/index.ts';

const limits = readConfig({}).limits.reader;

/** The graph of a network description, without its version. */
export function described(document: Record<string, unknown>): Graph {
  return readDescription({ version: 1, ...document }, limits);
}

/** The graph of an ONNX file. */
export function fromFile(file: string | URL): Graph {
  const reader = onnx.open(limits);
  reader.push(readFileSync(file));
  return reader.end().graph;
}

/** The graph of a file in test/fixtures. */
export function fixtureGraph(name: string): Graph {
  return fromFile(new URL(`../fixtures/${name}.onnx`, import.meta.url));
}

interface Parts {
  readonly inputs: readonly GraphInput[];
  readonly constants?: readonly Constant[];
  /** Each node has the name of its only output. */
  readonly nodes: readonly (readonly [op: string, inputs: readonly string[], output: string, attributes?: Record<string, Attribute>])[];
}

/** A graph from its parts, whose output is that of its last node. */
export function graphOf({ inputs, constants = [], nodes }: Parts): Graph {
  return {
    name: '',
    nodes: nodes.map(([op, reads, output, attributes = {}]): Node => {
      return { id: output, name: output, scope: '', op, attributes: new Map(Object.entries(attributes)), inputs: reads, outputs: [output] };
    }),
    inputs,
    outputs: nodes.slice(-1).map(([, , name]) => ({ name, dtype: null, shape: null })),
    constants: new Map(constants.map((constant) => [constant.name, constant])),
    diagnostics: [],
  };
}
