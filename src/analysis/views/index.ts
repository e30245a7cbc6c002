import { report } from './report.ts';
import type { View } from './view.ts';

const VIEWS: ReadonlyMap<string, View> = new Map([report].map((view) => [view.id, view]));

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
