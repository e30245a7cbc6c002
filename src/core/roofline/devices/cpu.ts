import type { Device } from './device.ts';

const CPU = { kind: 'cpu', verified: false } as const;

/** Processors, at their base clock and with all cores. */
export const cpu: readonly Device[] = [
  {
    ...CPU,
    id: 'xeon-8380',
    name: 'Intel Xeon Platinum 8380 (40 cores at 2.3 GHz)',
    bandwidth: 0.2048e12,
    rates: { float64: 2.944e12, float32: 5.888e12, int8: 23.552e12 },
    source: 'derived: cores x clock x two 512-bit vector units, with VNNI for int8; 8 channels of DDR4-3200',
    date: '2021',
    note: 'Cores clock lower while all of them run 512-bit instructions.',
  },
  {
    ...CPU,
    id: 'ryzen-7950x',
    name: 'AMD Ryzen 9 7950X (16 cores at 4.5 GHz)',
    bandwidth: 0.0832e12,
    rates: { float64: 1.152e12, float32: 2.304e12, bfloat16: 4.608e12, int8: 9.216e12 },
    source: 'derived: cores x clock x two 256-bit vector units, with VNNI for int8; 2 channels of DDR5-5200',
    date: '2022',
  },
];
