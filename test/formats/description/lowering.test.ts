import t from 'tap';
import type { Attribute } from '../../../src/core/graph.ts';
import { Lowering } from '../../../src/formats/description/lowering.ts';
import { LIMITS } from './lower.ts';

t.test('a bug of an operator is not taken for a mistake of the caller', async (t) => {
  class Broken extends Map<string, Attribute> {
    override get(): never {
      throw new TypeError('a bug');
    }
  }
  const lowering = new Lowering(LIMITS);
  lowering.input({ name: 'x', dtype: 'float32', shape: [1] });
  const node = { id: 'n', name: 'n', scope: '', op: 'Softmax', attributes: new Broken(), inputs: ['x'], outputs: ['n'] };
  t.throws(() => lowering.node(node, '/layers/0'), new TypeError('a bug'));
});
