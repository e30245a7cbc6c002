import { type Count, times } from '../count.ts';
import type { Dim, Shape } from '../graph.ts';
import { type Call, known, malformed, type Tensor } from './operator.ts';

/** Elements of a tensor; null where a size is unknown. */
export function elementsOf(tensor: Tensor | undefined): Count | null {
  const shape = tensor ? known(tensor.shape) : null;
  return shape ? times(...shape) : null;
}

/** The shape of shapes broadcast against each other by NumPy's rules; null where a rank is unknown. */
export function broadcast(call: Call, shapes: readonly (Shape | null)[]): Shape | null {
  if (shapes.some((s) => s === null)) return null;
  const known = shapes as readonly Shape[];
  const rank = Math.max(0, ...known.map((s) => s.length));
  return Array.from({ length: rank }, (_, axis) => {
    let out: Dim = 1;
    for (const shape of known) {
      const at = axis - rank + shape.length;
      if (at >= 0) out = broadcastDim(call, out, shape[at] as Dim, axis);
    }
    return out;
  });
}

function broadcastDim(call: Call, a: Dim, b: Dim, axis: number): Dim {
  if (a === 1) return b;
  if (b === 1 || a === b) return a;
  if (typeof a === 'number' && typeof b === 'number') return malformed(call, `sizes ${a} and ${b} on axis ${axis} do not broadcast`);
  // An unknown size against a known one above 1 is either 1 or the same, and the result is the known one.
  if (typeof a === 'number') return a;
  if (typeof b === 'number') return b;
  return null;
}
