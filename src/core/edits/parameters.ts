/** In which form a parameter of an edit is told. The schemas of both transports are made of these. */
export type Form = 'layers' | 'name' | 'count' | 'perAxis' | 'padding' | 'flag' | 'sizes';

/** What an edit may be told, as data. */
export interface Parameter {
  readonly form: Form;
  readonly description: string;
  readonly optional: boolean;
}

export type Parameters = Readonly<Record<string, Parameter>>;

/** What stands in a record for each form. */
interface Values {
  readonly layers: string | readonly string[];
  readonly name: string;
  readonly count: number;
  readonly perAxis: PerAxis;
  readonly padding: Padding;
  readonly flag: boolean;
  readonly sizes: PerAxis;
}

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];

/** The same on all sides, one number for each spatial axis, or begin and end for each. */
export type Padding = number | readonly (number | readonly [number, number])[];

type Required<P extends Parameters> = { [K in keyof P]: P[K]['optional'] extends true ? never : K }[keyof P];

/** A record that tells these parameters. */
export type Told<P extends Parameters> = { readonly [K in Required<P>]: Values[P[K]['form']] } & {
  readonly [K in Exclude<keyof P, Required<P>>]?: Values[P[K]['form']];
};

/** A parameter that has to be told. */
export function required<F extends Form>(form: F, description: string): { form: F; description: string; optional: false } {
  return { form, description, optional: false };
}

/** A parameter that may be left out. */
export function optional<F extends Form>(form: F, description: string): { form: F; description: string; optional: true } {
  return { form, description, optional: true };
}
