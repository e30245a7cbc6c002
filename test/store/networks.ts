import type { NewNetwork } from '../../src/store/network.ts';
import type { KeptTotals } from '../../src/store/totals.ts';

/** A digest that tells which one it is. */
export const sha = (i: number) => i.toString(16).padStart(64, '0');

/** A network of made-up totals: the store does not look into what it keeps. */
export function madeUp(i: number, totals: Partial<KeptTotals> = {}, about: Partial<NewNetwork['about']> = {}): NewNetwork {
  return {
    about: { sha256: sha(i), format: 'onnx', name: `net ${i}`, bytes: 100 + i, ...about },
    graph: new Uint8Array([1, i % 256, i >> 8]),
    totals: {
      engine: '0.1.0',
      status: 'complete',
      nodes: 3,
      layers: 2,
      params: 10 * i,
      macs: 1000 * i,
      flops: 2000 * i,
      weightBytes: 40 * i,
      activations: 7,
      activationBytes: 28,
      peakBytes: 14,
      receptiveField: i,
      depth: 2,
      nonlinearities: 1,
      lowerBounds: [],
      ...totals,
    },
  };
}
