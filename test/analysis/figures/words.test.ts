import fc from 'fast-check';
import t from 'tap';
import { clean, fit, named, widthOf, wrap } from '../../../src/analysis/figures/words.ts';
import { anyText } from './check.ts';

t.test('names are shortened in the middle', async (t) => {
  const name = 'features.stage4.block12.attention.projection/Conv';
  const short = fit(name, 150, 12);
  t.match(short, /^features.*….*\/Conv$/);
  t.ok(widthOf(short, 12) <= 150);
  t.equal(fit(name, 1_000, 12), name);
  t.equal(named('x'.repeat(100), 11), 'xxxx…xxxxxx');
  t.equal(named('\u0000 '), '(no name)');
});

t.test('what XML forbids is gone', async (t) => {
  t.equal(clean('a\u0000b\nc\u009fd'), 'a b c d');
  t.equal(clean('\ud800x'), '\ufffdx');
  t.equal(clean('a\u202eb\u2066c'), 'abc');
  t.equal(clean(`e${'\u0301'.repeat(9)}`), 'e\u0301\u0301');
  t.equal(clean('ünïcode 漢字 😀'), 'ünïcode 漢字 😀');
});

t.test('shortened texts have room', async () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 20, max: 400 }), (text, width) => {
      const lines = wrap(clean(text), width, 11, 3);
      return widthOf(fit(clean(text), width, 12), 12) <= width && lines.length <= 3 && lines.every((line) => widthOf(line, 11) <= width);
    }),
  );
});

t.test('a paragraph keeps its words', async (t) => {
  const text = 'The virtual field goes on beyond the picture, and the axes are not on one scale.';
  t.equal(wrap(text, 200, 11, 10).join(' '), text);
  t.match(wrap(text, 200, 11, 2).join(' '), /^The virtual field goes on.*…$/);
});
