import type { Ask, Path, Question } from './notes.ts';

/** Networks side by side. */
function compare(...refs: readonly string[]): Ask {
  return { url: '/v1/compare', body: { networks: refs.map((ref) => ({ ref })) } };
}

const patterns = (...ids: readonly string[]) => compare(...ids.map((id) => `pattern:${id}`));

/** Where a report says something of the field of a layer along the height. */
const field = (layer: string, what: string): Path => ['layers', layer, 'outputs', 0, 'receptiveFields', 0, 'axes', 0, what];

/** The questions, in the order in which they come up. */
export const NOTES: readonly Question[] = [
  {
    title: 'What does the usual step conv-bn-relu cost, and what is left of it for inference?',
    text: 'A batch normalization is a factor and an offset per channel. Folded into the convolution it becomes a bias: the field and the multiply-accumulates stay, and one map less is written and read.',
    asks: [patterns('conv-bn-relu', 'folded-conv-relu')],
  },
  {
    title: 'Why two 3x3 convolutions in place of one 5x5, and three in place of one 7x7?',
    text: 'The stack sees as much, bends more often and has fewer weights. What it pays with is activations that training has to keep, and a narrower effective field: paths through the middle are more than paths along the edge.',
    asks: [
      patterns('one-5x5', 'two-3x3'),
      patterns('one-7x7', 'three-3x3'),
      {
        text: 'The saving rests on channels that stay the same. Where the convolution also widens, as the second one of AlexNet does (64 to 192 channels), the second 3x3 works on all of the wide ones:',
        url: '/v1/what-if',
        body: { network: { ref: 'zoo:alexnet' }, edits: [{ kind: 'stack', layer: 'features/3' }] },
        columns: ['before', 'after'],
        shows: (
          [
            ['parameters', 'params'],
            ['multiply-accumulates', 'macs'],
            ['non-linearities', 'nonlinearities'],
            ['receptive field', 'receptiveField.H'],
          ] as const
        ).map(([label, name]) => [label, ['changes', name, 'before'], ['changes', name, 'after']]),
      },
    ],
  },
  {
    title: 'What if no activation stands between the two?',
    text: 'Then they are one linear map, and a single convolution of the same field can do all that they do. The activation between is what makes the difference.',
    asks: [patterns('one-5x5', 'two-3x3,between=none')],
  },
  {
    title: 'At equal parameters: fat and shallow, or thin and deep?',
    text: 'The width of the thin network is computed so that the parameters are as near as integers allow. Deep layers reuse what earlier ones have found; which of the two learns better is not a question that structure alone answers.',
    asks: [patterns('fat-shallow-mlp', 'thin-deep-mlp')],
  },
  {
    title: 'Why downsample at all?',
    text: 'Maps of the full size take memory and computation in every layer, and the field grows by a constant only. Behind a stride every layer adds its window times all strides before it.',
    asks: [
      patterns('no-downsampling', 'downsampling'),
      ...(['no-downsampling', 'downsampling'] as const).map(
        (id, i): Ask => ({
          ...(i === 0 && { text: 'Training keeps what the backward pass needs, for each image of the batch. Bytes for a batch of 32:' }),
          url: `/v1/networks/pattern:${id}/memory?batch=32`,
          columns: [id],
          shows: [
            ['kept for the backward pass', ['training', 'saved', 'bytes']],
            ['one step of training in all', ['training', 'totalBytes']],
            ['inference, at the peak', ['peak', 'bytes']],
          ],
        }),
      ),
    ],
  },
  {
    title: 'Max pooling, or a convolution with a stride?',
    text: 'A stride in the convolution itself computes a quarter of the positions, and sees less than with a pooling behind. A strided convolution in place of the pooling sees as much, and has to learn how to summarize.',
    asks: [patterns('max-pool', 'strided-convolution', 'pool-as-convolution')],
  },
  {
    title: 'How is a receptive field computed?',
    text: 'From the input on, a window of k adds (k - 1) times its dilation times the product of all strides before it. The waterfall of the view tells what each layer adds.',
    asks: [
      {
        url: '/v1/networks/zoo:vgg16/receptive-field',
        columns: ['adds', 'field so far'],
        shows: [
          'features/0',
          'features/2',
          'features/4',
          'features/5',
          'features/9',
          'features/16',
          'features/23',
          'features/28',
          'features/30',
        ].map((layer) => {
          const step = ['fields', 0, 'why', 0, 'strict', 'waterfall', layer];
          return [`\`${layer}\``, [...step, 'contribution'], [...step, 'size']] as const;
        }),
      },
      {
        text: 'With branches every path counts, not only the longest. ResNet-50 has its stride in the 1x1 convolution in the paper, and in the 3x3 in torchvision:',
        ...compare('zoo:resnet50', 'zoo:resnet50,variant=v1'),
      },
    ],
  },
  {
    title: 'How does a network reach a field sooner?',
    text: 'Strides as early as possible: all that comes behind them steps further over the input, on smaller maps.',
    asks: [patterns('late-stride', 'early-stride')],
  },
  {
    title: 'Does all of the field count alike?',
    text: 'No: the influence lies around the middle (Luo et al. 2016). Sigma is its spread, and the side of the square that holds 95 % of it is far less than the field. `as=svg` draws it; with `layer=` and `unit=` that of any other unit.',
    asks: [
      {
        url: '/v1/networks/zoo:resnet50/effective-receptive-field',
        shows: [
          ['receptive field', ['field', 'axes', 0, 'size']],
          ['sigma', ['field', 'axes', 0, 'sigma']],
          ['four sigma, as a share of the field', ['field', 'axes', 0, 'ratio']],
          ['side of the square that holds half of the influence', ['field', 'sides', 0, 'side']],
          ['side of the square that holds 95 %', ['field', 'sides', 1, 'side']],
        ],
      },
    ],
  },
  {
    title: 'What is a receptive field good for? Objects',
    text: 'A unit can only judge what it sees: its field should hold the object and some surroundings. The units of the region proposal network on VGG-16 are asked about boxes of 128, 256 and 512 pixels; the largest boxes are larger than what they see.',
    asks: [
      {
        url: '/v1/networks/zoo:faster_rcnn_vgg16/report',
        columns: ['receptive field', 'stride'],
        shows: ['conv5_3', 'rpn_conv', 'rpn_cls_score', 'rpn_bbox_pred'].map(
          (layer) => [`\`${layer}\``, field(layer, 'size'), field(layer, 'stride')] as const,
        ),
      },
    ],
  },
  {
    title: 'What is a receptive field good for? Cutting an image into tiles',
    text: 'Tiles that overlap by the field of the output give the same result as the whole image. How much, and which sizes fit the strides:',
    asks: [
      {
        url: '/v1/networks/zoo:unet_padded/tiling',
        shows: [
          ['margin to the left that an output needs', ['axes', 0, 'grid', 'readHalo', 'left']],
          ['margin to the right', ['axes', 0, 'grid', 'readHalo', 'right']],
          ['overlap of neighbouring tiles', ['axes', 0, 'grid', 'overlap']],
          ['tile sizes are multiples of', ['axes', 0, 'grid', 'tileSizes', 'multipleOf']],
          ['smallest tile', ['axes', 0, 'grid', 'tileSizes', 'smallest']],
        ],
      },
    ],
  },
  {
    title: 'What is a receptive field good for? Layers that an input is too small for',
    text: 'A layer whose input already sees the whole image finds nothing new in its window (Richter et al. 2021). ResNet-18 on images of 32 pixels:',
    asks: [
      {
        url: '/v1/networks/zoo:resnet18/receptive-field?input=image:1x3x32x32',
        shows: [
          ['receptive field', ['fields', 0, 'axes', 0, 'field', 'size']],
          ['unproductive layers', ['productivity', 0, 'shares', 'unproductive', 'layers']],
          ['their share of the multiply-accumulates, %', ['productivity', 0, 'shares', 'unproductive', 'macsPercent']],
          ['their share of the parameters, %', ['productivity', 0, 'shares', 'unproductive', 'paramsPercent']],
          ['smallest input that makes every layer productive', ['productivity', 0, 'inputRange', 0, 'min']],
        ],
      },
    ],
  },
  {
    title: 'How do the receptive field and the total sampling ratio depend on each other?',
    text: 'They do not. One field at three total strides:',
    asks: [
      patterns('field-15-stride-1', 'field-15-stride-2', 'field-15-stride-4'),
      {
        text: 'The total stride decides how many outputs an image gives. OverFeat asks one classifier at every position: at 245 x 245 pixels it fits once, and each 36 pixels more give one output more.',
        url: '/v1/networks/zoo:overfeat_accurate/report?layers=none&input=image:1x3x245x245',
        shows: [
          ['total stride', ['totals', 'stride', 'H']],
          ['output', ['outputs', 0, 'shape']],
        ],
      },
      ...['281x317', '461x569'].map(
        (size): Ask => ({
          url: `/v1/networks/zoo:overfeat_accurate/report?layers=none&input=image:1x3x${size}`,
          shows: [['output', ['outputs', 0, 'shape']]],
        }),
      ),
    ],
  },
  {
    title: 'What does dilation do to a field, and what are its holes?',
    text: 'A dilated window reaches further at the same cost. Where all rates share a factor, neighbouring units look at different grids and none sees all positions.',
    asks: [patterns('dilated-1-2-5', 'dilated-1-2-4', 'dilated-2-2-2')],
  },
  {
    title: 'How is a fully connected layer a convolution?',
    text: 'A window of the size of the maps has one weight for each position, as the fully connected layer has. As a convolution it slides over larger maps, so that the input size is free; the layers behind it are 1x1 convolutions.',
    asks: [
      patterns('fc-head', 'fc-as-convolution'),
      {
        text: 'A classifier such as VGG-16 can be rewritten so. Now its last units have a place, and their field goes beyond the image that they were trained on:',
        url: '/v1/what-if',
        body: { network: { ref: 'zoo:vgg16' }, edits: [{ kind: 'fc-to-conv' }] },
        columns: ['before', 'after'],
        shows: (
          [
            ['parameters', 'params'],
            ['multiply-accumulates', 'macs'],
            ['receptive field', 'receptiveField.H'],
          ] as const
        ).map(([label, name]) => [label, ['changes', name, 'before'], ['changes', name, 'after']]),
      },
    ],
  },
  {
    title: 'What do the 1x1 convolutions of a region proposal network do?',
    text: 'They are a fully connected layer at every position: two scores and four numbers for each of nine boxes. They do not widen the field.',
    asks: [
      {
        url: '/v1/networks/zoo:faster_rcnn_vgg16/report',
        columns: ['output', 'parameters', 'receptive field'],
        shows: ['rpn_conv', 'rpn_cls_score', 'rpn_bbox_pred'].map(
          (layer) =>
            [
              `\`${layer}\``,
              ['layers', layer, 'attributes', 'kernel_shape'],
              ['layers', layer, 'params', 'trainable'],
              field(layer, 'size'),
            ] as const,
        ),
      },
    ],
  },
  {
    title: 'How do 1x1 convolutions save parameters in GoogLeNet?',
    text: 'An inception module joins fields of several sizes:',
    asks: [
      {
        url: '/v1/networks/pattern:inception-reduced/report',
        columns: ['receptive field', 'parameters'],
        shows: ['one', 'three_reduce', 'three', 'five_reduce', 'five', 'pool_project', 'join'].map(
          (layer) => [`\`${layer}\``, field(layer, 'size'), ['layers', layer, 'params', 'trainable']] as const,
        ),
      },
      {
        text: 'Its expensive windows stand behind a 1x1 convolution that narrows the channels. The 5x5 of the first module, and the whole module:',
        ...patterns('direct-convolution', 'reduced-convolution'),
      },
      patterns('inception-naive', 'inception-reduced'),
    ],
  },
  {
    title: 'And in ResNet?',
    text: 'A 1x1 down to a quarter of the channels, a 3x3 there, a 1x1 up again. The block of the second kind sees less than the block of two 3x3.',
    asks: [
      patterns('basic-block', 'bottleneck-block'),
      {
        text: 'The paper sets it beside a block of 64 channels, which costs about as much:',
        ...patterns('basic-block,channels=64', 'bottleneck-block'),
      },
    ],
  },
  {
    title: 'How do layers of different size and width come together in a feature pyramid?',
    text: 'The coarser level is enlarged to the size of the finer one, and a 1x1 convolution brings the finer stage to its width; then they can be added.',
    asks: [
      patterns('no-lateral-connection', 'lateral-connection'),
      {
        text: 'The levels of the pyramid on ResNet-50. Fields differ a little by place, since the enlargement repeats values:',
        url: '/v1/networks/zoo:fpn_resnet50/report',
        columns: ['stride', 'smallest field', 'largest field', 'output'],
        shows: ['P2', 'P3', 'P4', 'P5', 'P6'].map(
          (level) =>
            [
              level,
              field(level, 'stride'),
              field(level, 'sizeMin'),
              field(level, 'size'),
              ['layers', level, 'outputs', 0, 'shape'],
            ] as const,
        ),
      },
    ],
  },
  {
    title: 'How do channels learn of each other?',
    text: 'A 1x1 convolution mixes channels at one place. Depthwise separable convolutions leave all of the mixing to it:',
    asks: [
      patterns('full-3x3', 'depthwise-separable'),
      {
        text: 'A gate on the channels (squeeze and excitation) relates them over the whole image, for hardly any computation. The field is then the whole input; without gates it is what it was.',
        ...patterns('no-gate', 'se-gate'),
      },
    ],
  },
];
