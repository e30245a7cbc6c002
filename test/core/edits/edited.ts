import { readFileSync } from 'node:fs';
import { readConfig } from '../../../src/config.ts';
import { analyze } from '../../../src/core/analyze.ts';
import { applyEdits, type Edited } from '../../../src/core/edits/apply.ts';
import type { Edit } from '../../../src/core/edits/index.ts';
import { Fault } from '../../../src/core/fault.ts';
import type { Graph } from '../../../src/core/graph.ts';
import type { AnalyzeOptions } from '../../../src/core/options.ts';
import type { FieldAxis, Layer, Report } from '../../../src/core/report.ts';
import { readDescription } from '../../../src/formats/description/index.ts';
import { describeRef } from '../../../src/networks/index.ts';

const limits = readConfig({}).limits.reader;

/** A built-in network. */
export function zoo(name: string): Graph {
  const found = describeRef(`zoo:${name}`);
  if (!found) throw new Error(`there is no ${name}`);
  return readDescription(found.description, limits);
}

/** A network in examples/. */
export function example(name: string): Graph {
  return readDescription(JSON.parse(readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8')), limits);
}

export function report(graph: Graph, options: AnalyzeOptions = {}): Report {
  return analyze({ graph, format: '', name: '', bytes: 0, sha256: '' }, options);
}

/** Everything in a graph, so that writing to it throws; Maps cannot be frozen, their content is compared by `snapshot`. */
export function frozen(graph: Graph): Graph {
  const freeze = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
    Object.freeze(value);
    if (value instanceof Map) for (const item of value.values()) freeze(item);
    else for (const item of Object.values(value)) freeze(item);
  };
  freeze(graph);
  return graph;
}

/** A graph in JSON, its Maps as lists. */
export function snapshot(graph: Graph): string {
  return JSON.stringify(graph, (_, value) => (value instanceof Map ? [...value] : value));
}

/** Edits of a graph that is proven to stay as it was. */
export function edited(graph: Graph, ...edits: readonly Edit[]): Edited {
  const before = snapshot(frozen(graph));
  const result = applyEdits(graph, edits);
  if (snapshot(graph) !== before) throw new Error('the graph was changed');
  return result;
}

export function layer({ layers = [] }: Report, id: string): Layer {
  const found = layers.find((one) => one.id === id);
  if (!found) throw new Error(`there is no layer ${id}`);
  return found;
}

/** The field of a layer's first output along the first axis of the first input. */
export function fieldAt(of: Report, id: string): FieldAxis {
  return layer(of, id).outputs[0]?.receptiveFields[0]?.axes[0] as FieldAxis;
}

export const shapeAt = (of: Report, id: string) => layer(of, id).outputs[0]?.shape;

/** Why edits cannot be made. */
export function refusal(
  graph: Graph,
  ...edits: readonly Edit[]
): { readonly code: string; readonly message: string; readonly node?: string } {
  try {
    edited(graph, ...edits);
  } catch (error) {
    if (error instanceof Fault) return { code: error.code, message: error.message, ...error.spot };
    throw error;
  }
  return { code: 'none', message: 'the edits were made' };
}
