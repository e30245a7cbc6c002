import { isDeepStrictEqual } from 'node:util';
import { fromBinary } from '@bufbuild/protobuf';
import {
  type AttributeProto,
  type FunctionProto,
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from 'onnx-buf';
import t from 'tap';
import { stream } from '../../../src/formats/onnx/message.ts';
import {
  type AttributeRecord,
  type FunctionRecord,
  type GraphRecord,
  type ModelRecord,
  type NodeRecord,
  newModel,
  type OpsetRecord,
  type TensorRecord,
  type ValueRecord,
} from '../../../src/formats/onnx/records.ts';
import type { List } from '../../../src/formats/onnx/scalars.ts';
import { MODEL } from '../../../src/formats/onnx/schema.ts';
import { Wire } from '../../../src/formats/onnx/wire.ts';
import { LIMITS, read } from './encode.ts';
import { fixtures, publicModels } from './fixtures.ts';

// Two readers of the same file, brought into one plain form. What Fovea does not keep of a payload is left out of both.

function decode(file: Buffer): ModelRecord {
  const wire = new Wire(LIMITS);
  const model = newModel();
  wire.buffer = file;
  const steps = stream(wire, MODEL, model, Number.POSITIVE_INFINITY);
  // There is no more than the whole file, whatever is asked for.
  while (!steps.next().done);
  return model;
}

const big = (list: List | undefined): bigint[] | null => list?.values?.map(BigInt) ?? null;
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const KEPT = 1024;

function ourTensor(tensor: TensorRecord | undefined): unknown {
  if (!tensor) return null;
  const raw = tensor.rawSize > 0 && tensor.rawSize <= KEPT ? tensor.raw && hex(tensor.raw) : tensor.rawSize;
  const typed = [4, 5, 7, 10, 11].map((field) => {
    const values = tensor.typed?.get(field)?.values;
    return values === null || (values && values.length > KEPT / 8) ? 'large' : (values ?? []).map(Number);
  });
  return { name: tensor.name, dims: big(tensor.dims), type: Number(tensor.type), external: tensor.external, raw, typed };
}

function theirTensor(tensor: TensorProto | undefined): unknown {
  if (!tensor) return null;
  const { name, dims, dataType, dataLocation, rawData } = tensor;
  const raw = rawData.length > 0 && rawData.length <= KEPT ? hex(rawData) : rawData.length;
  const typed = [tensor.floatData, tensor.int32Data, tensor.int64Data, tensor.doubleData, tensor.uint64Data].map((values) =>
    values.length > KEPT / 8 ? 'large' : (values as (number | bigint)[]).map(Number),
  );
  return { name, dims, type: dataType, external: dataLocation === 1, raw, typed };
}

function ourAttribute(a: AttributeRecord): unknown {
  return {
    name: a.name,
    type: Number(a.type),
    float: a.float ?? 0,
    int: BigInt(a.int ?? 0),
    string: a.string ?? '',
    tensor: ourTensor(a.tensor),
    graph: ourGraph(a.graph),
    floats: a.floats?.values ?? [],
    ints: big(a.ints) ?? [],
    strings: a.strings ?? [],
    graphs: (a.graphs ?? []).map(ourGraph),
    ref: a.ref,
  };
}

function theirAttribute(a: AttributeProto): unknown {
  return {
    name: a.name,
    type: a.type,
    float: a.f,
    int: a.i,
    string: Buffer.from(a.s).toString(),
    tensor: theirTensor(a.t),
    graph: theirGraph(a.g),
    floats: a.floats,
    ints: a.ints,
    strings: a.strings.map((s) => Buffer.from(s).toString()),
    graphs: a.graphs.map(theirGraph),
    ref: a.refAttrName,
  };
}

function ourValue({ name, type }: ValueRecord): unknown {
  const shape = type?.tensor?.shape?.map(({ value, param }) => (value === undefined ? (param ?? null) : BigInt(value)));
  return { name, element: type?.tensor ? Number(type.tensor.element) : null, shape: shape ?? null };
}

function theirValue({ name, type }: ValueInfoProto): unknown {
  const tensor = type?.value.case === 'tensorType' ? type.value.value : null;
  const shape = tensor?.shape?.dim.map(({ value }) => value.value ?? null);
  return { name, element: tensor ? tensor.elemType : null, shape: shape ?? null };
}

function ourGraph(graph: GraphRecord | undefined): unknown {
  if (!graph) return null;
  const [inputs, outputs, values] = [graph.inputs.map(ourValue), graph.outputs.map(ourValue), graph.values.map(ourValue)];
  return { name: graph.name, nodes: graph.nodes.map(ourNode), initializers: graph.initializers.map(ourTensor), inputs, outputs, values };
}

function ourNode(node: NodeRecord): unknown {
  return { ...node, attributes: node.attributes.map(ourAttribute) };
}

function ourFunction(f: FunctionRecord): unknown {
  return { ...f, nodes: f.nodes.map(ourNode), defaults: f.defaults.map(ourAttribute), opsets: f.opsets.map(ourOpset) };
}

function ourOpset({ domain, version }: OpsetRecord): unknown {
  return { domain, version: BigInt(version) };
}

function theirGraph(graph: GraphProto | undefined): unknown {
  if (!graph) return null;
  const [inputs, outputs, values] = [graph.input.map(theirValue), graph.output.map(theirValue), graph.valueInfo.map(theirValue)];
  return { name: graph.name, nodes: graph.node.map(theirNode), initializers: graph.initializer.map(theirTensor), inputs, outputs, values };
}

function theirNode({ name, opType, domain, overload, input, output, attribute }: NodeProto): unknown {
  return { name, op: opType, domain, overload, inputs: input, outputs: output, attributes: attribute.map(theirAttribute) };
}

function theirFunction({ name, domain, overload, input, output, attributeProto, node, opsetImport }: FunctionProto): unknown {
  const opsets = opsetImport.map(({ domain, version }) => ({ domain, version }));
  const [nodes, defaults] = [node.map(theirNode), attributeProto.map(theirAttribute)];
  return { name, domain, overload, inputs: input, outputs: output, defaults, nodes, opsets };
}

if (!publicModels) t.comment('SKIPPED: the public models, as FOVEA_REFERENCE does not say where they are');

t.test('files are decoded as another reader does', async (t) => {
  t.ok(fixtures.length >= 6);
  for (const { name, file } of [...fixtures, ...(publicModels ?? [])]) {
    const ours = decode(file);
    const theirs = fromBinary(ModelProtoSchema, file);
    t.ok(isDeepStrictEqual(ourGraph(ours.graph), theirGraph(theirs.graph)), name);
    t.ok(isDeepStrictEqual(ours.functions.map(ourFunction), theirs.functions.map(theirFunction)), name);
  }
});

t.test('what is decoded is in the graph', async (t) => {
  for (const { name, file } of [...fixtures, ...(publicModels ?? [])]) {
    const { graph, opset, producer } = read(file);
    const theirs = fromBinary(ModelProtoSchema, file);
    const version = theirs.opsetImport.find((o) => o.domain === '')?.version;
    t.equal(opset, version === undefined ? undefined : Number(version), name);
    t.equal(producer ?? '', `${theirs.producerName} ${theirs.producerVersion}`.trim(), name);
    const outputs = new Set(graph.nodes.flatMap((node) => node.outputs));
    t.ok(
      theirs.graph?.node.every((node) => outputs.has(node.output[0] as string)),
      name,
    );
    t.ok(
      theirs.graph?.initializer.every((w) => graph.constants.has(w.name)),
      name,
    );
    t.equal(new Set(graph.nodes.map((node) => node.id)).size, graph.nodes.length, name);
  }
});
