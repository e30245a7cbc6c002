import { Value } from '@sinclair/typebox/value';
import { Fault } from '../../../core/fault.ts';
import type { Node } from '../../../core/graph.ts';
import type { Inference } from '../../../core/inference/infer.ts';
import { layerTypes } from '../layers/index.ts';
import { type Fit, fit } from './fit.ts';
import { compositesAt } from './guesses/composite.ts';
import type { Guess } from './guesses/guess.ts';
import { guessesFor } from './guesses/index.ts';
import type { Naming } from './naming.ts';
import { withSharing } from './sharing.ts';
import type { Survey } from './survey.ts';

/** A layer of PyTorch's that makes the nodes from `first` on, with its name in the document. */
export interface Form extends Fit {
  readonly name: string;
  readonly first: number;
  /** The layer whose weights it shares. */
  readonly lender?: string;
}

/** The layers of PyTorch's that make nodes of a graph, by the index of the first node of each. */
export function formsOf(survey: Survey, naming: Naming): Map<number, Form> {
  const forms = new Map<number, Form>();
  const { nodes } = survey.graph;
  for (let first = 0; first < nodes.length; first++) {
    const found = formAt(survey, naming, first);
    if (found === undefined) continue;
    forms.set(first, found);
    first += found.nodes - 1;
  }
  return withSharing(survey, forms);
}

function formAt(survey: Survey, naming: Naming, first: number): Form | undefined {
  const call = survey.calls[first] as Inference;
  if (survey.made.has(call.node.outputs[0] ?? '')) return undefined;
  for (const guess of guesses(survey, first)) {
    const kind = layerTypes.get(guess.type);
    const found = kind && fit(survey, first, kind, guess);
    if (!found || !Value.Check(kind.schema, { type: kind.type, ...found.args })) continue;
    const nodes = survey.graph.nodes.slice(first, first + found.nodes);
    if (naming.claimParts(found, nodes)) return { ...found, name: naming.layer(nodes.at(-1) as Node), first };
  }
  return undefined;
}

/** Attributes that contradict the operator, of tensors of which nothing is known, are no reason to guess. */
function guesses(survey: Survey, first: number): readonly Guess[] {
  try {
    return [...compositesAt(survey, first), ...guessesFor(survey.calls[first] as Inference)];
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}
