import t from 'tap';
import { analyzed, spanAt } from './analyzed.ts';

const shapeOf = (name: string, height: number, width: number) => {
  const { outputs } = analyzed(name, { inputs: new Map([['image', [1, 3, height, width]]]) });
  return outputs[0]?.shape;
};

/** Height and width of the image, and of the map of outputs for one offset of the last pooling. */
const MAPS = [
  [245, 245, 1, 1],
  [281, 317, 2, 3],
  [317, 389, 3, 5],
  [389, 461, 5, 7],
  [425, 497, 6, 8],
  [461, 569, 7, 10],
] as const;

t.test('the accurate network gives a map of outputs for a larger image', async (t) => {
  for (const [height, width, rows, columns] of MAPS) {
    t.same(shapeOf('overfeat_accurate', height, width), [1, 1000, rows, columns], `${height} x ${width}`);
  }
});

t.test('field and total stride', async (t) => {
  t.same(spanAt(analyzed('overfeat_accurate'), 'output'), [317, 317, 36]);
  t.same(analyzed('overfeat_accurate').totals.stride, { H: 36, W: 36 });
  t.same(spanAt(analyzed('overfeat_fast'), 'output'), [327, 327, 32]);
});

t.test('both forms of the classifier have the same parameters and cost', async (t) => {
  for (const model of ['fast', 'accurate']) {
    const [convolutional, connected] = ['conv', 'fc'].map((form) => analyzed(`overfeat,model=${model},form=${form}`).totals);
    t.same(convolutional?.params, connected?.params, model);
    t.equal(convolutional?.macs, connected?.macs, `${model}, at the size that it was trained with`);
  }
});

t.test('parameters, from the tables of layers', async (t) => {
  const count = (...layers: readonly (readonly [kernel: number, before: number, channels: number])[]) =>
    layers.reduce((sum, [kernel, before, channels]) => sum + kernel * kernel * before * channels + channels, 0);
  const fast = count([11, 3, 96], [5, 96, 256], [3, 256, 512], [3, 512, 1024], [3, 1024, 1024]);
  t.equal(analyzed('overfeat_fast').totals.params.trainable, fast + count([6, 1024, 3072], [1, 3072, 4096], [1, 4096, 1000]));
  const accurate = count([7, 3, 96], [7, 96, 256], [3, 256, 512], [3, 512, 512], [3, 512, 1024], [3, 1024, 1024]);
  t.equal(analyzed('overfeat_accurate').totals.params.trainable, accurate + count([5, 1024, 4096], [1, 4096, 4096], [1, 4096, 1000]));
});
