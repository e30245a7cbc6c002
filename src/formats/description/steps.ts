import { check, invalid } from './check.ts';
import { blockUseSchema } from './document.ts';
import type { LayerType } from './layer.ts';
import { layerTypes } from './layers/index.ts';
import { onnxLayer } from './layers/onnx.ts';
import { suggestion } from './nearest.ts';
import { isObject } from './object.ts';
import { at } from './pointer.ts';
import { holdsReference, isReference } from './references.ts';

/** A layer of the document with the name that it has in its sequence. */
export interface Step {
  readonly name: string;
  readonly pointer: string;
  readonly given: Readonly<Record<string, unknown>>;
  /** Whether values are still to be put in place of references. */
  readonly open: boolean;
}

/** A use of a block, or a layer type. */
export type Kind = LayerType | 'block';

/** Checks the layers of a sequence as far as references allow, and names them. */
export function toSteps(layers: readonly unknown[], pointer: string, inBlock: boolean, taken: ReadonlyMap<string, string>): Step[] {
  const names = new Map(taken);
  const given = layers.map((layer, index) => checkLayer(layer, at(pointer, index), inBlock));
  for (const [index, { name, outputs }] of given.entries()) {
    if (inBlock && isReference(name)) invalid(at(at(pointer, index), 'name'), 'a name cannot be a parameter');
    // A layer whose outputs have names of their own is not called by its name.
    if (typeof name !== 'string' || outputs !== undefined) continue;
    const spot = at(at(pointer, index), 'name');
    if (names.has(name)) invalid(spot, `the name ${JSON.stringify(name)} is taken by ${names.get(name)}`);
    names.set(name, at(pointer, index));
  }
  return given.map((layer, index) => {
    const name = typeof layer.name === 'string' ? layer.name : unusedName(`${stem(layer)}_${index}`, names);
    names.set(name, at(pointer, index));
    return { name, pointer: at(pointer, index), given: layer, open: inBlock && holdsReference(layer) };
  });
}

function checkLayer(layer: unknown, pointer: string, inBlock: boolean): Record<string, unknown> {
  if (!isObject(layer)) return invalid(pointer, 'a layer must be an object with a "type"');
  if (inBlock && isReference(layer.type)) return layer;
  checkKind(layer, kindOf(layer, pointer), pointer, inBlock);
  return layer;
}

/** Checks a layer by the schema of its kind; `open` says that references may stand for values. */
export function checkKind(layer: Readonly<Record<string, unknown>>, kind: Kind, pointer: string, open = false): void {
  check(kind === 'block' ? blockUseSchema : kind.schema, layer, pointer, open);
}

/** What a layer's type names. */
export function kindOf(layer: Readonly<Record<string, unknown>>, pointer: string): Kind {
  if (!Object.hasOwn(layer, 'type')) invalid(pointer, 'missing required key "type"');
  const { type } = layer;
  const spot = at(pointer, 'type');
  if (typeof type !== 'string') return invalid(spot, '"type" must be the name of a layer type');
  if (type === 'block') return 'block';
  if (type.startsWith('onnx.')) return onnxLayer;
  const known = layerTypes.get(type);
  return known ?? invalid(spot, `unknown layer type ${JSON.stringify(type)}${suggestion(type, [...layerTypes.keys(), 'block'])}`);
}

function stem(layer: Record<string, unknown>): string {
  const type = String(layer.type === 'block' ? layer.block : layer.type);
  return type.slice(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1).toLowerCase();
}

function unusedName(name: string, names: ReadonlyMap<string, string>): string {
  let unused = name;
  while (names.has(unused)) unused += '_';
  return unused;
}
