import { dilate } from './dilate.ts';
import { fcToConv } from './fc-to-conv.ts';
import { foldBatchNorm } from './fold-batch-norm.ts';
import { input } from './input.ts';
import type { EditKind, TypedKind } from './kind.ts';
import type { Parameters } from './parameters.ts';
import { poolToConv } from './pool-to-conv.ts';
import { reduce } from './reduce.ts';
import { separable } from './separable.ts';
import { set } from './set.ts';
import { stack } from './stack.ts';
import { strideEarlier } from './stride-earlier.ts';

const ALL = [set, stack, separable, reduce, strideEarlier, dilate, poolToConv, fcToConv, foldBatchNorm, input] as const;

type RecordOf<T> = T extends TypedKind<string, Parameters> ? NonNullable<T['record']> : never;

/** One edit of a network: its kind, and what that kind has to be told. */
export type Edit = RecordOf<(typeof ALL)[number]>;

const KINDS: ReadonlyMap<string, EditKind> = new Map(ALL.map((kind) => [kind.kind, kind]));

/** Every kind of edit. */
export function editKinds(): readonly EditKind[] {
  return [...KINDS.values()];
}

/** A kind of edit by its name. */
export function editKindOf(kind: string): EditKind | undefined {
  return KINDS.get(kind);
}
