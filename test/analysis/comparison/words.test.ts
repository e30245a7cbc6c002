import t from 'tap';
import { alongAxes, digits, fieldText, inWords, isNearly, percent, proportion } from '../../../src/analysis/comparison/words.ts';

t.test('numbers in words', async (t) => {
  t.same([0, 1, 10, 11, 1234].map(inWords), ['no', 'one', 'ten', '11', '1,234']);
  t.same([7, 73728, 1.15470053, '18014398509481984'].map(digits), ['7', '73,728', '1.155', '18,014,398,509,481,984']);
});

t.test('shares', async (t) => {
  t.same([0.28, 0.1549, 0.0999, 0.00123, 0.9994, 0.99999].map(percent), ['28 %', '15 %', '10 %', '0.12 %', '99.94 %', '99.99 %']);
});

t.test('proportions', async (t) => {
  const of = (value: number | string, first: number | string) => proportion(value, first, 'more', 'fewer');
  t.equal(of(18, 25), '28 % fewer');
  t.equal(of(25, 18), '39 % more');
  t.equal(of(36, 18), '2 times');
  t.equal(of(31, 13), '2.38 times');
  t.equal(of(5, 5), null);
  t.equal(of('18014398509481985', '18014398509481984'), 'less than 0.0001 % apart');
  t.equal(of('18014398509481984', '9007199254740992'), '2 times');
  t.ok(isNearly(100.9, 100) && isNearly(99.1, 100) && !isNearly(101, 100) && !isNearly(99, 100));
});

t.test('fields', async (t) => {
  t.equal(fieldText({ status: 'exact', size: 1075, sizeMin: 1075 }), '1,075');
  t.equal(fieldText({ status: 'exact', size: 204, sizeMin: 188 }), '188 to 204');
  t.equal(fieldText({ status: 'global', size: 224, sizeMin: 224 }), 'the whole input (224)');
  t.equal(fieldText({ status: 'global', size: null, sizeMin: null }), 'the whole input');
  t.equal(fieldText({ status: 'dataDependent', size: null, sizeMin: null }), null);
  const text = ({ size }: { axis: string; size: number | null }) => (size === null ? null : String(size));
  t.equal(
    alongAxes(
      [
        { axis: 'H', size: 5 },
        { axis: 'W', size: 5 },
      ],
      text,
    ),
    '5',
  );
  t.equal(
    alongAxes(
      [
        { axis: 'H', size: 5 },
        { axis: 'W', size: 7 },
      ],
      text,
    ),
    'H 5, W 7',
  );
  t.equal(
    alongAxes(
      [
        { axis: 'H', size: 5 },
        { axis: 'W', size: null },
      ],
      text,
    ),
    null,
  );
  t.equal(alongAxes([], text), null);
});
