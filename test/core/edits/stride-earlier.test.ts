import t from 'tap';
import { described } from '../graphs.ts';
import { edited, fieldAt, refusal, report, shapeAt, zoo } from './edited.ts';

t.test('ResNet-50 with its strides in the 1 x 1 convolutions is that of the paper: 483 pixels, not 427', async (t) => {
  const { graph, edits } = edited(zoo('resnet50'), { kind: 'stride-earlier', layer: 'layer*/conv2' });
  const [after, paper] = [report(graph), report(zoo('resnet,depth=50,variant=v1'))];
  t.equal(edits[0]?.touched, 6);
  t.equal(fieldAt(after, 'layer4/2/relu').size, 483);
  t.equal(fieldAt(report(zoo('resnet50')), 'layer4/2/relu').size, 427);
  t.same(after.totals, paper.totals);
});

t.test('past other layers, to one that is named', async (t) => {
  const conv = (name: string, more: object = {}) => ({ name, type: 'Conv2d', out_channels: 4, kernel_size: 3, padding: 1, ...more });
  const graph = described({ inputs: { x: [1, 4, 32, 32] }, layers: [conv('a'), { type: 'ReLU' }, conv('b'), conv('c', { stride: 2 })] });
  const after = report(edited(graph, { kind: 'stride-earlier', layer: 'c', to: 'a' }).graph);
  t.same(
    ['a', 'b', 'c'].map((id) => shapeAt(after, id)?.[2]),
    [16, 16, 16],
  );
  t.equal(fieldAt(after, 'c').size, 3 + 4 + 4);
  t.match(refusal(graph, { kind: 'stride-earlier', layer: 'c', to: 'z' }), { message: /no layer 'z' on the chain/ });
  t.match(refusal(graph, { kind: 'stride-earlier', layer: 'b' }), { message: /no stride to move/ });
});

t.test('a pool of 2 x 2 is padded at its end, so that the map stays half the input', async (t) => {
  const after = report(edited(zoo('vgg16'), { kind: 'stride-earlier', layer: 'features/4' }).graph);
  t.same(
    [shapeAt(after, 'features/2'), shapeAt(after, 'features/4')],
    [
      [1, 64, 112, 112],
      [1, 64, 112, 112],
    ],
  );
});

t.test('not past a tensor that others read', async (t) => {
  t.match(refusal(zoo('resnet18'), { kind: 'stride-earlier', layer: 'layer2/0/conv1' }), {
    message: /'layer1\/1\/relu', which others read too/,
  });
});
