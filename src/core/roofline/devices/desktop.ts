import type { Device } from './device.ts';

const GPU = { kind: 'desktop', verified: false } as const;
const ACCUMULATED = 'Rates of half precision are those that accumulate in float32, as frameworks do; half accumulation is twice as fast.';

/** GPUs of desktops. */
export const desktop: readonly Device[] = [
  {
    ...GPU,
    id: 'rtx3090',
    name: 'NVIDIA GeForce RTX 3090',
    bandwidth: 0.936e12,
    rates: { float32: 35.6e12, tf32: 35.6e12, bfloat16: 71e12, float16: 71e12, int8: 284e12, int4: 568e12 },
    source: 'NVIDIA Ampere GA102 GPU architecture whitepaper',
    date: '2021',
    note: ACCUMULATED,
  },
  {
    ...GPU,
    id: 'rtx4090',
    name: 'NVIDIA GeForce RTX 4090',
    bandwidth: 1.008e12,
    rates: {
      float32: 82.6e12,
      tf32: 82.6e12,
      bfloat16: 165.2e12,
      float16: 165.2e12,
      float8: 330.3e12,
      int8: 660.6e12,
      int4: 1321.2e12,
    },
    source: 'NVIDIA Ada GPU architecture whitepaper',
    date: '2022',
    note: ACCUMULATED,
  },
];
