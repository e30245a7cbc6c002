import fc from 'fast-check';
import t from 'tap';
import { described } from '../graphs.ts';
import { edited, fieldAt, layer, refusal, report, shapeAt, zoo } from './edited.ts';

t.test('ResNet-50 at output stride 8, as DeepLab has it', async (t) => {
  const { graph } = edited(zoo('resnet50'), { kind: 'dilate', layer: ['layer3/0/conv2', 'layer4/0/conv2'] });
  const [before, after] = [report(zoo('resnet50')), report(graph)];
  for (const id of ['layer3/5/relu', 'layer4/2/relu']) {
    const { size, sizeMin, center } = fieldAt(before, id);
    t.match(fieldAt(after, id), { size, sizeMin, stride: 8, center }, id);
  }
  t.equal(fieldAt(after, 'layer4/2/relu').size, 427);
  t.same(shapeAt(after, 'layer4/2/relu'), [1, 2048, 28, 28]);
  t.same(
    ['layer3/0/conv2', 'layer3/1/conv2', 'layer4/0/conv2', 'layer4/1/conv2'].map((id) => layer(after, id).attributes.dilations),
    [
      [1, 1],
      [2, 2],
      [2, 2],
      [4, 4],
    ],
  );
  t.same(after.totals.params, before.totals.params);
});

t.test('both strides of a residual block go, whichever is named', async (t) => {
  const strides = (named: string) => edited(zoo('resnet18'), { kind: 'dilate', layer: named }).edits[0]?.layers;
  t.same(strides('layer4/0/conv1'), strides('layer4/0/downsample/0'));
  t.match(strides('layer4/0/conv1'), ['layer4/0/conv1', 'layer4/0/conv2', 'layer4/0/downsample/0']);
});

t.test('maps of one position become finer too', async (t) => {
  const { graph } = edited(zoo('resnet18'), { kind: 'input', size: 32 }, { kind: 'dilate', layer: 'layer4/0/conv1' });
  const after = report(graph);
  t.same(shapeAt(after, 'layer4/1/relu'), [1, 512, 2, 2]);
  t.equal(fieldAt(after, 'layer4/1/relu').size, fieldAt(report(zoo('resnet18')), 'layer4/1/relu').size);
});

t.test('gates see all of the finer map and stop the dilation', async (t) => {
  const after = report(edited(zoo('se_resnet50'), { kind: 'dilate', layer: 'layer4/0/conv2' }).graph);
  t.equal(after.outputs[0]?.shape?.[1], 1000);
});

t.test('units of a chain stand where they stood, and see what they saw', async () => {
  const window = fc.record({
    k: fc.integer({ min: 1, max: 5 }),
    s: fc.integer({ min: 1, max: 3 }),
    p: fc.integer({ min: 0, max: 2 }),
    pool: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(window, { minLength: 2, maxLength: 5 }), fc.nat(4), (windows, pick) => {
      const layers = windows.map(({ k, s, p, pool }, i) => {
        const common = { name: `l${i}`, kernel_size: k, stride: s, padding: Math.min(p, Math.floor(k / 2)) };
        return pool ? { ...common, type: 'MaxPool2d' } : { ...common, type: 'Conv2d', out_channels: 2 };
      });
      const graph = described({ inputs: { x: [1, 2, 400, 400] }, layers });
      const at = pick % windows.length;
      const stride = windows[at]?.s ?? 1;
      if (stride === 1) return refusal(graph, { kind: 'dilate', layer: `l${at}` }).message.includes('no stride');
      const [before, after] = [report(graph), report(edited(graph, { kind: 'dilate', layer: `l${at}` }).graph)];
      return windows.every((_, i) => {
        const [was, is] = [fieldAt(before, `l${i}`), fieldAt(after, `l${i}`)];
        const finer = i < at ? 1 : stride;
        return was.size === is.size && was.padding === is.padding && was.center === is.center && was.stride === (is.stride ?? 0) * finer;
      });
    }),
    { numRuns: 100 },
  );
});

t.test('what cannot be followed', async (t) => {
  const conv = { name: 'c', type: 'Conv2d', out_channels: 4, kernel_size: 3, stride: 2, padding: 1 };
  const up = described({
    inputs: { x: [1, 4, 32, 32] },
    layers: [conv, { name: 'u', type: 'ConvTranspose2d', out_channels: 4, kernel_size: 2, stride: 2 }],
  });
  t.match(refusal(up, { kind: 'dilate', layer: 'c' }), { message: /a finer map cannot be followed through it/, node: 'u' });
  const merged = described({
    inputs: { x: [1, 4, 32, 32], y: [1, 4, 16, 16] },
    layers: [
      { ...conv, from: 'x' },
      { name: 'm', type: 'Add', from: ['c', 'y'] },
    ],
  });
  t.match(refusal(merged, { kind: 'dilate', layer: 'c' }), { message: /no stride to give up/, node: 'm' });
});
