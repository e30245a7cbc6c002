import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import t from 'tap';
import { readDescription } from '../../../src/formats/description/index.ts';
import { LIMITS, parameters } from './lower.ts';

const example = (name: string) => JSON.parse(readFileSync(resolve(import.meta.dirname, `../../../examples/${name}.json`), 'utf8'));

/** The published counts of torchvision; of the original U-Net, counted from its figure. */
const PARAMETERS = { vgg16: 138357544, resnet18: 11689512, resnet50: 25557032, mobilenet_v2: 3504872, unet: 31030658 };

for (const [name, count] of Object.entries(PARAMETERS)) {
  t.test(`${name} has the parameters of the original`, async (t) => {
    t.equal(parameters(example(name)), count);
  });
}

t.test('the outputs have the sizes of the originals', async (t) => {
  for (const name of ['vgg16', 'resnet18', 'resnet50', 'mobilenet_v2']) {
    t.same(readDescription(example(name), LIMITS).outputs[0]?.shape, ['batch', 1000], name);
  }
  t.same(readDescription(example('unet'), LIMITS).outputs[0]?.shape, ['batch', 2, 388, 388]);
});

t.test('stages are scopes', async (t) => {
  const { nodes } = readDescription(example('resnet50'), LIMITS);
  t.same([...new Set(nodes.map((node) => node.scope))].slice(0, 5), ['', 'layer1/first', 'layer1/more/0', 'layer1/more/1', 'layer2/first']);
});
