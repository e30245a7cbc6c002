import { Fault } from '../../core/fault.ts';
import type { Headed, Writer } from './view.ts';

/** Writes an answer that lists layers as JSON; beyond a limit no reader would take the list. Fault: `too-many-layers`. */
export const jsonWithLayers: Writer<Headed & { readonly layers?: readonly unknown[] }> = function* (answer, { maxLayers }) {
  const layers = answer.layers?.length ?? 0;
  if (layers > maxLayers) {
    throw new Fault('too-many-layers', `the network has ${layers} layers, and JSON lists at most ${maxLayers}: ask for layers=none`);
  }
  yield JSON.stringify(answer);
};
