import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { Fault } from '../../core/fault.ts';
import { suggestion } from '../../formats/description/nearest.ts';
import { OPTIONS, type OptionName } from './index.ts';
import { wants } from './option.ts';

/** What a schema says of what it takes. */
interface Wanting {
  readonly [wants]?: string;
  readonly enum?: readonly string[];
}

/** Holds the value of an option to its record, whichever door it came in by. Fault: `invalid-option`, which points into the value. */
export function checkOption(name: OptionName, value: unknown): void {
  const { schema, check } = OPTIONS[name];
  if (check) said(name, () => check(value));
  else if (!Value.Check(schema, value)) refuse(name, schema, value);
}

function refuse(name: OptionName, schema: TSchema, value: unknown): never {
  const error = Value.Errors(schema, value).First();
  const path = error?.path ?? '';
  const { [wants]: wanted = error?.message ?? 'is not valid', enum: words } = (error?.schema ?? {}) as Wanting;
  const given = error?.value;
  const wrong =
    words && typeof given === 'string' ? ` cannot be '${given.slice(0, 40)}': it ${wanted}${suggestion(given, words)}` : `: ${wanted}`;
  throw new Fault('invalid-option', `option ${name}${path && ` at ${path}`}${wrong}`, { pointer: path });
}

/** What says itself what is wrong with a value, and where. */
function said(name: OptionName, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { pointer = '' } = error.spot;
    throw new Fault(error.code, `option ${name}${pointer && ` at ${pointer}`}: ${error.message}`, { pointer });
  }
}
