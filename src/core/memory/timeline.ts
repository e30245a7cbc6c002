import { type Count, countToJson } from '../count.ts';
import type { CountJson } from '../report.ts';
import { peakStep } from './liveness.ts';

/** The live memory while some consecutive layers run. */
export interface TimelinePoint {
  /** Index of the first of these layers. */
  readonly index: number;
  /** Number of them; 1 but in networks of very many layers. */
  readonly layers: number;
  /** Most bytes that are live while one of them runs. */
  readonly bytes: CountJson;
  /** Id of the layer that runs then. */
  readonly layer: string;
}

/** Most points of a timeline. */
const MAX_POINTS = 2000;

/** A timeline of the bytes that are live at each step; `idOf` names the steps' layers. No peak is lost where points are merged. */
export function timelineOf(live: readonly Count[], idOf: (at: number) => string): TimelinePoint[] {
  const layers = Math.max(1, Math.ceil(live.length / MAX_POINTS));
  return Array.from({ length: Math.ceil(live.length / layers) }, (_, point) => {
    const index = point * layers;
    const part = live.slice(index, index + layers);
    const most = peakStep(part);
    return { index, layers: part.length, bytes: countToJson(part[most] as Count), layer: idOf(index + most) };
  });
}
