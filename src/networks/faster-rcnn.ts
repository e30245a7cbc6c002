import type { Arguments, LayerJson } from './description.ts';
import { conv, layer, maxPool, relu } from './layers.ts';
import { named } from './naming.ts';
import { defineNetwork } from './network.ts';

/** Three sizes and three shapes of boxes at each position. */
const ANCHORS = 9;

const VGG = [
  [64, 2],
  [128, 2],
  [256, 3],
  [512, 3],
  [512, 3],
] as const;

/** VGG-16 without the last pooling. */
function vgg16(): Record<string, LayerJson> {
  const stages = VGG.flatMap(([channels, count], index) => {
    const convolutions = Array.from({ length: count }, (_, k) => {
      const suffix = `${index + 1}_${k + 1}`;
      return { [`conv${suffix}`]: conv(channels, 3, { padding: 1 }), [`relu${suffix}`]: relu() };
    });
    const last = index === VGG.length - 1;
    return [...convolutions, last ? {} : { [`pool${index + 1}`]: maxPool(2, 2, { ceil_mode: true }) }];
  });
  return Object.assign({}, ...stages);
}

/** The five convolutions of Zeiler and Fergus. */
function zf(): Record<string, LayerJson> {
  const lrn: Arguments = { size: 3, alpha: 0.00005 };
  const halve: Arguments = { padding: 1, ceil_mode: true };
  return {
    conv1: conv(96, 7, { stride: 2, padding: 3 }),
    relu1: relu(),
    norm1: layer('LocalResponseNorm', lrn),
    pool1: maxPool(3, 2, halve),
    conv2: conv(256, 5, { stride: 2, padding: 2 }),
    relu2: relu(),
    norm2: layer('LocalResponseNorm', lrn),
    pool2: maxPool(3, 2, halve),
    conv3: conv(384, 3, { padding: 1 }),
    relu3: relu(),
    conv4: conv(384, 3, { padding: 1 }),
    relu4: relu(),
    conv5: conv(256, 3, { padding: 1 }),
    relu5: relu(),
  };
}

export const fasterRcnn = defineNetwork({
  id: 'faster_rcnn',
  title: 'Faster R-CNN, its region proposal network',
  summary:
    'A 3x3 convolution and two 1x1 convolutions give scores and boxes at every position of a shared map. The choice of proposals and the layers per region are left out.',
  paper: {
    title: 'Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks',
    authors: 'Ren, He, Girshick and Sun',
    arxiv: '1506.01497',
  },
  year: 2015,
  parameters: { backbone: { values: ['vgg16', 'zf'], default: 'vgg16', doc: 'What computes the shared map.' } },
  names: { faster_rcnn_vgg16: { backbone: 'vgg16' }, faster_rcnn_zf: { backbone: 'zf' } },
  describe: ({ backbone }) => ({
    inputs: { image: ['batch', 3, 600, 1000] },
    layers: named({
      ...(backbone === 'vgg16' ? vgg16() : zf()),
      rpn_conv: conv(backbone === 'vgg16' ? 512 : 256, 3, { padding: 1 }),
      rpn_relu: relu(),
      rpn_cls_score: conv(2 * ANCHORS, 1, { from: 'rpn_relu' }),
      rpn_bbox_pred: conv(4 * ANCHORS, 1, { from: 'rpn_relu' }),
    }),
    outputs: ['rpn_cls_score', 'rpn_bbox_pred'],
  }),
});
