/** A cell that is not equal: Fovea's figure less the tool's, to the unit, and why. */
export interface Difference {
  readonly difference: number;
  readonly why: string;
  /** `form`: the graph does not say whether a module or a function was called. Others are the few per cent that are left. */
  readonly kind: 'form' | 'other';
}

const form = (why: string, difference: number): Difference => ({ difference, why, kind: 'form' });
const other = (why: string, difference: number): Difference => ({ difference, why, kind: 'other' });

const FUNCTION = 'the tool sees modules, and this is a function';
const NO_AFFINE = 'ONNX norms have scale and bias always: affine=False is not in the graph';
const ATTENTION = 'nn.MultiheadAttention is one module, or one fused call, to the tool; the graph has its parts';
const SIZES = 'the tool counts arithmetic on sizes, which Fovea folds';
const STATES = 'the tool counts the making of initial states of zeros, which Fovea folds';
const IDENTITY = 'the exporter reads equal weights through Identity, which Fovea folds';
const TRAINING = 'the tool ran the model in training mode, where StochasticDepth multiplies, and counts arithmetic on sizes';
const AUXILIARY = 'the tool ran the model with its auxiliary heads, which the file does not have';

/** Operators, by case and convention. */
export const OPERATORS: Readonly<Record<string, Readonly<Record<string, Difference>>>> = {
  'F.linear 64->128 bias (2,10,64)': {
    ptflops: form('the tool takes F.linear for an operator of Python', 166400),
    thop: form(FUNCTION, 163840),
    torchinfo: form(FUNCTION, 166400),
  },
  'sdpa q=k=v (1,4,32,16)': { 'onnx-opcounter': other(SIZES, -4) },
  'MultiheadAttention d64 h4 L32': {
    torch: form(ATTENTION, 1048576),
    ptflops: form(ATTENTION, -137216),
    thop: form(ATTENTION, 524288),
    torchinfo: form(ATTENTION, 532480),
    torchprofile: other(SIZES, -4),
    'onnx-opcounter': other(SIZES, -6),
  },
  'LSTM 64->32 T10': { 'onnx-opcounter': other(STATES, -70) },
  'GRU 64->32 T10': { 'onnx-opcounter': other(STATES, -35) },
  'LSTM bidir 64->32 T10': { 'onnx-opcounter': other(STATES, -134) },
  'LSTM 2 layers 64->32 T10': { 'onnx-opcounter': other(STATES, -140) },
  'BatchNorm2d affine eval': { 'onnx-opcounter': other(IDENTITY, -32) },
  'BatchNorm2d no affine eval': {
    fvcore: form(NO_AFFINE, 4096),
    ptflops: form(NO_AFFINE, 4096),
    thop: form(NO_AFFINE, 8192),
    torchinfo: form(NO_AFFINE, 32),
    torchprofile: form(NO_AFFINE, 4096),
    deepspeed: form(NO_AFFINE, 4096),
  },
  'InstanceNorm2d noaffine': {
    fvcore: form(NO_AFFINE, 4096),
    ptflops: form(NO_AFFINE, 4096),
    thop: form(NO_AFFINE, 8192),
    torchinfo: form(NO_AFFINE, 32),
    torchprofile: form(NO_AFFINE, 4096),
    deepspeed: form(NO_AFFINE, 4096),
  },
  'F.interpolate bilinear size 32': {
    ptflops: form('a function counts once, a module twice', 16384),
    thop: form(FUNCTION, 180224),
    'onnx-opcounter': other(SIZES, -4),
  },
  'Reused Linear 10x10 x3': { 'onnx-opcounter': other(IDENTITY, -200) },
};

const SUBCLASS = 'LayerNorm2d is a subclass of LayerNorm, which the tool does not know';
const ONCE = 'functions count once, modules twice';

/** Models, by name and convention. */
export const MODELS: Readonly<Record<string, Readonly<Record<string, Difference>>>> = {
  convnext_tiny: { ptflops: form(SUBCLASS, 828672), thop: form(SUBCLASS, 3314688), torchprofile: other(TRAINING, -1843968) },
  densenet121: { ptflops: form(`${ONCE}: the last ReLU and pool`, 100352), thop: form(`${FUNCTION}: the last pool`, 51200) },
  efficientnet_b0: { torchprofile: other(TRAINING, -210112) },
  googlenet: {
    ptflops: form(`${ONCE}: ReLU`, 3226160),
    torchinfo: other(AUXILIARY, -8376784),
    torchprofile: other(AUXILIARY, -8392960),
  },
  inception_v3: { ptflops: form(`${ONCE}: ReLU and most pools`, 11544640), thop: form(`${FUNCTION}: average pools`, 2002400) },
  maxvit_t: { thop: form(`${FUNCTION}: Softmax`, 8241408), torchprofile: other(TRAINING, -3512342) },
  mobilenet_v2: { ptflops: form(`${ONCE}: the last pool`, 62720), thop: form(`${FUNCTION}: the last pool`, 64000) },
  swin_t: {
    ptflops: form(`${FUNCTION}: the projections of attention`, 1252844544),
    thop: form(`${FUNCTION}: the projections of attention, Softmax`, 1393790496),
    torchinfo: form(`${FUNCTION}: the projections of attention`, 1392986112),
    torchprofile: other(TRAINING, -2257944),
  },
  vit_b_16: {
    fvcore: form(ATTENTION, 715327488),
    torch: form(ATTENTION, 12585406464),
    'ptflops-aten': form(ATTENTION, 715327488),
    ptflops: form(ATTENTION, -717143040),
    thop: form(ATTENTION, 5594112864),
    torchinfo: form(ATTENTION, 5584637952),
    torchprofile: form(`${ATTENTION}, among them products with the scale`, 3631055),
  },
};
