import t from 'tap';
import { data, expectCost, expectField, expectMalformed, expectShape, infer, type Sample } from './harness.ts';

t.test('the size of an image stands in its file', async (t) => {
  const decode = (attributes: Sample['attributes'] = {}): Sample => ({ op: 'ImageDecoder', inputs: [data([null], 'uint8')], attributes });
  expectShape(t, decode(), [null, null, 3]);
  expectShape(t, decode({ pixel_format: 'Grayscale' }), [null, null, 1]);
  expectCost(t, decode(), null);
  expectField(t, decode(), 'dataDependent');
  const call = infer(decode());
  t.strictSame(call.operator?.defaults?.(call), { pixel_format: 'RGB' });
  expectMalformed(t, decode({ pixel_format: 'YUV' }), /none of RGB/);
});
