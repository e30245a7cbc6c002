import type { Device } from './device.ts';

const EDGE = { kind: 'edge', verified: false } as const;
const UNIFIED = 'GPU only; processor and GPU share the bandwidth. The neural engine is not counted.';

/** Small and mobile devices. */
export const edge: readonly Device[] = [
  {
    ...EDGE,
    id: 'jetson-agx-orin',
    name: 'NVIDIA Jetson AGX Orin 64GB',
    bandwidth: 0.2048e12,
    rates: { float32: 5.3e12, float16: 42.5e12, int8: 85e12 },
    source: 'NVIDIA Jetson AGX Orin technical brief, halved where it prints rates with sparsity',
    date: '2022',
    note: 'GPU at its highest clock, without the two accelerators that its advertised 275 TOPS include.',
  },
  {
    ...EDGE,
    id: 'jetson-orin-nano',
    name: 'NVIDIA Jetson Orin Nano 8GB',
    bandwidth: 0.068e12,
    rates: { float32: 1.28e12, float16: 10e12, int8: 20e12 },
    source: 'NVIDIA Jetson Orin Nano data sheet, halved where it prints rates with sparsity',
    date: '2023',
  },
  {
    ...EDGE,
    id: 'apple-m1',
    name: 'Apple M1 (8-core GPU)',
    bandwidth: 0.06825e12,
    rates: { float32: 2.6e12 },
    source: 'Apple press release "Apple unleashes M1"; bandwidth from its 128-bit LPDDR4X-4266',
    date: '2020-11',
    note: UNIFIED,
  },
  {
    ...EDGE,
    id: 'apple-m1-max',
    name: 'Apple M1 Max (32-core GPU)',
    bandwidth: 0.4e12,
    rates: { float32: 10.4e12 },
    source: 'Apple press release "Introducing M1 Pro and M1 Max"',
    date: '2021-10',
    note: UNIFIED,
  },
  {
    ...EDGE,
    id: 'apple-m2',
    name: 'Apple M2 (10-core GPU)',
    bandwidth: 0.1e12,
    rates: { float32: 3.6e12 },
    source: 'Apple press release "Apple unveils M2"',
    date: '2022-06',
    note: UNIFIED,
  },
  {
    ...EDGE,
    id: 'raspberry-pi-5',
    name: 'Raspberry Pi 5 (4 Cortex-A76 at 2.4 GHz)',
    bandwidth: 0.0171e12,
    rates: { float32: 0.1536e12, float16: 0.3072e12, int8: 0.6144e12 },
    source: 'derived: cores x clock x two 128-bit vector units; 32-bit LPDDR4X-4267',
    date: '2023',
  },
];
