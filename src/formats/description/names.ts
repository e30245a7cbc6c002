import type { Bindings } from './blocks.ts';
import { invalid } from './check.ts';
import { suggestion } from './nearest.ts';

/** What a name stands for: values of the graph, one per output. */
export type Values = readonly string[];

/** The sequence that is being lowered: the document's own layers, or one instance of a block. */
export interface Frame {
  /** Stands before the names of its layers: empty, or the block instances with a slash after each. */
  readonly path: string;
  /** Values of the block's parameters; undefined outside blocks. */
  readonly parameters: Bindings | undefined;
  /** The path whose layers lend theirs their parameters, where a block shares another's. */
  readonly lender: string | undefined;
  /** Names of the layers that are still to come. */
  readonly later: Set<string>;
}

/** The names of inputs, constants and layers. A sequence sees its own, and by their paths those of the blocks in it. */
export class Names {
  readonly #values = new Map<string, Values>();
  readonly #visible = new Map<string, string[]>();

  define(frame: Frame, name: string, values: Values, pointer: string): void {
    this.#set(frame, name, values, pointer);
    const numbered = values.length > 1 || values[0] === `${frame.path}${name}.0`;
    if (numbered) for (const [index, value] of values.entries()) this.#set(frame, `${name}.${index}`, [value], pointer);
  }

  #set({ path }: Frame, name: string, values: Values, pointer: string): void {
    const full = path + name;
    if (this.#values.has(full)) invalid(pointer, `the name ${JSON.stringify(full)} is taken`);
    this.#values.set(full, values);
    const visible = this.#visible.get(path);
    if (visible) visible.push(name);
    else this.#visible.set(path, [name]);
  }

  /** The one value that a name in a sequence stands for. */
  resolve(frame: Frame, name: string, pointer: string): string {
    const values = this.#values.get(frame.path + name);
    if (values) return single(values, name, pointer);
    if (frame.later.has(name)) return invalid(pointer, `${JSON.stringify(name)} comes later; only earlier layers can be named`);
    return invalid(pointer, `there is no ${JSON.stringify(name)}${suggestion(name, this.#visible.get(frame.path) ?? [])}`);
  }
}

/** The value of a layer that must have one. */
export function single(values: Values, name: string, pointer: string): string {
  const [value] = values;
  if (value !== undefined && values.length === 1) return value;
  const shown = values.slice(0, 3).map((_, index) => JSON.stringify(`${name}.${index}`));
  return invalid(
    pointer,
    `${JSON.stringify(name)} has ${values.length} outputs; say which: ${shown.join(', ')}${values.length > 3 ? ', ...' : ''}`,
  );
}
