import type { Arguments, LayerJson } from './description.ts';
import { conv, layer, linear, maxPool, relu } from './layers.ts';
import { images, named } from './naming.ts';
import { defineNetwork } from './network.ts';

const same: Arguments = { padding: 1 };

/** Tables 1 and 3 of the paper: the convolutions, the features of the two hidden layers and the window of the first, the image. */
const MODELS = {
  fast: {
    image: 231,
    window: 6,
    hidden: [3072, 4096],
    features: {
      conv1: conv(96, 11, { stride: 4 }),
      relu1: relu(),
      pool1: maxPool(2, 2),
      conv2: conv(256, 5),
      relu2: relu(),
      pool2: maxPool(2, 2),
      conv3: conv(512, 3, same),
      relu3: relu(),
      conv4: conv(1024, 3, same),
      relu4: relu(),
      conv5: conv(1024, 3, same),
      relu5: relu(),
      pool5: maxPool(2, 2),
    },
  },
  accurate: {
    image: 221,
    window: 5,
    hidden: [4096, 4096],
    features: {
      conv1: conv(96, 7, { stride: 2 }),
      relu1: relu(),
      pool1: maxPool(3, 3),
      conv2: conv(256, 7),
      relu2: relu(),
      pool2: maxPool(2, 2),
      conv3: conv(512, 3, same),
      relu3: relu(),
      conv4: conv(512, 3, same),
      relu4: relu(),
      conv5: conv(1024, 3, same),
      relu5: relu(),
      conv6: conv(1024, 3, same),
      relu6: relu(),
      pool6: maxPool(3, 3),
    },
  },
} as const;

/** Both forms have the same weights; only the convolutional one reads larger images, and gives a map of outputs for them. */
function classifier(window: number, [first, second]: readonly [number, number], form: 'conv' | 'fc'): Record<string, LayerJson> {
  const full = (features: number, size: number) => (form === 'fc' ? linear(features) : conv(features, size));
  return {
    ...(form === 'fc' && { flatten: layer('Flatten') }),
    full1: full(first, window),
    full_relu1: relu(),
    dropout1: layer('Dropout'),
    full2: full(second, 1),
    full_relu2: relu(),
    dropout2: layer('Dropout'),
    output: full(1000, 1),
  };
}

export const overfeat = defineNetwork({
  id: 'overfeat',
  title: 'OverFeat',
  summary: 'Fully connected layers as 1x1 convolutions, so that a larger image gives a map of outputs at once.',
  paper: {
    title: 'OverFeat: Integrated Recognition, Localization and Detection using Convolutional Networks',
    authors: 'Sermanet and others',
    arxiv: '1312.6229',
  },
  year: 2013,
  parameters: {
    model: { values: ['fast', 'accurate'], default: 'accurate', doc: 'Which of the two networks of the paper.' },
    form: { values: ['conv', 'fc'], default: 'conv', doc: 'The classifier: convolutions, or the same weights fully connected.' },
  },
  names: { overfeat_fast: { model: 'fast' }, overfeat_accurate: { model: 'accurate' } },
  describe: ({ model, form }) => {
    const { image, window, hidden, features } = MODELS[model];
    return {
      inputs: images(image),
      layers: named({ ...features, ...classifier(window, hidden, form) }),
    };
  },
});
