import { invalid } from './check.ts';
import type { Block, BlockUse } from './document.ts';
import { suggestion } from './nearest.ts';
import { at } from './pointer.ts';
import { holdsReference, isReference } from './references.ts';
import { type Step, toSteps } from './steps.ts';

/** A block with its layers checked. */
export interface BlockPlan {
  readonly block: Block;
  readonly pointer: string;
  readonly steps: readonly Step[];
}

/** Values of a block's parameters, by name. */
export type Bindings = ReadonlyMap<string, unknown>;

/** The blocks of a document with their layers checked. */
export function planBlocks(blocks: Readonly<Record<string, Block>>): Map<string, BlockPlan> {
  const taken = new Map([['input', 'what the block reads']]);
  return new Map(
    Object.entries(blocks).map(([name, block]) => {
      const pointer = at('/blocks', name);
      return [name, { block, pointer, steps: toSteps(block.layers, at(pointer, 'layers'), true, taken) }];
    }),
  );
}

/** The value of a parameter that a layer of a block refers to. */
export function parameterOf(bindings: Bindings, name: string, pointer: string): unknown {
  if (bindings.has(name)) return bindings.get(name);
  return invalid(pointer, `the block has no parameter ${JSON.stringify(name)}${suggestion(name, bindings.keys())}`);
}

/** A block's parameters with the values of a use; `outer` are those of the block that the use stands in. */
export function bind({ block }: BlockPlan, use: BlockUse, outer: Bindings | undefined, pointer: string): Bindings {
  const bound = new Map<string, unknown>(Object.entries(block.parameters ?? {}));
  for (const [name, value] of Object.entries(use.with ?? {})) {
    const spot = at(at(pointer, 'with'), name);
    if (!bound.has(name)) {
      invalid(spot, `block ${JSON.stringify(use.block)} has no parameter ${JSON.stringify(name)}${suggestion(name, bound.keys())}`);
    }
    bound.set(name, outer ? passed(value, outer, spot) : value);
  }
  for (const [name, value] of bound) {
    if (value === null) invalid(pointer, `block ${JSON.stringify(use.block)} needs a value for ${JSON.stringify(name)} in "with"`);
  }
  return bound;
}

/** Only whole values are passed on: a list of references to lists of references would double with every block. */
function passed(value: unknown, outer: Bindings, pointer: string): unknown {
  if (isReference(value)) return parameterOf(outer, value.slice(1), pointer);
  if (holdsReference(value)) invalid(pointer, 'here a parameter can only be the whole value');
  return value;
}
