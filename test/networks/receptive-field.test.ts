import t from 'tap';
import type { Report } from '../../src/core/report.ts';
import { analyzed, fieldsAt, spanAt } from './analyzed.ts';

/** The field of a chain of windows, given as `[kernel, stride, dilation]`, by the arithmetic that needs no graph. */
function chain(...windows: readonly (readonly [kernel: number, stride?: number, dilation?: number])[]): number {
  let [size, jump] = [1, 1];
  for (const [kernel, stride = 1, dilation = 1] of windows) {
    size += (kernel - 1) * dilation * jump;
    jump *= stride;
  }
  return size;
}

/** Sizes at layers whose fields have one size for all units. */
function sizesAt(report: Report, ids: readonly string[]): (number | null)[] {
  return ids.map((id) => {
    const [least, most] = spanAt(report, id);
    if (least !== most) throw new Error(`the units of ${id} differ`);
    return most ?? null;
  });
}

function numbered(path: string, indices: readonly number[]): string[] {
  return indices.map((index) => `${path}${index}`);
}

t.test('AlexNet and VGG-16 layer by layer', async (t) => {
  t.same(sizesAt(analyzed('alexnet'), numbered('features/', [0, 2, 3, 5, 6, 8, 10, 12])), [11, 19, 51, 67, 99, 131, 163, 195]);
  const windows = [0, 2, 4, 5, 7, 9, 10, 12, 14, 16, 17, 19, 21, 23, 24, 26, 28, 30];
  t.same(
    sizesAt(analyzed('vgg16'), numbered('features/', windows)),
    [3, 5, 6, 10, 14, 16, 24, 32, 40, 44, 60, 76, 92, 100, 132, 164, 196, 212],
  );
  const convolutional = analyzed('vgg16,form=conv');
  t.same(spanAt(convolutional, 'features/30'), [212, 212, 32]);
  t.same(spanAt(convolutional, 'classifier/0'), [404, 404, 32], 'fc6 as a 7x7 convolution');
  for (const { status } of fieldsAt(analyzed('vgg16'), 'classifier/0')) t.equal(status, 'global');
});

t.test('ResNet: the bottleneck that strides in the 1x1 sees more', async (t) => {
  const last = (depth: number) => ({ 50: [2, 3, 5, 2], 101: [2, 3, 22, 2], 152: [2, 7, 35, 2] })[depth] ?? [];
  const stages = (name: string, depth: number) => {
    const ids = last(depth).map((block, index) => `layer${index + 1}/${block}/relu`);
    return sizesAt(analyzed(name), ids);
  };
  t.same(stages('resnet50,variant=v1', 50), [35, 99, 291, 483]);
  t.same(stages('resnet101,variant=v1', 101), [35, 99, 835, 1027]);
  t.equal(stages('resnet152,variant=v1', 152)[3], 1507);
  t.same(stages('resnet50', 50), [35, 91, 267, 427]);
  t.equal(stages('resnet101', 101)[3], 971);
  t.equal(stages('resnet152', 152)[3], 1451);
  t.same(sizesAt(analyzed('resnet18'), ['layer1/1/relu', 'layer2/1/relu', 'layer3/1/relu', 'layer4/1/relu']), [43, 99, 211, 435]);
});

t.test('GoogLeNet and Inception v3', async (t) => {
  const stages = ['inception3b/concat', 'inception4e/concat', 'inception5b/concat'];
  t.same(sizesAt(analyzed('googlenet'), stages), [59, 235, 379]);
  t.same(sizesAt(analyzed('googlenet,variant=paper'), stages), [91, 427, 715]);
  const v3 = analyzed('inception_v3');
  const stem = [
    'Conv2d_1a_3x3/conv',
    'Conv2d_2a_3x3/conv',
    'Conv2d_2b_3x3/conv',
    'maxpool1',
    'Conv2d_3b_1x1/conv',
    'Conv2d_4a_3x3/conv',
    'maxpool2',
  ];
  t.same(sizesAt(v3, stem), [3, 7, 11, 15, 15, 23, 31]);
  const mixed = ['5b', '5c', '5d', '6a', '6b', '6c', '6d', '6e', '7a', '7b', '7c'].map((name) => `Mixed_${name}/concat`);
  t.same(sizesAt(v3, mixed), [63, 95, 127, 159, 351, 543, 735, 927, 1055, 1183, 1311]);
});

t.test('MobileNets and DenseNet', async (t) => {
  const v1 = analyzed('mobilenet_v1');
  const pointwise = Array.from({ length: 13 }, (_, index) => `Conv2d_${index + 1}_pointwise/conv`);
  t.same(sizesAt(v1, ['Conv2d_0/conv', ...pointwise]), [3, 7, 11, 19, 27, 43, 59, 91, 123, 155, 187, 219, 251, 315]);
  t.same(
    fieldsAt(v1, 'Conv2d_13_pointwise/conv').map(({ padding }) => padding),
    [126, 126],
    'the padding of TensorFlow, at 224 pixels',
  );
  t.same(spanAt(analyzed('mobilenet_v2'), 'features/18/2'), [491, 491, 32]);
  t.same(spanAt(analyzed('densenet121'), 'features/norm5'), [2071, 2071, 32]);
});

t.test('the region proposal network', async (t) => {
  const vgg = analyzed('faster_rcnn_vgg16');
  t.same(spanAt(vgg, 'conv5_3'), [196, 196, 16]);
  for (const output of ['rpn_cls_score', 'rpn_bbox_pred']) t.same(spanAt(vgg, output), [228, 228, 16]);
  const zf = analyzed('faster_rcnn_zf');
  t.same(spanAt(zf, 'conv5'), [139, 139, 16]);
  for (const output of ['rpn_cls_score', 'rpn_bbox_pred']) t.same(spanAt(zf, output), [171, 171, 16]);
});

t.test('FPN level by level', async (t) => {
  const pyramid = analyzed('fpn_resnet50');
  t.same(spanAt(pyramid, 'P6'), [491, 491, 64]);
  t.same(spanAt(pyramid, 'P5'), [491, 491, 32]);
  t.same(spanAt(pyramid, 'P4'), [459, 459, 16]);
  t.same(spanAt(pyramid, 'P3'), [427, 459, 8]);
  t.same(spanAt(pyramid, 'P2'), [427, 459, 4]);
});

t.test('YOLOv3 at its three heads', async (t) => {
  const yolo = analyzed('yolov3');
  t.same(spanAt(yolo, 'head32/conv2'), [917, 917, 32]);
  t.same(spanAt(yolo, 'head16/conv2'), [949, 949, 16]);
  t.same(spanAt(yolo, 'head8/conv2'), [949, 981, 8]);
});

t.test('U-Nets, by depth, kernel, padding and upsampling', async (t) => {
  t.same(spanAt(analyzed('unet'), 'head'), [188, 204, 1]);
  t.same(spanAt(analyzed('unet_padded'), 'head'), [188, 204, 1]);
  t.same(spanAt(analyzed('unet_padded,depth=3,kernel=2'), 'head'), [46, 54, 1]);
  t.same(spanAt(analyzed('unet_padded,depth=3'), 'head'), [92, 100, 1]);
  t.equal(spanAt(analyzed('unet_padded,kernel=7'), 'head')[1], 580);
  t.same(spanAt(analyzed('unet_padded,depth=1,up=nearest'), 'head'), [18, 18, 1]);
  t.same(spanAt(analyzed('unet_padded,depth=2,up=nearest'), 'head'), [44, 44, 1]);
  t.same(spanAt(analyzed('unet_padded,depth=3,up=nearest'), 'head'), [92, 100, 1]);
});

t.test('PatchGAN by the count of its strides', async (t) => {
  const last = [7, 10, 13, 16, 19, 22].map((layers) => layers - 2);
  const sizes = last.map((id, index) => spanAt(analyzed(`patchgan,n_layers=${index + 1}`), `model/${id}`)[1]);
  t.same(sizes, [16, 34, 70, 142, 286, 574]);
});

t.test('causal convolutions', async (t) => {
  const size = (name: string, id: string) => fieldsAt(analyzed(name), id).map((axis) => axis.size);
  t.same(size('wavenet', 'softmax'), [1024]);
  t.same(size('wavenet,stacks=3', 'softmax'), [3070]);
  t.same(size('tcn,kernel=3,levels=3,stacks=2', 'output'), [57]);
  t.same(size('tcn,kernel=4,levels=6', 'output'), [379]);
  t.same(size('tcn,kernel=6,levels=2', 'output'), [31]);
});

t.test('gates on channels see the whole image and leave the local field as it was', async (t) => {
  const local = (name: string) => fieldsAt(analyzed(name), 'layer4/2/relu').map((axis) => [axis.status, axis.local.size]);
  t.same(local('se_resnet50'), [
    ['global', 427],
    ['global', 427],
  ]);
  t.same(local('eca_resnet50'), [
    ['global', 427],
    ['global', 427],
  ]);
  const gates = 6 * (3 * 4 + 4 * 8 + 6 * 16 + 3 * 32);
  t.same(local('cbam_resnet50')[0], ['global', 427 + gates], 'a 7x7 window over the positions in every block');
});

t.test('DeepLab: dilation keeps the field and not the stride', async (t) => {
  const deeplab = analyzed('deeplabv3,image_pooling=no');
  t.same(spanAt(deeplab, 'layer4/2/relu'), [427, 427, 8]);
  t.same(spanAt(deeplab, 'aspp/3/2'), [427 + 2 * 36 * 8, 427 + 2 * 36 * 8, 8]);
  t.same(spanAt(analyzed('deeplabv3,image_pooling=no,output_stride=16'), 'aspp/3/2'), [1003, 1003, 16]);
  for (const { status } of fieldsAt(analyzed('deeplabv3'), 'aspp/concat')) t.equal(status, 'global');
});

t.test('the 3-D ResNet along time and space', async (t) => {
  const sizes = fieldsAt(analyzed('r3d_18'), 'layer4/1/relu').map(({ axis, size }) => [axis, size]);
  const stage = (stride: number) => [[3, stride], [3], [3], [3]] as const;
  const stages = [...stage(1), ...stage(2), ...stage(2), ...stage(2)];
  const space = chain([7, 2], ...stages);
  t.same(sizes, [
    ['D', chain([3], ...stages)],
    ['H', space],
    ['W', space],
  ]);
  t.same(
    fieldsAt(analyzed('mc3_18'), 'layer4/1/relu').map(({ size }) => size),
    [chain([3], ...stage(1)), space, space],
  );
});

t.test('Swin: windows, then windows that are shifted', async (t) => {
  const swin = analyzed('swin_t');
  t.same(spanAt(swin, 'features/1/0/add2'), [28, 28, 4], 'a window of 7 patches of 4 pixels');
  const [h] = fieldsAt(swin, 'features/1/1/add2');
  t.equal(h?.sizeMin, 56, 'a shifted window touches two windows');
});
