import type { LayerJson } from './description.ts';
import { add, conv, maxPool } from './layers.ts';
import { images, named } from './naming.ts';
import { defineNetwork } from './network.ts';
import { RESNET50, residual } from './residual.ts';
import { resized } from './resize.ts';

/** One level: a 1x1 convolution of the stage, plus the level above brought to its size, smoothed by a 3x3. */
function level(index: number, stage: string): Record<string, LayerJson> {
  return {
    [`inner${index}`]: conv(256, 1, { from: stage }),
    ...resized(`up${index}`, `merged${index + 1}`, `inner${index}`, 'nearest'),
    [`merged${index}`]: add([`inner${index}`, `up${index}`]),
    [`P${index}`]: conv(256, 3, { padding: 1 }),
  };
}

export const fpn = defineNetwork({
  id: 'fpn',
  title: 'Feature Pyramid Network',
  summary: 'Lateral 1x1 convolutions bring the stages of a ResNet to one width; each level adds the coarser one above it.',
  paper: { title: 'Feature Pyramid Networks for Object Detection', authors: 'Lin and others', arxiv: '1612.03144' },
  year: 2016,
  parameters: {
    depth: { values: [50, 101, 152], default: 50, doc: 'Layers of the ResNet.' },
    variant: { values: ['v1', 'v1.5'], default: 'v1.5', doc: 'Where a bottleneck strides: in the first 1x1 (v1) or in the 3x3 (v1.5).' },
  },
  names: { fpn_resnet50: { depth: 50 }, fpn_resnet101: { depth: 101 }, fpn_resnet152: { depth: 152 } },
  describe: ({ depth, variant }) => {
    const { blocks, layers, stages } = residual({ ...RESNET50, depth, variant });
    const [c2, c3, c4, c5] = stages;
    return {
      inputs: images(512),
      blocks,
      layers: [
        ...layers,
        ...named({
          merged5: conv(256, 1, { from: c5 }),
          P5: conv(256, 3, { padding: 1 }),
          ...level(4, c4),
          ...level(3, c3),
          ...level(2, c2),
          P6: maxPool(1, 2, { from: 'P5' }),
        }),
      ],
      outputs: ['P2', 'P3', 'P4', 'P5', 'P6'],
    };
  },
});
