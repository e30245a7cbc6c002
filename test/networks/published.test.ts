import t from 'tap';
import { analyzed } from './analyzed.ts';

/** `num_params` and `_ops` (multiply-accumulates in units of 10^9, rounded) that torchvision 0.29.1 publishes. */
const PUBLISHED: Readonly<Record<string, readonly [params: number, ops: number]>> = {
  alexnet: [61100840, 0.714],
  vgg11: [132863336, 7.609],
  vgg11_bn: [132868840, 7.609],
  vgg13: [133047848, 11.308],
  vgg13_bn: [133053736, 11.308],
  vgg16: [138357544, 15.47],
  vgg16_bn: [138365992, 15.47],
  vgg19: [143667240, 19.632],
  vgg19_bn: [143678248, 19.632],
  googlenet: [6624904, 1.498],
  resnet18: [11689512, 1.814],
  resnet34: [21797672, 3.664],
  resnet50: [25557032, 4.089],
  resnet101: [44549160, 7.801],
  resnet152: [60192808, 11.514],
  resnext50_32x4d: [25028904, 4.23],
  resnext101_32x8d: [88791336, 16.414],
  resnext101_64x4d: [83455272, 15.46],
  wide_resnet50_2: [68883240, 11.398],
  wide_resnet101_2: [126886696, 22.753],
  densenet121: [7978856, 2.834],
  densenet161: [28681000, 7.728],
  densenet169: [14149480, 3.36],
  densenet201: [20013928, 4.291],
  squeezenet1_0: [1248424, 0.819],
  squeezenet1_1: [1235496, 0.349],
  mobilenet_v2: [3504872, 0.301],
  mobilenet_v3_large: [5483032, 0.217],
  mobilenet_v3_small: [2542856, 0.057],
  shufflenet_v2_x0_5: [1366792, 0.04],
  shufflenet_v2_x1_0: [2278604, 0.145],
  shufflenet_v2_x1_5: [3503624, 0.296],
  shufflenet_v2_x2_0: [7393996, 0.583],
  mnasnet0_5: [2218512, 0.104],
  mnasnet0_75: [3170208, 0.215],
  mnasnet1_0: [4383312, 0.314],
  mnasnet1_3: [6282256, 0.526],
  efficientnet_b0: [5288548, 0.386],
  efficientnet_b1: [7794184, 0.687],
  efficientnet_b2: [9109994, 1.088],
  efficientnet_b3: [12233232, 1.827],
  efficientnet_b4: [19341616, 4.394],
  efficientnet_b5: [30389784, 10.266],
  efficientnet_b6: [43040704, 19.068],
  efficientnet_b7: [66347960, 37.746],
  convnext_tiny: [28589128, 4.456],
  convnext_small: [50223688, 8.684],
  convnext_base: [88591464, 15.355],
  convnext_large: [197767336, 34.361],
  vit_b_16: [86567656, 17.564],
  vit_b_32: [88224232, 4.409],
  vit_l_16: [304326632, 61.555],
  vit_l_32: [306535400, 15.378],
  swin_t: [28288354, 4.491],
  swin_s: [49606258, 8.741],
  swin_b: [87768224, 15.431],
  'deeplabv3_resnet50,aux=yes': [42004074, 178.722],
  'deeplabv3_resnet101,aux=yes': [60996202, 258.743],
  r3d_18: [33371472, 40.697],
  mc3_18: [11695440, 43.343],
  r2plus1d_18: [31505325, 40.519],
};

/** Multiply-accumulates to the unit, as PyTorch's own counter gives them for torchvision's networks. */
const EXACT: Readonly<Record<string, number>> = {
  alexnet: 714188480,
  vgg11: 7609090048,
  vgg16: 15470264320,
  vgg16_bn: 15470264320,
  resnet18: 1814073344,
  resnet50: 4089184256,
  resnet101: 7801405440,
  resnext50_32x4d: 4230479872,
  wide_resnet50_2: 11398021120,
  googlenet: 1498376192,
  inception_v3: 5713216096,
  densenet121: 2834161664,
  mobilenet_v2: 300774272,
  mobilenet_v3_large: 216589760,
  mobilenet_v3_small: 56510400,
  efficientnet_b0: 385814752,
  convnext_tiny: 4455531264,
  squeezenet1_1: 349151936,
  mnasnet1_0: 314415872,
  vit_b_16: 17563828224,
  swin_t: 4490566656,
  shufflenet_v2_x1_0: 144907992,
};

for (const [name, [params, ops]] of Object.entries(PUBLISHED)) {
  t.test(name, async (t) => {
    const { status, totals } = analyzed(name, { layers: false });
    t.equal(status, 'complete');
    t.equal(totals.params.trainable, params);
    t.equal((Number(totals.macs) / 1e9).toFixed(3), ops.toFixed(3));
    if (EXACT[name] !== undefined) t.equal(totals.macs, EXACT[name]);
  });
}

t.test('inception_v3: the published parameters are those with the auxiliary head', async (t) => {
  const { totals } = analyzed('inception_v3', { layers: false });
  // A 1x1 convolution to 128 channels and a 5x5 to 768, both with normalization, and a linear layer.
  const auxiliary = 768 * 128 + 2 * 128 + 25 * 128 * 768 + 2 * 768 + 768 * 1000 + 1000;
  t.equal(totals.params.trainable, 23834568);
  t.equal(Number(totals.params.trainable) + auxiliary, 27161264);
  t.equal(totals.macs, EXACT.inception_v3);
});

t.test('fpn_resnet50: the part that it is of fasterrcnn_resnet50_fpn', async (t) => {
  const { totals } = analyzed('fpn_resnet50', { layers: false });
  const proposals = 9 * 256 * 256 + 256 + (256 + 1) * 3 + (256 + 1) * 12;
  const regions = (256 * 49 + 1) * 1024 + (1024 + 1) * 1024 + (1024 + 1) * 91 + (1024 + 1) * 364;
  // There the normalizations are frozen: their scales and biases are no parameters.
  const frozen = 53120;
  t.equal(Number(totals.params.trainable) - frozen + proposals + regions, 41755286);
});

t.test('ResNets with gates', async (t) => {
  const plain = Number(analyzed('resnet50', { layers: false }).totals.params.trainable);
  const added = (name: string) => Number(analyzed(name, { layers: false }).totals.params.trainable) - plain;
  t.equal(added('se_resnet50') + plain, 28088024, 'as counted for seresnet50 of timm and of imgclsmob');
  t.equal(analyzed('se_resnet101', { layers: false }).totals.params.trainable, 49326872);
  t.equal(added('eca_resnet50'), 80, 'from the abstract of the paper');
  // A convolution of 7x7 from two channels to one and its normalization, in each of 16 blocks, beside the gates of SE.
  t.equal(added('cbam_resnet50'), added('se_resnet50') + 16 * (49 * 2 + 2));
  const original = analyzed('resnet50,variant=v1', { layers: false }).totals;
  t.equal(original.params.trainable, plain, 'where a block strides does not change its parameters');
  t.equal((Number(original.macs) / 1e9).toFixed(2), '3.86', 'from the abstract of ECA-Net');
});

t.test('YOLOv3: the weights that darknet publishes', async (t) => {
  const { params } = analyzed('yolov3', { layers: false }).totals;
  const header = 20;
  t.equal(4 * Number(params.stored) + header, 248007048, 'bytes of yolov3.weights');
  t.equal(params.trainable, 61949149);
});

t.test('PatchGAN: what pix2pix prints of its discriminator', async (t) => {
  t.equal((Number(analyzed('patchgan', { layers: false }).totals.params.trainable) / 1e6).toFixed(3), '2.769');
});
