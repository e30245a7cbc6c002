import type { Arguments, LayerJson } from './description.ts';

type Named = Readonly<Record<string, LayerJson>>;

/**
 * Layers in the order of the keys that name them. Names must not be whole numbers: an object has those first. For
 * indices there is `sequence`.
 */
export function named(layers: Named): readonly LayerJson[] {
  return Object.entries(layers).map(([name, layer]) => ({ name, ...layer }));
}

/** Layers called by their indices, as PyTorch calls the members of a Sequential; `path` stands before them. */
export function sequence(layers: readonly LayerJson[], path = ''): readonly LayerJson[] {
  return layers.map((layer, index) => ({ name: `${path}${index}`, ...layer }));
}

/** So many layers in a row, `stage/0`, `stage/1` and so on. */
export function stage(name: string, count: number, member: (index: number) => LayerJson): readonly LayerJson[] {
  return sequence(
    Array.from({ length: count }, (_, index) => member(index)),
    `${name}/`,
  );
}

/** A batch of square colour images as the only input. */
export function images(size: number): Arguments {
  return { image: ['batch', 3, size, size] };
}
