import t from 'tap';
import { applyEdits } from '../../../src/core/edits/apply.ts';
import { described } from '../graphs.ts';
import { edited, refusal, report, zoo } from './edited.ts';

t.test('a size for all axes, or one for each', async (t) => {
  const shape = (size: number | number[]) => report(edited(zoo('resnet18'), { kind: 'input', size }).graph).inputs[0]?.shape;
  t.same(shape(320), [1, 3, 320, 320]);
  t.same(shape([320, 256]), [1, 3, 320, 256]);
  const sized = { inputs: new Map([['image', [1, 3, 320, 256]]]) };
  const { totals } = report(edited(zoo('resnet18'), { kind: 'input', size: [320, 256] }).graph);
  t.same(totals, report(zoo('resnet18'), sized).totals, 'the same as the option says');
});

t.test('what a network refuses', async (t) => {
  const code = 'edit-not-applicable';
  t.match(refusal(zoo('resnet18'), { kind: 'input', size: [1, 2, 3] }), { code, message: /3 sizes for the 2 axes of 'image'/ });
  t.match(refusal(zoo('resnet18'), { kind: 'input', size: 64, input: 'imag' }), { code, message: /there is no input 'imag'/ });
  t.match(refusal(described({ inputs: { x: [1, 8] }, layers: [{ type: 'ReLU' }] }), { kind: 'input', size: 64 }), { code });
  const flat = described({ inputs: { x: [1, 3, 8, 8] }, layers: [{ type: 'Flatten' }, { name: 'l', type: 'Linear', out_features: 5 }] });
  t.match(refusal(flat, { kind: 'input', size: 16 }), { code, message: /edit 0 \(input\): Gemm 'l'/, node: 'l' });
  const options = { inputs: new Map([['image', [1, 3, 64, 64]]]) };
  t.throws(() => applyEdits(zoo('resnet18'), [{ kind: 'input', size: 32 }], { options }), { message: /already gives 'image' its size/ });
});
