import type { Dim } from '../../../core/graph.ts';
import type { Layer } from '../layer.ts';
import { rankOf } from './sizes.ts';

/**
 * Adds a Reshape that puts `sizes` (at most one of them -1) in place of the axes first .. last of a value. Sizes of the
 * other axes are taken from the value when it runs, so that the graph holds for inputs of other sizes too.
 */
export function replaceAxes(layer: Layer, value: string, first: number, last: number, sizes: readonly number[], suffix = ''): string {
  const part = (name: string) => (suffix === '' ? name : `${suffix}.${name}`);
  const head = layer.constant(part('shape'), [...Array<number>(first).fill(0), ...sizes]);
  if (last === rankOf(layer, value) - 1) return layer.emit('Reshape', [value, head], {}, suffix);
  const tail = layer.emit('Shape', [value], { start: last + 1 }, part('tail'));
  const shape = layer.emit('Concat', [head, tail], { axis: 0 }, part('sizes'));
  return layer.emit('Reshape', [value, shape], {}, suffix);
}

/** The product of sizes; null where one is unknown. */
export function product(sizes: readonly (Dim | undefined)[]): number | null {
  return sizes.reduce<number | null>((all, size) => (all === null || typeof size !== 'number' ? null : all * size), 1);
}
