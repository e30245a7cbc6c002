import { readEdits } from '../analysis/edits/read-edits.ts';
import { within } from '../analysis/json.ts';
import type { ViewOptions } from '../analysis/views/view.ts';
import { Fault } from '../core/fault.ts';
import type { Shape } from '../core/graph.ts';

/** `AnalyzeOptions` of the schema, as GraphQL hands it over. */
export interface OptionsInput {
  readonly inputs?: readonly { readonly name: string; readonly shape: Shape }[] | null;
  readonly bind?: readonly { readonly name: string; readonly value: number }[] | null;
  readonly batch?: number | null;
  readonly convention?: string | null;
  readonly causal?: string | null;
  readonly strict?: boolean | null;
  readonly group?: number | null;
  readonly edits?: readonly unknown[] | null;
}

/** The options of an analysis; null is the same as leaving an option out. */
export function analyzeOptions({ inputs, bind, batch, convention, causal, strict, group, edits }: OptionsInput): ViewOptions {
  if (batch === 0) throw new Fault('invalid-option', 'batch must be at least 1');
  if (group != null && (group < 1 || group > 1000)) throw new Fault('invalid-option', 'group must be from 1 to 1000');
  if (causal != null && causal !== 'full' && causal !== 'exact') throw new Fault('invalid-option', "causal must be 'full' or 'exact'");
  return {
    ...(inputs == null ? {} : { inputs: byName(inputs.map(({ name, shape }) => [name, shape] as const)) }),
    ...(bind == null ? {} : { bind: byName(bind.map(({ name, value }) => [name, value] as const)) }),
    ...(batch == null ? {} : { batch }),
    ...(convention == null ? {} : { convention }),
    ...(causal == null ? {} : { causal }),
    ...(strict == null ? {} : { strict }),
    ...(group == null ? {} : { group }),
    ...(edits == null ? {} : { edits: within('/edits', () => readEdits(edits)) }),
  };
}

function byName<T>(pairs: readonly (readonly [string, T])[]): ReadonlyMap<string, T> {
  const map = new Map(pairs);
  if (map.size < pairs.length) throw new Fault('invalid-option', 'a name is given twice');
  return map;
}
