import type { Attribute, DType } from '../../../core/graph.ts';
import { type Draft, tensor } from '../draft.ts';
import { isSmall, typeNumber } from '../element-type.ts';
import { takeList, takeNumber } from './attributes.ts';

/** Constant in any version: whatever it holds becomes the tensor `value`. */
export function constant(node: Draft): void {
  const value = held(node);
  if (value !== undefined) node.attributes.set('value', value);
}

function held(node: Draft): Attribute | undefined {
  const int = takeNumber(node, 'value_int');
  if (int !== undefined) return tensor('int64', [], [int]);
  const float = takeNumber(node, 'value_float');
  if (float !== undefined) return tensor('float32', [], [float]);
  const list = listTensor('int64', takeList(node, 'value_ints')) ?? listTensor('float32', takeList(node, 'value_floats'));
  return list ?? take(node, 'sparse_value') ?? strings(node);
}

function listTensor(dtype: DType, list: number[] | undefined): Attribute | undefined {
  return list && tensor(dtype, [list.length], isSmall(dtype, list.length) ? list : null);
}

function strings(node: Draft): Attribute | undefined {
  if (take(node, 'value_string') !== undefined) return tensor('string', [], null);
  const list = take(node, 'value_strings');
  return Array.isArray(list) ? tensor('string', [list.length], null) : undefined;
}

function take(node: Draft, name: string): Attribute | undefined {
  const value = node.attributes.get(name);
  node.attributes.delete(name);
  return value;
}

/** Cast before 6 wrote the type out. */
export function castTo(node: Draft): void {
  const to = node.attributes.get('to');
  const number = typeof to === 'string' ? typeNumber(to) : undefined;
  if (number !== undefined) node.attributes.set('to', number);
}
