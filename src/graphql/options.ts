import type { KeepAs } from '../analysis/collection.ts';
import { within } from '../analysis/json.ts';
import { checkOption } from '../analysis/options/check.ts';
import type { OptionName } from '../analysis/options/index.ts';
import type { ViewOptions } from '../analysis/views/view.ts';
import { Fault } from '../core/fault.ts';
import type { Shape } from '../core/graph.ts';

/** `AnalyzeOptions` of the schema, as GraphQL hands it over. Its other members are called as the options are. */
export interface OptionsInput {
  readonly inputs?: readonly { readonly name: string; readonly shape: Shape }[] | null;
  readonly bind?: readonly { readonly name: string; readonly value: number }[] | null;
}

/** The options of an analysis; null is the same as leaving an option out. */
export function analyzeOptions({ inputs, bind, ...others }: OptionsInput): ViewOptions {
  return {
    ...(inputs == null ? {} : { inputs: byName(inputs.map(({ name, shape }) => [name, shape] as const)) }),
    ...(bind == null ? {} : { bind: byName(bind.map(({ name, value }) => [name, value] as const)) }),
    ...checkedArguments(others),
  };
}

/** Arguments that are options, held to what the other transport holds them to. Faults point from the argument on. */
export function checkedArguments(given: Readonly<Record<string, unknown>>): ViewOptions & KeepAs {
  const options: Record<string, unknown> = {};
  for (const [name, argument] of Object.entries(given)) {
    if (argument == null) continue;
    const value = withoutNulls(argument);
    // The schema has no arguments but options, which is held by a test.
    within(`/${name}`, () => checkOption(name as OptionName, value));
    options[name] = value;
  }
  return options;
}

/** An input object without the members that are null. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}

function byName<T>(pairs: readonly (readonly [string, T])[]): ReadonlyMap<string, T> {
  const map = new Map(pairs);
  if (map.size < pairs.length) throw new Fault('invalid-option', 'a name is given twice');
  return map;
}
