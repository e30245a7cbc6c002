import { Value } from '@sinclair/typebox/value';
import { readEdits } from '../analysis/edits/read-edits.ts';
import { parseJson } from '../analysis/json.ts';
import { checkKeepAs } from '../analysis/keep-as.ts';
import { suggestion } from '../analysis/nearest.ts';
import type { ViewOptions } from '../analysis/views/view.ts';
import { Fault } from '../core/fault.ts';
import type { Dim } from '../core/graph.ts';
import type { RequestSpot } from '../errors.ts';
import { at } from '../formats/description/pointer.ts';
import { JSON_OPTIONS, OptionSchemas, type RequestOptions, wants } from './schemas/options.ts';

type Name = keyof RequestOptions;

/** Reads options written in a query or a form, where everything is text and may be repeated. `names` are those that the door takes. */
export function optionsFromText(fields: Readonly<Record<string, string | readonly string[]>>, names: readonly Name[]): RequestOptions {
  const options: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(fields)) {
    const spot: RequestSpot = { parameter: name };
    const known = nameOf(name, names, spot);
    const values = typeof given === 'string' ? [given] : given;
    options[known] = check(known, fromText(known, values, spot), spot);
  }
  return options;
}

/** Reads options written in JSON: types are taken as they are, so that "3" is not 3. */
export function optionsFromJson(json: unknown, pointer: string, names: readonly Name[]): RequestOptions {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Fault('invalid-option', 'options must be an object', { pointer });
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(json)) {
    const spot: RequestSpot = { pointer: at(pointer, name) };
    const known = nameOf(name, names, spot);
    options[known] = check(known, value, spot);
  }
  return options;
}

/** What the view itself is asked for, without what only shapes the answer. */
export function viewOptions({ input, bind, layers, format, as, ...rest }: RequestOptions): ViewOptions {
  return {
    ...rest,
    ...(input && { inputs: new Map(Object.entries(input)) }),
    ...(bind && { bind: new Map(Object.entries(bind)) }),
    ...(layers && { layers: layers === 'all' }),
  };
}

function nameOf(name: string, names: readonly Name[], spot: RequestSpot): Name {
  const known = names.find((n) => n === name);
  if (known !== undefined) return known;
  const elsewhere = Object.hasOwn(OptionSchemas, name) ? `option '${name}' has no meaning here` : `there is no option '${name}'`;
  throw new Fault('invalid-option', `${elsewhere}${suggestion(name, names)}`, spot);
}

function check(name: Name, value: unknown, spot: RequestSpot): unknown {
  if (name === 'edits') return checkEdits(value, spot);
  const schema = OptionSchemas[name];
  if (Value.Check(schema, value)) {
    if (name === 'name' || name === 'tags' || name === 'note') checkKeepAs({ [name]: value }, spot);
    return value;
  }
  const error = Value.Errors(schema, value).First();
  const wanted = (error?.schema as { readonly [wants]?: string } | undefined)?.[wants];
  const message = wanted ?? error?.message ?? 'is not valid';
  const deeper = spot.pointer === undefined ? spot : { pointer: spot.pointer + (error?.path ?? '') };
  const where = error?.path ? ` at ${error.path}` : '';
  throw new Fault('invalid-option', `option ${name}${where}: ${message}`, deeper);
}

/** Edits say themselves what is wrong with them, and where. */
function checkEdits(value: unknown, spot: RequestSpot): unknown {
  try {
    return readEdits(value);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { pointer = '' } = error.spot;
    const deeper = spot.pointer === undefined ? spot : { pointer: spot.pointer + pointer };
    throw new Fault(error.code, `option edits${pointer && ` at ${pointer}`}: ${error.message}`, deeper);
  }
}

function fromText(name: Name, values: readonly string[], spot: RequestSpot): unknown {
  if (name === 'input') return pairs(values, 'NAME:1x3x640x640', shape, spot);
  if (name === 'bind') return pairs(values, 'NAME:VALUE', integer, spot);
  if (name === 'frozen') return values;
  if (name === 'tags') return values.flatMap((value) => value.split(',')).filter((tag) => tag !== '');
  if (values.length !== 1) throw new Fault('invalid-option', `option ${name} may stand once`, spot);
  const [text = ''] = values;
  if (JSON_OPTIONS.some((option) => option === name)) return json(name, text, spot);
  if (name === 'batch' || name === 'group') return integer(text);
  if (name === 'unit' || name === 'position') return text.split(',').map(integer);
  if (FLAGS.has(name)) return { '': true, true: true, false: false, '1': true, '0': false }[text] ?? text;
  if (name === 'recompute') return decimal(text);
  if (name === 'conventions') return text.split(',');
  if (name === 'efficiency') return efficiency(text);
  if (name === 'figure') return figure(text);
  return text;
}

/** `NAME:REST`, split at the last colon because tensor names may hold colons. */
function pairs(values: readonly string[], form: string, read: (text: string) => unknown, spot: RequestSpot): unknown {
  const found = new Map<string, unknown>();
  for (const value of values) {
    const colon = value.lastIndexOf(':');
    if (colon < 1) throw new Fault('invalid-option', `'${value}' has not the form ${form}`, spot);
    const name = value.slice(0, colon);
    const content = read(value.slice(colon + 1));
    if (content === undefined) throw new Fault('invalid-option', `'${value}' has not the form ${form}`, spot);
    if (found.has(name)) throw new Fault('invalid-option', `'${name}' is given twice`, spot);
    found.set(name, content);
  }
  return Object.fromEntries(found);
}

function shape(text: string): Dim[] | undefined {
  if (text === '') return [];
  const dims = text.split('x').map((dim) => (dim === '?' ? null : integer(dim)));
  return dims.includes(undefined) ? undefined : (dims as Dim[]);
}

const FLAGS: ReadonlySet<Name> = new Set(['strict', 'inplace', 'tf32', 'fields', 'pairs']);

/** Deeper than any option in JSON nests. */
const MAX_DEPTH = 8;

function json(name: Name, text: string, spot: RequestSpot): unknown {
  try {
    return parseJson(Buffer.from(text), MAX_DEPTH);
  } catch (error) {
    if (error instanceof Fault) throw new Fault('invalid-option', `option ${name} is JSON text: ${error.message}`, spot);
    throw error;
  }
}

/** `0.4,0.6` */
function efficiency(text: string): unknown {
  const [compute, bandwidth, ...more] = text.split(',').map(decimal);
  const two = more.length === 0 && typeof compute === 'number' && typeof bandwidth === 'number';
  return two ? { compute, bandwidth } : text;
}

/** `4.1e9:FLOP`, or without a unit. */
function figure(text: string): unknown {
  const [value = '', unit, ...more] = text.split(':');
  return more.length > 0 ? text : { value: decimal(value), ...(unit !== undefined && { unit }) };
}

function decimal(text: string): number | string {
  return /^\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : text;
}

function integer(text: string): number | undefined {
  return /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}
