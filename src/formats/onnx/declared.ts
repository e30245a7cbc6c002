import { Fault } from '../../core/fault.ts';
import type { Dim, GraphInput, TensorType } from '../../core/graph.ts';
import { dtypeOf } from './element-type.ts';
import type { DimRecord, ValueRecord } from './records.ts';

/** An input or output of a graph. Faults with `malformed-file` where a dim cannot be one. */
export function typedValue({ name, type }: ValueRecord): GraphInput {
  const tensor = type?.tensor;
  return {
    name,
    dtype: tensor ? dtypeOf(tensor.element) : null,
    shape: tensor?.shape?.map((dim) => dimOf(name, dim)) ?? null,
  };
}

function dimOf(name: string, { value, param }: DimRecord): Dim {
  if (value === undefined) return param || null;
  // Some exporters write -1 for a size that they do not know.
  if (value === -1) return null;
  if (typeof value === 'number' && value >= 0) return value;
  throw new Fault('malformed-file', `value '${name}': a dim must be between 0 and 2^53 - 1, not ${value}`);
}

/** What a file says of values in between that could be compared with anything. It is a hint, so what makes no sense is passed over. */
export function declaredTypes(values: readonly ValueRecord[]): Map<string, TensorType> {
  const types = new Map<string, TensorType>();
  for (const { name, type } of values) {
    const shape = type?.tensor?.shape?.map(({ value, param }) => (typeof value === 'number' && value >= 0 ? value : param || null));
    if (type?.tensor && shape) types.set(name, { dtype: dtypeOf(type.tensor.element), shape });
  }
  return types;
}
