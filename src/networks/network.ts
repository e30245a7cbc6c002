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

/** A family of networks that Fovea knows by name. */
export interface BuiltIn {
  /** The family's name, which stands for the network of all defaults. */
  readonly id: string;
  readonly title: string;
  /** What is new about it, in one line. */
  readonly summary: string;
  readonly paper: Paper;
  /** When the paper appeared. */
  readonly year: number;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Names of members, torchvision's where it has them, with the values that differ from the defaults. */
  readonly names: Readonly<Record<string, Values>>;
  /** The layers of a member; `values` holds every parameter. */
  describe(values: Values): Architecture;
}

type ValueOf<P extends Parameter> = P extends Choice<infer V> ? V : number;
type ValuesOf<P extends Readonly<Record<string, Parameter>>> = { readonly [K in keyof P]: ValueOf<P[K]> };

interface Definition<P extends Readonly<Record<string, Parameter>>> extends Omit<BuiltIn, 'parameters' | 'names' | 'describe'> {
  readonly parameters: P;
  readonly names: Readonly<Record<string, Partial<ValuesOf<P>>>>;
  readonly describe: (values: ValuesOf<P>) => Architecture;
}

/** Declares a family, with the types of its parameters known to `describe`. */
export function defineNetwork<const P extends Readonly<Record<string, Parameter>>>(definition: Definition<P>): BuiltIn {
  const { describe, names } = definition;
  return {
    ...definition,
    names: names as Readonly<Record<string, Values>>,
    // The registry checks every value against its parameter before it calls.
    describe: (values) => describe(values as ValuesOf<P>),
  };
}
