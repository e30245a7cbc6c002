import { Type } from '@sinclair/typebox';
import { OPTIMIZERS } from '../../core/memory/trained-weights.ts';
import { NUMBER_TYPES } from './number-types.ts';
import { flag, oneOf, option, wants } from './option.ts';
import { DECIMAL, decimal, FLAG, repeated, written } from './text.ts';

const dtype = (description: string) => option(oneOf(NUMBER_TYPES, { description }));

/** With which types the network runs or is trained, and how. */
export const MEMORY_OPTIONS = {
  weights: dtype('Type that floating-point weights are taken to have: int8, float16 (or fp16), ...'),
  activations: dtype('Type that all other floating-point tensors are taken to have.'),
  inplace: option(flag('Whether activation functions may overwrite inputs that nothing else needs.'), FLAG),
  optimizer: option(
    oneOf(Object.keys(OPTIMIZERS) as (keyof typeof OPTIMIZERS)[], { description: 'What trains the network; adam by default.' }),
  ),
  precision: option(oneOf(['own', 'mixed'], { description: 'The types of the file, or 16 bits with a master copy of the weights.' })),
  frozen: option(
    Type.Array(Type.String(), {
      description: 'Beginnings of the names of weights that are not trained.',
      maxItems: 100,
      [wants]: 'must be a list of names',
    }),
    repeated('Beginning of the names of weights that are not trained, repeatable.', 'backbone.'),
  ),
  recompute: option(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Share of the forward pass that is computed a second time, as with checkpoints.',
      [wants]: 'must be a number from 0 to 1',
    }),
    DECIMAL,
  ),
};

const Fraction = Type.Number({ exclusiveMinimum: 0, maximum: 1, [wants]: 'must be a number above 0 and at most 1' });

/** `0.4,0.6` */
function efficiency(text: string): unknown {
  const [compute, bandwidth, ...more] = text.split(',').map(decimal);
  const two = more.length === 0 && typeof compute === 'number' && typeof bandwidth === 'number';
  return two ? { compute, bandwidth } : text;
}

/** What the network runs on. */
export const DEVICE_OPTIONS = {
  device: option(
    Type.Union([Type.String(), Type.Object({}, { additionalProperties: true })], {
      description: 'Id of a device, as in /v1/devices; in JSON also `{ name, bandwidth, rates: { float32: ... } }`.',
      [wants]: 'must be the id of a device, or in JSON an object with name, bandwidth and rates',
    }),
  ),
  tf32: option(flag('Whether convolutions and matrix products in float32 may run as tf32 where the device has it.'), FLAG),
  efficiency: option(
    Type.Partial(Type.Object({ compute: Fraction, bandwidth: Fraction }, { additionalProperties: false }), {
      description: 'Shares of the rates of the device that the upper end of a time assumes.',
      [wants]: 'must be two shares, as in 0.4,0.6; in JSON an object with compute and bandwidth, each above 0 and at most 1',
    }),
    written('`0.4,0.6`: shares of the rates of computation and of the bandwidth that the upper end of a time assumes.', efficiency),
  ),
};
