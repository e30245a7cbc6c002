import type { Architecture } from './description.ts';

/** A value that is one of some. */
export interface Choice<V extends number | string = number | string> {
  readonly values: readonly V[];
  readonly default: V;
  readonly doc: string;
}

/** An integer between two bounds, both included. */
export interface Range {
  readonly least: number;
  readonly most: number;
  readonly default: number;
  readonly doc: string;
}

export type Parameter = Choice | Range;
export type Values = Readonly<Record<string, number | string>>;

export interface Paper {
  readonly title: string;
  readonly authors: string;
  /** Its number on arXiv. */
  readonly arxiv: string;
}

/** Networks that Fovea knows by name, with parameters that tell its members apart. */
export interface Family {
  /** The family's name, which stands for the network of all defaults. */
  readonly id: string;
  readonly title: string;
  /** What is to be learnt of it, in one line. */
  readonly summary: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Names of members, torchvision's where it has them, with the values that differ from the defaults. */
  readonly names: Readonly<Record<string, Values>>;
  /** The layers of a member; `values` holds every parameter. */
  describe(values: Values): Architecture;
}

/** Networks that were published. */
export interface BuiltIn extends Family {
  readonly paper: Paper;
  /** When the paper appeared. */
  readonly year: number;
}

type Parameters = Readonly<Record<string, Parameter>>;
type ValueOf<P extends Parameter> = P extends Choice<infer V> ? V : number;
type ValuesOf<P extends Parameters> = { readonly [K in keyof P]: ValueOf<P[K]> };

/** A family as it is written down, with the types of its parameters. */
export type Definition<F extends Family, P extends Parameters> = Omit<F, 'parameters' | 'names' | 'describe'> & {
  readonly parameters: P;
  readonly names: Readonly<Record<string, Partial<ValuesOf<P>>>>;
  readonly describe: (values: ValuesOf<P>) => Architecture;
};

/** Declares a family of published networks, with the types of its parameters known to `describe`. */
export function defineNetwork<const P extends Parameters>(definition: Definition<BuiltIn, P>): BuiltIn {
  return { ...definition, ...untyped(definition) };
}

/** The registry checks every value against its parameter before it calls, so that the types hold. */
export function untyped<P extends Parameters>({ names, describe }: Pick<Definition<Family, P>, 'names' | 'describe'>) {
  return {
    names: names as Readonly<Record<string, Values>>,
    describe: (values: Values) => describe(values as ValuesOf<P>),
  };
}
