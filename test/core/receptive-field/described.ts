import { readConfig } from '../../../src/config.ts';
import { analyze } from '../../../src/core/analyze.ts';
import { fieldsFrom, sourceNamed } from '../../../src/core/receptive-field/fields.ts';
import { hullOf } from '../../../src/core/receptive-field/map.ts';
import type { Source } from '../../../src/core/receptive-field/propagate.ts';
import { single } from '../../../src/core/receptive-field/single.ts';
import type { FieldAxis } from '../../../src/core/report.ts';
import { traceGraph } from '../../../src/core/trace.ts';
import { readDescription } from '../../../src/formats/description/index.ts';

export type Json = Record<string, unknown>;

const { reader } = readConfig({}).limits;

export const conv = (kernel: unknown, stride: unknown = 1, padding: unknown = 0, more: Json = {}): Json => {
  return { type: 'Conv2d', out_channels: 4, kernel_size: kernel, stride, padding, ...more };
};
export const maxPool = (kernel: number, stride = kernel, padding: unknown = 0, more: Json = {}): Json => {
  return { type: 'MaxPool2d', kernel_size: kernel, stride, padding, ...more };
};
export const averagePool = (kernel: number, stride = kernel, padding: unknown = 0): Json => {
  return { type: 'AvgPool2d', kernel_size: kernel, stride, padding };
};

/** The same layer so many times. */
export const times = (count: number, ...layers: readonly Json[]): Json[] => Array.from({ length: count }, () => layers).flat();

function graphOf(layers: readonly Json[], shape: readonly unknown[]) {
  return readDescription({ version: 1, inputs: { x: shape }, layers }, reader);
}

/** The fields of all layers, per axis of the input, by the layer's name; without one, by its number. */
export function fieldsOf(layers: readonly Json[], shape: readonly unknown[]): ReadonlyMap<string | number, readonly FieldAxis[]> {
  const report = analyze({ graph: graphOf(layers, shape), format: 'description', name: '', bytes: 0, sha256: '' });
  const fields = new Map<string | number, readonly FieldAxis[]>();
  (report.layers ?? []).forEach(({ id, outputs }, i) => {
    const axes = outputs[0]?.receptiveFields[0]?.axes ?? [];
    fields.set(id, axes).set(i, axes);
  });
  return fields;
}

/** The fields of the layers in order, on one axis of the input. */
export function chainOf(layers: readonly Json[], shape: readonly unknown[], axis = 0): FieldAxis[] {
  const fields = fieldsOf(layers, shape);
  return layers.map((_, i) => fields.get(i)?.[axis] as FieldAxis);
}

/** The field of the last layer, on one axis of the input. */
export function lastOf(layers: readonly Json[], shape: readonly unknown[], axis = 0): FieldAxis {
  return [...fieldsOf(layers, shape).values()].at(-1)?.[axis] as FieldAxis;
}

/** First and last position that each unit of the last layer really has, on the first axis. */
export function regionsOf(layers: readonly Json[], shape: readonly unknown[]): [number, number][] {
  const trace = traceGraph(graphOf(layers, shape), {});
  const output = trace.graph.outputs[0]?.name ?? '';
  const field = fieldsFrom(trace, sourceNamed(trace, 'x') as Source).get(output)?.axes[0];
  const sizes = trace.tensors.get(output)?.shape ?? null;
  const path = field && single(field.strict, sizes);
  if (!path?.actual || typeof path.at !== 'number') throw new Error('no regions');
  const { actual, at } = path;
  return Array.from({ length: Number(sizes?.[at]) }, (_, unit) => [...hullOf(actual, unit, unit, 1)] as [number, number]);
}
