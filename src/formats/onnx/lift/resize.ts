import type { Attribute } from '../../../core/graph.ts';
import type { Draft, Workshop } from '../draft.ts';
import { listToInput, setInput, takeNumber } from './attributes.ts';

/** How Upsample, and Resize before 11, went from an output position to an input position. */
function asBefore11(node: Draft): void {
  node.attributes.set('coordinate_transformation_mode', 'asymmetric');
  node.attributes.set('nearest_mode', 'floor');
}

/** Resize 10 had the inputs X, scales; roi came between them. */
export function resize10(node: Draft): void {
  const scales = node.inputs[1] ?? '';
  node.inputs = [node.inputs[0] ?? '', '', scales];
  asBefore11(node);
}

/** Upsample, which Resize has replaced: version 1 had a factor per axis, 7 a list of them, 9 an input. */
export function upsample(node: Draft, workshop: Workshop): void {
  const width = takeNumber(node, 'width_scale');
  const height = takeNumber(node, 'height_scale');
  if (width !== undefined && height !== undefined) {
    setInput(node, 1, workshop.constant('scales', 'float32', [4], [1, 1, height, width]));
  }
  listToInput(node, workshop, 'scales', 1, 'float32');
  node.op = 'Resize';
  rename(node.attributes, 'mode', { bilinear: 'linear' });
  resize10(node);
}

/** GridSample before 20 named its modes after images. */
export function gridSample(node: Draft): void {
  rename(node.attributes, 'mode', { bilinear: 'linear', bicubic: 'cubic' });
}

/** RoiAlign before 16 took regions without the shift by half a pixel. */
export function roiAlign(node: Draft): void {
  node.attributes.set('coordinate_transformation_mode', 'output_half_pixel');
}

function rename(attributes: Map<string, Attribute>, name: string, values: Readonly<Record<string, string>>): void {
  const value = attributes.get(name);
  if (typeof value === 'string' && Object.hasOwn(values, value)) attributes.set(name, values[value] as string);
}
