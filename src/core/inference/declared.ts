import type { Diagnostic, Shape, TensorType } from '../graph.ts';

/** More would say the same: one wrong size at the start contradicts all that follow. */
const MAX_DIAGNOSTICS = 10;

/**
 * Warnings where a file says other sizes of its tensors than follow from its operators. Inference is the truth, so this
 * only tells that one of the two is mistaken. Sizes that either side does not know are no contradiction. Not to be asked
 * where the caller chose sizes: those of the file were written down for its own.
 */
export function contradictions(
  declared: Iterable<readonly [name: string, type: TensorType]>,
  inferred: ReadonlyMap<string, TensorType>,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const [name, { shape }] of declared) {
    const ours = inferred.get(name)?.shape;
    if (!shape || !ours || agree(shape, ours) || seen.has(name)) continue;
    seen.add(name);
    found.push(warning(`the file says that '${name}' is ${show(shape)}, but by its operators it is ${show(ours)}`));
  }
  if (found.length <= MAX_DIAGNOSTICS) return found;
  const rest = found.length - MAX_DIAGNOSTICS;
  return [...found.slice(0, MAX_DIAGNOSTICS), warning(`the file contradicts its operators at ${rest} more tensors`)];
}

function agree(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => typeof dim !== 'number' || typeof b[axis] !== 'number' || dim === b[axis]);
}

function show(shape: Shape): string {
  return `[${shape.map((dim) => dim ?? '?').join(', ')}]`;
}

function warning(message: string): Diagnostic {
  return { code: 'declared-shape', severity: 'warning', message };
}
