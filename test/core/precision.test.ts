import t from 'tap';
import { asIf, checkPrecision } from '../../src/core/precision.ts';

t.test('only real numbers are taken as another type', async (t) => {
  for (const dtype of ['float32', 'float64', 'bfloat16', 'float8e5m2'] as const) t.equal(asIf(dtype, 'int8'), 'int8');
  for (const dtype of ['int64', 'uint8', 'bool', 'string', 'complex64', 'int4', null] as const) t.equal(asIf(dtype, 'float16'), dtype);
  t.equal(asIf('float32', undefined), 'float32');
});

t.test('numbers are not taken as what holds none', async (t) => {
  for (const dtype of ['string', 'bool', 'complex128'] as const) {
    t.throws(() => checkPrecision({ weights: dtype }), { code: 'invalid-option' });
    t.throws(() => checkPrecision({ activations: dtype }), { code: 'invalid-option' });
  }
  checkPrecision({ weights: 'int4', activations: 'bfloat16' });
});
