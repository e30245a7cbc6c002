import { advise } from './advise.ts';
import { alignment } from './alignment.ts';
import { compare } from './compare.ts';
import { description } from './description.ts';
import { effectiveReceptiveField } from './effective-receptive-field.ts';
import { memory } from './memory.ts';
import { projectiveField } from './projective-field.ts';
import { receptiveField } from './receptive-field.ts';
import { report } from './report.ts';
import { roofline } from './roofline.ts';
import { sweep } from './sweep.ts';
import { tiling } from './tiling.ts';
import { training } from './training.ts';
import type { View } from './view.ts';
import { whatIf } from './what-if.ts';

const ALL: readonly View[] = [
  report,
  receptiveField,
  projectiveField,
  effectiveReceptiveField,
  alignment,
  tiling,
  memory,
  training,
  roofline,
  sweep,
  compare,
  description,
  whatIf,
  advise,
];

const VIEWS: ReadonlyMap<string, View> = new Map(ALL.map((view) => [view.id, view]));

/** Every way to look at a network. */
export function views(): readonly View[] {
  return [...VIEWS.values()];
}

/** A view by its id. */
export function viewOf(id: string): View {
  const view = VIEWS.get(id);
  if (!view) throw new Error(`there is no view '${id}'`);
  return view;
}
