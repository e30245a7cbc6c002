import type { LayerJson } from './description.ts';
import { layer } from './layers.ts';

/** How values between positions are found, as PyTorch exports it. */
const MODES = {
  nearest: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  bilinear: { mode: 'linear', coordinate_transformation_mode: 'half_pixel' },
} as const;

/** A layer resized to the height and width of another, whatever the image: two layers, the last called `name`. */
export function resized(name: string, from: string, like: string, mode: keyof typeof MODES): Record<string, LayerJson> {
  return {
    [`${name}/size`]: layer('onnx.Shape', { from: like, attributes: { start: 2 } }),
    [name]: layer('onnx.Resize', { from: [from, null, null, `${name}/size`], attributes: { ...MODES[mode], axes: [2, 3] } }),
  };
}
