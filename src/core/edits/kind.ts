import type { Node } from '../graph.ts';
import type { AnalyzeOptions } from '../options.ts';
import type { Draft } from './draft.ts';
import { type Parameters, required, type Told } from './parameters.ts';
import { forEachLayer, type Suggest } from './select.ts';

/** What an edit may ask beside the draft. */
export interface EditContext {
  /** The sizes that the caller gave. */
  readonly options: AnalyzeOptions;
  readonly suggest: Suggest;
}

/** A layer that an edit may be proposed for, and what is missing to a target. */
export interface Aim {
  readonly node: Node;
  /** Which spatial axis of the layer the target is about. */
  readonly axis: number;
  /** Distance of neighbouring taps of the layer in positions of the source; null where there is no one distance. */
  readonly jump: number | null;
  /** Positions by which the field is too small; 0 or less where it is not. */
  readonly missing: number;
}

/** Everything that is known of a kind of edit. Adding one = one file, one line in the registry, and its test. */
export interface EditKind {
  readonly kind: string;
  readonly summary: string;
  readonly parameters: Parameters;
  /** Whether weights behind the edit are built anew where sizes change. */
  readonly refits: boolean;
  /** Changes the draft, or throws what makes that impossible before it changes anything of a layer. */
  apply(draft: Draft, edit: Readonly<Record<string, unknown>>, context: EditContext): void;
  /** Records of this kind that may bring a layer nearer to a target, or make it cheaper. */
  propose(draft: Draft, aim: Aim): readonly Readonly<Record<string, unknown>>[];
}

/** A kind of edit, with the type of its records. */
export interface TypedKind<K extends string, P extends Parameters> extends EditKind {
  readonly kind: K;
  readonly record?: { readonly kind: K } & Told<P>;
}

interface Traits {
  readonly refits?: boolean;
  readonly propose?: (draft: Draft, aim: Aim) => readonly Readonly<Record<string, unknown>>[];
}

const NOTHING = (): readonly never[] => [];

/** Declares a kind of edit. */
export function defineEdit<K extends string, P extends Parameters>(
  kind: K,
  summary: string,
  parameters: P,
  apply: (draft: Draft, edit: Told<P>, context: EditContext) => void,
  { refits = true, propose = NOTHING }: Traits = {},
): TypedKind<K, P> {
  // Records are checked against the parameters where they come in.
  return {
    kind,
    summary,
    parameters,
    refits,
    apply: (draft, edit, context) => apply(draft, edit as Told<P>, context),
    propose: (draft, aim) => propose(draft, aim).map((edit) => ({ kind, layer: aim.node.id, ...edit })),
  };
}

const layer = required('layers', 'Ids of layers, or patterns: `*` in an id, or `op:Conv`. A pattern names those that the edit fits.');

/** Declares a kind of edit that changes layers one by one; `change` throws before it changes anything. */
export function defineLayerEdit<K extends string, P extends Parameters>(
  kind: K,
  summary: string,
  parameters: P,
  change: (draft: Draft, node: Node, edit: Told<P>) => void,
  traits: Traits = {},
): TypedKind<K, P & { readonly layer: typeof layer }> {
  type All = P & { readonly layer: typeof layer };
  const apply = (draft: Draft, edit: Told<All>, { suggest }: EditContext) => {
    // A record of all parameters is one of the layer and one of the others, which the compiler cannot follow through the mapped type.
    const record: unknown = edit;
    const { layer: named } = record as Told<{ readonly layer: typeof layer }>;
    forEachLayer(draft, named, suggest, (node) => change(draft, node, record as Told<P>));
  };
  return defineEdit<K, All>(kind, summary, { layer, ...parameters }, apply, traits);
}
