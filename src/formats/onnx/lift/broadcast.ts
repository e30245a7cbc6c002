import type { Draft, Workshop } from '../draft.ts';
import { takeNumber } from './attributes.ts';

/** Elementwise operators before 7 put their second input at an axis of the first; without `axis`, at its end, as today. */
export function broadcast(node: Draft, workshop: Workshop): void {
  takeNumber(node, 'broadcast');
  const axis = takeNumber(node, 'axis');
  if (axis !== undefined) alignAt(node, workshop, axis);
}

/** PRelu before 7: slopes are those of the channels. */
export function channelSlopes(node: Draft, workshop: Workshop): void {
  alignAt(node, workshop, 1);
}

/**
 * Gives the second input as many trailing axes of size 1 as it takes to stand at `axis` of the first. How many depends
 * on both ranks, which are not known here, so it is the graph that counts them.
 */
function alignAt(node: Draft, workshop: Workshop, axis: number): void {
  const [a = '', b = ''] = node.inputs;
  const shape = workshop.node('Shape', [b]);
  const rank = workshop.node('Shape', [shape]);
  const behind = workshop.node('Shape', [workshop.node('Shape', [a], { start: axis })]);
  const trailing = workshop.node('Sub', [behind, rank]);
  const value = { name: '', dtype: 'int64', shape: [1], data: [1] } as const;
  const ones = workshop.node('ConstantOfShape', [trailing], { value });
  const target = workshop.node('Concat', [shape, ones], { axis: 0 });
  node.inputs = [a, workshop.node('Reshape', [b, target])];
}

/** Gemm before 7 had to be told to broadcast. */
export function gemm(node: Draft): void {
  takeNumber(node, 'broadcast');
}
