import t from 'tap';
import type { Attribute, Node, TensorType } from '../../../src/core/graph.ts';
import { inferNode } from '../../../src/core/inference/infer.ts';
import type { Tensor } from '../../../src/core/operators/operator.ts';

/** Runs nodes over x: [4, 6] and y: [2, 6], and gives the last output. */
function run(
  ...nodes: readonly (readonly [op: string, inputs: readonly string[], output: string, attributes?: Record<string, Attribute>])[]
): Tensor {
  const data = (shape: number[]): Tensor => ({ dtype: 'float32', shape, value: null, constant: false });
  const number = (...value: number[]): Tensor => ({
    dtype: 'int64',
    shape: value.length === 1 ? [] : [value.length],
    value,
    constant: true,
  });
  const tensors = new Map<string, Tensor>([
    ['x', data([4, 6])],
    ['y', data([2, 6])],
    ['-1', number(-1)],
    ['0', number(0)],
    ['1', number(1)],
    ['3', number(3)],
    ['9', number(9)],
    ['parts', number(1, 3)],
  ]);
  for (const [op, inputs, output, attributes = {}] of nodes) {
    const node: Node = { id: output, name: '', scope: '', op, attributes: new Map(Object.entries(attributes)), inputs, outputs: [output] };
    inferNode(node, tensors);
  }
  return tensors.get(nodes.at(-1)?.[2] ?? '') as Tensor;
}

const shapes = ({ elements }: Tensor) => elements?.map(({ shape }: TensorType) => shape);

t.test('sequences are built, changed and read by position', async (t) => {
  const both = ['SequenceConstruct', ['x', 'y'], 's'] as const;
  t.same(shapes(run([...both])), [
    [4, 6],
    [2, 6],
  ]);
  t.same(shapes(run([...both], ['SequenceInsert', ['s', 'y', '0'], 'i'])), [
    [2, 6],
    [4, 6],
    [2, 6],
  ]);
  t.same(shapes(run([...both], ['SequenceInsert', ['s', 'x'], 'i'])), [
    [4, 6],
    [2, 6],
    [4, 6],
  ]);
  t.same(shapes(run([...both], ['SequenceErase', ['s', '0'], 'e'])), [[2, 6]]);
  t.same(shapes(run([...both], ['SequenceErase', ['s'], 'e'])), [[4, 6]]);
  t.same(shapes(run(['SequenceEmpty', [], 's'], ['SequenceInsert', ['s', 'x'], 'i'])), [[4, 6]]);
  t.same(run([...both], ['SequenceAt', ['s', '-1'], 'a']).shape, [2, 6]);
  t.same(run([...both], ['SequenceAt', ['s', 'x'], 'a']).shape, [null, 6], 'a position that is not known');
  t.match(run([...both], ['SequenceLength', ['s'], 'n']), { dtype: 'int64', shape: [], value: [2] });
  t.throws(() => run([...both], ['SequenceAt', ['s', '9'], 'a']), { code: 'malformed-node', message: /position 9/ });
  t.throws(() => run(['SequenceEmpty', [], 's'], ['SequenceAt', ['s', '0'], 'a']), { code: 'malformed-node' });
});

t.test('a sequence of unknown length stays unknown', async (t) => {
  t.equal(run(['SequenceInsert', ['x', 'y'], 'i']).elements, null);
  t.equal(run(['SequenceErase', ['x'], 'i']).elements, null);
  t.match(run(['SequenceAt', ['x', '0'], 'a']), { dtype: null, shape: null });
  t.equal(run(['SequenceLength', ['x'], 'n']).value, null);
  t.equal(run(['ConcatFromSequence', ['x'], 'c'], ['Relu', ['c'], 'r']).shape, null);
});

t.test('tensors are split into sequences and joined again', async (t) => {
  t.same(shapes(run(['SplitToSequence', ['x'], 's'])), [
    [1, 6],
    [1, 6],
    [1, 6],
    [1, 6],
  ]);
  t.same(shapes(run(['SplitToSequence', ['x'], 's', { keepdims: 0, axis: 0 }]))?.length, 4);
  t.same(shapes(run(['SplitToSequence', ['x'], 's', { keepdims: 0 }]))?.[0], [6]);
  t.same(shapes(run(['SplitToSequence', ['x', '3'], 's'])), [
    [3, 6],
    [1, 6],
  ]);
  t.same(shapes(run(['SplitToSequence', ['x', 'parts'], 's'])), [
    [1, 6],
    [3, 6],
  ]);
  t.equal(shapes(run(['SplitToSequence', ['x', 'y'], 's'])), undefined);
  t.throws(() => run(['SplitToSequence', ['x', '0'], 's']), { code: 'malformed-node' });
  const both = ['SequenceConstruct', ['x', 'y'], 's'] as const;
  t.same(run([...both], ['ConcatFromSequence', ['s'], 'c', { axis: 0 }]).shape, [6, 6]);
  t.same(run(['SequenceConstruct', ['x', 'x'], 's'], ['ConcatFromSequence', ['s'], 'c', { axis: -1, new_axis: 1 }]).shape, [4, 6, 2]);
});

t.test('optional values that are there', async (t) => {
  t.match(run(['OptionalHasElement', ['x'], 'h']), { dtype: 'bool', shape: [] });
  t.same(run(['OptionalGetElement', ['x'], 'g']).shape, [4, 6]);
});
