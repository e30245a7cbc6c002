import type { Constant, Graph, TensorType } from '../../src/core/graph.ts';
import type { Inference } from '../../src/core/inference/infer.ts';
import { bindInputs } from '../../src/core/inference/inputs.ts';
import { runGraph } from '../../src/core/inference/run.ts';
import type { Run } from '../../src/core/inference/runner.ts';
import type { AnalyzeOptions } from '../../src/core/options.ts';

/** All tensors of a graph, as an analysis infers them. */
export function infer(graph: Graph, options: AnalyzeOptions = {}): Run {
  const inputs = bindInputs(graph, options).inputs;
  return runGraph(graph, new Map(inputs.map(({ name, dtype, shape }) => [name, { dtype, shape, value: null, constant: false }])));
}

/** The graph with the given tensors in place of its inputs. */
export function feed(graph: Graph, data: ReadonlyMap<number, Constant>): Graph {
  const constants = new Map(graph.constants);
  const inputs = graph.inputs.filter(({ name }, index) => {
    const given = data.get(index);
    if (given) constants.set(name, { ...given, name });
    return !given;
  });
  return { ...graph, inputs, constants };
}

export type Verdict = 'equal' | 'unknown' | 'wrong';

/** Compares what is inferred of a tensor with what its file says of it, all of whose sizes are numbers. */
export function compare(ours: TensorType | undefined, declared: TensorType): Verdict {
  const shape = ours?.shape;
  if (ours?.dtype && declared.dtype && ours.dtype !== declared.dtype) return 'wrong';
  if (!ours?.dtype || !shape) return 'unknown';
  if (shape.length !== declared.shape?.length) return 'wrong';
  if (shape.some((dim, axis) => typeof dim === 'number' && dim !== declared.shape?.[axis])) return 'wrong';
  return shape.every((dim) => typeof dim === 'number') ? 'equal' : 'unknown';
}

/** Operators whose output sizes are made by the elements of these inputs. */
const DECIDED_BY_DATA: Readonly<Record<string, readonly number[]>> = {
  AffineGrid: [1],
  CenterCropPad: [1],
  Col2Im: [1],
  Compress: [1],
  ConstantOfShape: [0],
  Expand: [1],
  ImageDecoder: [0],
  MaxUnpool: [2],
  NonMaxSuppression: [0, 1, 2, 3, 4],
  NonZero: [0],
  OneHot: [1],
  Pad: [1, 3],
  Range: [0, 1, 2],
  Reshape: [1],
  Resize: [2, 3],
  Slice: [1, 2, 3, 4],
  StringSplit: [0],
  Tile: [1],
  TopK: [1],
  Unique: [0],
};

/** The first node on the way to a tensor that does not say the whole type of what it makes, though it has that of all it reads. */
export function originOf(name: string, { steps }: Run): Inference | undefined {
  const producers = new Map(steps.flatMap((call) => call.node.outputs.map((output): [string, Inference] => [output, call])));
  const seen = new Set<Inference>();
  for (let call = producers.get(name); call && !seen.has(call); ) {
    seen.add(call);
    const from = call.node.inputs.find((_, i) => call?.inputs[i] && !isKnown(call.inputs[i]));
    const before = from === undefined ? undefined : producers.get(from);
    if (!before) return call;
    call = before;
  }
  return undefined;
}

function isKnown({ dtype, shape }: TensorType): boolean {
  return dtype !== null && (shape?.every((dim) => typeof dim === 'number') ?? false);
}

/** Whether a node's sizes are made by elements of inputs that were not given: what is computed from the file alone is no excuse. */
export function isDataDependent({ node, inputs }: Inference): boolean {
  return (DECIDED_BY_DATA[node.op] ?? []).some((i) => inputs[i]?.value === null && !inputs[i].constant);
}
