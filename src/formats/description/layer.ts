import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox';
import type { Attribute, DType } from '../../core/graph.ts';
import type { Tensor } from '../../core/operators/operator.ts';
import { commonSchemas, outputsSchema, weightsSchema } from './common.ts';

/** One layer of a description while it is turned into nodes. */
export interface Layer {
  /** Its full name, with the block instances that it is in. */
  readonly name: string;
  readonly type: string;
  /** Where it stands in the document. */
  readonly pointer: string;
  /** The values that it reads. */
  readonly inputs: readonly string[];
  /** What is known of a value. */
  tensor(value: string): Tensor;
  /**
   * Adds a node with one output and returns that value. The node that gives the layer's result takes the layer's
   * name, and its outputs those that the layer gives them; the others are called by a suffix.
   */
  emit(op: string, inputs: readonly string[], attributes?: Attributes, suffix?: string): string;
  /** Adds a node with several outputs, `<name>.0`, `<name>.1` and so on; those that the layer leaves out are not returned. */
  emitMany(op: string, inputs: readonly string[], attributes: Attributes, count: number, suffix?: string): string[];
  /** A tensor without values, of the type of what the layer reads first: this layer's own, or that of the layer whose parameters it shares. */
  parameter(name: string, shape: readonly number[]): string;
  /** The shape of the parameter that would be shared; undefined where this layer shares none. */
  sharedShape(name: string): readonly number[] | undefined;
  /** A small constant; of 64-bit integers and one axis unless said otherwise. */
  constant(suffix: string, data: readonly number[], dtype?: DType, shape?: readonly number[]): string;
  /** Says what is wrong with the layer, or with one of its keys. */
  refuse(message: string, key?: string): never;
}

export type Attributes = Readonly<Record<string, Attribute>>;

/** Everything that is known of a layer type. Adding one = a record in a family file. */
export interface LayerType {
  readonly type: string;
  /** All keys, the common ones included. */
  readonly schema: TObject;
  /** How many values it reads: at least, at most. */
  readonly reads: readonly [number, number];
  /** The values that the layer gives. */
  lower(layer: Layer, args: Readonly<Record<string, unknown>>): string | readonly string[];
}

interface Traits {
  readonly reads?: readonly [number, number];
  /** Whether it has parameters, which another layer can share. */
  readonly weights?: boolean;
}

/** Declares a layer type: its name, what it does, the arguments of its own, and how it becomes nodes. */
export function defineLayer<P extends TProperties>(
  type: string,
  description: string,
  own: P,
  lower: (layer: Layer, args: Static<TObject<P>>) => string | readonly string[],
  traits: Traits = {},
): LayerType {
  const weights = traits.weights ? { weights: weightsSchema } : {};
  const properties: TProperties = { type: Type.Literal(type), ...own, ...commonSchemas, outputs: outputsSchema, ...weights };
  return {
    type,
    schema: Type.Object(properties, { additionalProperties: false, description }),
    reads: traits.reads ?? [1, 1],
    // The arguments were checked against this very schema.
    lower: (layer, args) => lower(layer, args as Static<TObject<P>>),
  };
}

/** The arguments of a layer with the defaults of its schema filled in. */
export function fillIn(schema: TObject, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.properties).map(([key, property]) => [
      key,
      Object.hasOwn(given, key) && given[key] !== undefined ? given[key] : property.default,
    ]),
  );
}
