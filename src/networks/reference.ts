import { Fault } from '../core/fault.ts';
import type { Description } from './description.ts';
import type { Family, Parameter, Values } from './network.ts';

/** A member of a family, with its description. */
export interface Described {
  /** The name that refers to it: a plain one, or the family's with what differs from the defaults. */
  readonly name: string;
  readonly family: Family;
  readonly values: Values;
  readonly description: Description;
}

/** Whether a name is the family's, or that of one of its members. */
export function answersTo({ id, names }: Family, name: string): boolean {
  return id === name || Object.hasOwn(names, name);
}

/**
 * Describes the member of a family that a name and assignments such as `depth=50` stand for; `description` says what it
 * is. Fault: `invalid-ref`, for a parameter that the family does not have, a value that it does not take, or values that
 * do not go together.
 */
export function describeMember(family: Family, name: string, assignments: readonly string[], description: string): Described {
  const values = { ...defaults(family), ...family.names[name], ...parse(family, assignments) };
  const shortest = nameOf(family, values);
  return { name: shortest, family, values, description: { version: 1, name: shortest, description, ...family.describe(values) } };
}

/** The whole ref is at fault; who knows where it stands points there. */
function refuse(message: string): never {
  throw new Fault('invalid-ref', message, { pointer: '' });
}

function defaults({ parameters }: Family): Values {
  return Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, parameter.default]));
}

function parse(family: Family, assignments: readonly string[]): Values {
  const values = new Map<string, number | string>();
  for (const assignment of assignments) {
    const [name = '', text = ''] = assignment.split('=');
    if (!Object.hasOwn(family.parameters, name)) refuse(`${family.id} has no parameter '${name}'; it has ${listed(family)}`);
    if (values.has(name)) refuse(`${name} is given twice`);
    values.set(name, parseValue(family.parameters[name] as Parameter, name, text));
  }
  return Object.fromEntries(values);
}

function listed({ parameters }: Family): string {
  return Object.keys(parameters).join(', ') || 'none';
}

function parseValue(parameter: Parameter, name: string, text: string): number | string {
  if ('values' in parameter) {
    const value = parameter.values.find((allowed) => String(allowed) === text);
    return value ?? refuse(`${name} is one of ${parameter.values.join(', ')}, not '${text}'`);
  }
  const { least, most } = parameter;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  return refuse(`${name} is an integer from ${least} to ${most}, not '${text}'`);
}

/** Members that have the same values have one name, so that they are one network wherever they are compared or kept. */
function nameOf(family: Family, values: Values): string {
  const usual = defaults(family);
  const differing = Object.entries(values).filter(([name, value]) => usual[name] !== value);
  const plain = Object.keys(family.names).find((name) => {
    const member: Values = { ...usual, ...family.names[name] };
    return Object.entries(values).every(([key, value]) => member[key] === value);
  });
  return plain ?? [family.id, ...differing.map(([name, value]) => `${name}=${value}`)].join(',');
}
