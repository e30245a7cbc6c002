/** Plain JSON, as a network description is made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One layer: its type, the arguments of the type, and where it reads from. */
export type LayerJson = { readonly type: string } & Readonly<Record<string, Json>>;

export type Arguments = Readonly<Record<string, Json>>;

export interface BlockJson {
  readonly description?: string;
  readonly parameters?: Arguments;
  readonly layers: readonly LayerJson[];
  readonly output?: string | readonly string[];
}

export type BlocksJson = Readonly<Record<string, BlockJson>>;

/** What a built-in network says of itself: a network description but for its name. */
export interface Architecture {
  readonly inputs: Arguments;
  readonly constants?: Arguments;
  readonly blocks?: BlocksJson;
  readonly layers: readonly LayerJson[];
  readonly outputs?: readonly string[];
}

/** A network description, as far as the built-in networks use it; `schema/network.schema.json` specifies the whole. */
export interface Description extends Architecture {
  readonly version: 1;
  readonly name: string;
  readonly description: string;
}
