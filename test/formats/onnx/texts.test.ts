import fc from 'fast-check';
import t from 'tap';
import { Texts } from '../../../src/formats/onnx/texts.ts';

t.test('texts are those of their bytes, whatever was read before', async (t) => {
  const texts = new Texts();
  const same = (bytes: Buffer): boolean => texts.read(bytes, 0, bytes.length) === bytes.toString('utf8');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => same(Buffer.from(bytes))),
    { numRuns: 2000 },
  );
  // Texts whose characters have the numbers of other texts' bytes: enough of them that some share a slot.
  let wrong = 0;
  for (let first = 0x80; first < 0x100; first++) {
    for (let second = 0x80; second < 0x100; second++) {
      const text = String.fromCharCode(first, second);
      for (const bytes of [Buffer.from(text, 'utf8'), Buffer.from(text, 'latin1')]) if (!same(bytes)) wrong++;
    }
  }
  t.equal(wrong, 0);
});

t.test('a text that comes again is the same string', async (t) => {
  const texts = new Texts();
  const bytes = Buffer.from('--conv1.weight-conv1.weight');
  t.equal(texts.read(bytes, 2, 14), 'conv1.weight');
  t.equal(texts.read(bytes, 15, 27), 'conv1.weight');
  t.equal(texts.read(bytes, 3, 15), 'onv1.weight-');
  t.equal(texts.read(bytes, 4, 4), '');
});
