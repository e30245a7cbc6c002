import { defineConvention } from './convention.ts';
import { macs } from './rules.ts';

export const torchvision = defineConvention({
  id: 'torchvision',
  version: '0.29',
  unit: 'MAC',
  summary:
    'the figures that torchvision publishes with its weights (`_ops`, there in 10^9): convolutions and matrix products, without bias',
  source: 'https://github.com/pytorch/vision/blob/main/test/common_extended_utils.py',
  otherwise: macs,
});
