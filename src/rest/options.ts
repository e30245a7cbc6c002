import { suggestion } from '../analysis/nearest.ts';
import { checkOption } from '../analysis/options/check.ts';
import { OPTIONS, type OptionName, type RequestOptions } from '../analysis/options/index.ts';
import type { ViewOptions } from '../analysis/views/view.ts';
import { Fault } from '../core/fault.ts';
import type { RequestSpot } from '../errors.ts';
import { at } from '../formats/description/pointer.ts';

/** Reads options written in a query or a form, where everything is text and may be repeated. `names` are those that the door takes. */
export function optionsFromText(
  fields: Readonly<Record<string, string | readonly string[]>>,
  names: readonly OptionName[],
): RequestOptions {
  const options: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(fields)) {
    const spot: RequestSpot = { parameter: name };
    const known = nameOf(name, names, spot);
    const value = fromText(known, typeof given === 'string' ? [given] : given, spot);
    check(known, value, spot);
    options[known] = value;
  }
  return options;
}

/** Reads options written in JSON: types are taken as they are, so that "3" is not 3. */
export function optionsFromJson(json: unknown, pointer: string, names: readonly OptionName[]): RequestOptions {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Fault('invalid-option', 'options must be an object', { pointer });
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(json)) {
    const spot: RequestSpot = { pointer: at(pointer, name) };
    const known = nameOf(name, names, spot);
    check(known, value, spot);
    options[known] = value;
  }
  return options;
}

/** What the view itself is asked for, without what only shapes the answer. */
export function viewOptions({ input, bind, layers, format, as, plot, ...rest }: RequestOptions): ViewOptions {
  return {
    ...rest,
    ...(input && { inputs: new Map(Object.entries(input)) }),
    ...(bind && { bind: new Map(Object.entries(bind)) }),
    ...(layers && { layers: layers === 'all' }),
  };
}

function nameOf(name: string, names: readonly OptionName[], spot: RequestSpot): OptionName {
  const known = names.find((n) => n === name);
  if (known !== undefined) return known;
  const elsewhere = Object.hasOwn(OPTIONS, name) ? `option '${name}' has no meaning here` : `there is no option '${name}'`;
  throw new Fault('invalid-option', `${elsewhere}${suggestion(name, names)}`, spot);
}

function fromText(name: OptionName, texts: readonly string[], spot: RequestSpot): unknown {
  const { read, repeats } = OPTIONS[name].text;
  if (texts.length !== 1 && !repeats) throw new Fault('invalid-option', `option ${name} may stand once`, spot);
  try {
    return read(texts);
  } catch (error) {
    throw error instanceof Fault ? new Fault(error.code, `option ${name}: ${error.message}`, spot) : error;
  }
}

/** Holds a value to its option; what is wrong in JSON is pointed at, of a parameter it is the name. */
function check(name: OptionName, value: unknown, spot: RequestSpot): void {
  try {
    checkOption(name, value);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const deeper = spot.pointer === undefined ? spot : { pointer: spot.pointer + (error.spot.pointer ?? '') };
    throw new Fault(error.code, error.message, deeper);
  }
}
