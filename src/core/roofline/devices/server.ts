import type { Device } from './device.ts';

const GPU = { kind: 'server', verified: false } as const;

/** GPUs of servers: tensor-core rates where the type has them, dense. */
export const server: readonly Device[] = [
  {
    ...GPU,
    id: 'a100-40gb',
    name: 'NVIDIA A100 40GB (SXM4)',
    bandwidth: 1.555e12,
    rates: { float64: 19.5e12, float32: 19.5e12, tf32: 156e12, bfloat16: 312e12, float16: 312e12, int8: 624e12, int4: 1248e12 },
    source: 'NVIDIA A100 Tensor Core GPU architecture whitepaper',
    date: '2020',
  },
  {
    ...GPU,
    id: 'a100-80gb',
    name: 'NVIDIA A100 80GB (SXM4)',
    bandwidth: 2.039e12,
    rates: { float64: 19.5e12, float32: 19.5e12, tf32: 156e12, bfloat16: 312e12, float16: 312e12, int8: 624e12, int4: 1248e12 },
    source: 'NVIDIA A100 Tensor Core GPU datasheet',
    date: '2021',
  },
  {
    ...GPU,
    id: 'h100-sxm',
    name: 'NVIDIA H100 80GB (SXM5)',
    bandwidth: 3.35e12,
    rates: { float64: 67e12, float32: 67e12, tf32: 494.7e12, bfloat16: 989.4e12, float16: 989.4e12, float8: 1978.9e12, int8: 1978.9e12 },
    source: 'NVIDIA H100 Tensor Core GPU architecture whitepaper',
    date: '2023',
    note: 'The datasheet prints rates with 2:4 sparsity, twice these.',
  },
  {
    ...GPU,
    id: 'h100-pcie',
    name: 'NVIDIA H100 80GB (PCIe)',
    bandwidth: 2e12,
    rates: { float64: 51e12, float32: 51e12, tf32: 378e12, bfloat16: 756e12, float16: 756e12, float8: 1513e12, int8: 1513e12 },
    source: 'NVIDIA H100 Tensor Core GPU datasheet, halved where it prints rates with sparsity',
    date: '2022',
  },
  {
    ...GPU,
    id: 'v100',
    name: 'NVIDIA V100 (SXM2)',
    bandwidth: 0.9e12,
    rates: { float64: 7.8e12, float32: 15.7e12, float16: 125e12 },
    source: 'NVIDIA V100 Tensor Core GPU datasheet',
    date: '2018',
  },
  {
    ...GPU,
    id: 't4',
    name: 'NVIDIA T4',
    bandwidth: 0.32e12,
    rates: { float32: 8.1e12, float16: 65e12, int8: 130e12, int4: 260e12 },
    source: 'NVIDIA T4 Tensor Core GPU datasheet',
    date: '2019',
    note: 'Its 70 W seldom sustain these rates.',
  },
  {
    ...GPU,
    id: 'l4',
    name: 'NVIDIA L4',
    bandwidth: 0.3e12,
    rates: { float32: 30.3e12, tf32: 60e12, bfloat16: 121e12, float16: 121e12, float8: 242.5e12, int8: 242.5e12 },
    source: 'NVIDIA L4 Tensor Core GPU datasheet, halved where it prints rates with sparsity',
    date: '2023',
  },
];
