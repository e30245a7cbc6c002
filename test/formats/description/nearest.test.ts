import t from 'tap';
import { suggestion } from '../../../src/formats/description/nearest.ts';

t.test('the nearest name is suggested, whatever its case', async (t) => {
  t.equal(suggestion('conv2d', ['Conv1d', 'Conv2d']), '; did you mean "Conv2d"?');
  t.equal(suggestion('kernal_size', ['stride', 'kernel_size']), '; did you mean "kernel_size"?');
});

t.test('nothing is suggested for a name that is far from all, or that is a single letter', async (t) => {
  t.equal(suggestion('kernel', ['stride']), '');
  t.equal(suggestion('x', ['y']), '');
  t.equal(suggestion('', ['y']), '');
});

t.test('long names and long lists are not looked through', async (t) => {
  t.equal(suggestion('x'.repeat(65), ['x'.repeat(64)]), '');
  t.equal(suggestion('x'.repeat(64), ['x'.repeat(65)]), '');
  t.equal(suggestion('wanted', [...Array<string>(2000).fill('other'), 'wantd']), '');
});
