import type { Convention } from './cost/conventions/convention.ts';
import type { Projection } from './cost/conventions/project.ts';
import { flopsOf, operationsJson, type Primitives, primitives, repeat, type Valid, validOf } from './cost/counters.ts';
import { add, type Count, countToJson, times } from './count.ts';
import type { Attribute, Shape } from './graph.ts';
import type { Step } from './inference/runner.ts';
import { known } from './operators/call.ts';
import type { Counters, Tensor } from './operators/operator.ts';
import { volume } from './operators/shape.ts';
import { bytesOf, NO_PARAMS, type ParamCount } from './params.ts';
import type { AttributeJson, Layer, LayerOutput, ReceptiveField, ReportTensor } from './report.ts';

/** A layer while totals still have to be taken: exact counts, null where a size that decides them is unknown. */
export interface LayerFacts {
  readonly call: Step;
  readonly params: ParamCount;
  readonly fields: readonly (readonly ReceptiveField[])[];
  readonly operations: Primitives | null;
  /** Without taps in padding. */
  readonly valid: Valid | null;
  readonly integer: boolean;
  readonly cost: Count | null;
  /** Elements and bytes of each output, which a view does not own. */
  readonly outputs: readonly { readonly elements: Count | null; readonly bytes: Count | null }[];
  readonly view: boolean;
}

/** What is known of one layer; one in a loop costs as often as it runs, or once where that is not known. */
export function layerFacts(
  call: Step,
  params: ParamCount | undefined,
  fields: LayerFacts['fields'],
  project: Projection,
  exact: boolean,
): LayerFacts {
  const counters = countersOf(call, exact);
  const once = counters && primitives(counters);
  const operations = once && repeat(once, call.repeats ?? 1);
  return {
    call,
    params: params ?? NO_PARAMS,
    fields,
    operations,
    valid: operations && validOf(operations, times(counters?.padding ?? 0, call.repeats ?? 1)),
    integer: counters?.integer ?? false,
    cost: once && project(call, once),
    outputs: call.outputs.map((tensor, k) => (call.node.outputs[k] === '' ? LEFT_OUT : sizeOf(tensor))),
    view: call.operator?.view ?? false,
  };
}

/** The counters of one run of a call; null where a size that decides them, or the operator, is unknown. */
export function countersOf(call: Step, exact: boolean): Counters | null {
  const { operator } = call;
  return (exact && operator?.exactCost ? operator.exactCost(call) : operator?.cost(call)) ?? null;
}

/** An optional output that nobody asked for is not written. */
const LEFT_OUT = Object.freeze({ elements: 0, bytes: 0 });

function sizeOf({ shape, dtype }: Tensor): LayerFacts['outputs'][number] {
  const elements = shape && volume(shape);
  return { elements, bytes: elements !== null && dtype !== null ? bytesOf(elements, dtype) : null };
}

/** Bytes of a layer's outputs that own memory, those of all its runs (of one, where their number is unknown); null where one is unknown. */
export function ownedBytes({ call, view, outputs }: LayerFacts): Count | null {
  if (view) return 0;
  let owned: Count = 0;
  for (const { bytes } of outputs) {
    if (bytes === null) return null;
    owned = add(owned, bytes);
  }
  return times(owned, call.repeats ?? 1);
}

/** A layer as the report shows it. */
export function layerReport(facts: LayerFacts, index: number, unit: Convention['unit']): Layer {
  const { call, params, operations } = facts;
  const { node } = call;
  const bytes = ownedBytes(facts);
  return {
    index,
    id: node.id,
    name: node.name,
    scope: node.scope,
    op: node.op,
    attributes: attributesJson(call),
    inputs: node.inputs,
    outputs: outputsJson(facts),
    params: paramsJson(params),
    macs: operations && countToJson(operations.mac),
    flops: operations && countToJson(flopsOf(operations)),
    operations: operations && operationsJson(operations),
    validMacs: facts.valid && countToJson(facts.valid.macs),
    validFlops: facts.valid && countToJson(facts.valid.flops),
    cost: { value: facts.cost === null ? null : countToJson(facts.cost), unit },
    integer: facts.integer,
    activationBytes: bytes === null ? null : countToJson(bytes),
  };
}

function outputsJson({ call, fields }: LayerFacts): LayerOutput[] {
  const json = call.node.outputs.map((name, k): LayerOutput => {
    const tensor = call.outputs[k];
    return { name, dtype: tensor?.dtype ?? null, shape: shapeJson(tensor?.shape ?? null), receptiveFields: fields[k] ?? [] };
  });
  return call.node.outputs.includes('') ? json.filter(({ name }) => name !== '') : json;
}

// Most layers of a large graph have no parameters and no attributes: what says so is shared, to leave less to collect.
const NO_PARAMS_JSON: Layer['params'] = Object.freeze({ stored: 0, trainable: 0, buffers: 0 });
const NO_ATTRIBUTES: Layer['attributes'] = Object.freeze({});

export function paramsJson(params: ParamCount): Layer['params'] {
  if (params === NO_PARAMS) return NO_PARAMS_JSON;
  const { stored, trainable, buffers } = params;
  return { stored: countToJson(stored), trainable: countToJson(trainable), buffers: countToJson(buffers) };
}

/** A tensor's type, names of unknown sizes left out. */
export function tensorJson(name: string, tensor: Pick<Tensor, 'dtype' | 'shape'> | undefined): ReportTensor {
  return { name, dtype: tensor?.dtype ?? null, shape: shapeJson(tensor?.shape ?? null) };
}

function shapeJson(shape: Shape | null): readonly (number | null)[] | null {
  return known(shape) ?? shape?.map((dim) => (typeof dim === 'number' ? dim : null)) ?? null;
}

/** Most numbers of one attribute that a report repeats; longer lists are told by their length. */
const MAX_LISTED = 64;

function attributesJson(call: Step): Layer['attributes'] {
  const defaults = call.operator?.defaults?.(call);
  if (!defaults && call.node.attributes.size === 0) return NO_ATTRIBUTES;
  const json: Record<string, AttributeJson> = {};
  for (const name in defaults) json[name] = attributeJson(defaults[name] as Attribute);
  for (const [name, value] of call.node.attributes) {
    // Names come from the file: assigning '__proto__' would change the prototype.
    if (name === '__proto__') Object.defineProperty(json, name, { value: attributeJson(value), enumerable: true });
    else json[name] = attributeJson(value);
  }
  return json;
}

function attributeJson(value: Attribute): AttributeJson {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return countToJson(value);
  if ('dtype' in value) return { dtype: value.dtype, shape: value.shape };
  if (!Array.isArray(value)) return null;
  if (value.length > MAX_LISTED) return `${value.length} values`;
  return value.every(Number.isFinite) ? value : value.map((item) => (Number.isFinite(item) ? item : String(item)));
}
