/**
 * Keeps a handful of networks, so that the dashboard has something to show: members of the zoo under their names, and a small
 * encoder that grows over seven versions. Safe to run again: what is kept already stays as it is.
 */
const { FOVEA_URL = 'http://127.0.0.1:3000', FOVEA_TOKEN } = process.env;

const ZOO: readonly (readonly [tag: string, ...names: string[]])[] = [
  ['classic', 'alexnet', 'vgg11', 'vgg16'],
  ['residual', 'resnet18', 'resnet50', 'resnext50_32x4d'],
  ['mobile', 'mobilenet_v2', 'mobilenet_v3_large', 'shufflenet_v2_x1_0', 'squeezenet1_1'],
  ['dense', 'densenet121', 'unet'],
];

/** One stage: how many channels, how many layers, and what is special about them. */
type Stage = readonly [channels: number, layers: number, layer?: Readonly<Record<string, unknown>>];

const ENCODER: readonly (readonly [note: string, ...stages: Stage[]])[] = [
  ['three stages of one 5x5 each', [32, 1, { kernel_size: 5 }], [64, 1, { kernel_size: 5 }], [128, 1, { kernel_size: 5 }]],
  ['two 3x3 in place of each 5x5', [32, 2], [64, 2], [128, 2]],
  ['a fourth stage', [32, 2], [64, 2], [128, 2], [256, 2]],
  ['wider at the end', [32, 2], [64, 2], [160, 2], [320, 2]],
  ['three layers in the last stages', [32, 2], [64, 2], [160, 3], [320, 3]],
  ['dilation in the last stage', [32, 2], [64, 2], [160, 3], [320, 3, { dilation: 2 }]],
  ['groups of 8 in the last two stages', [32, 2], [64, 2], [160, 3, { groups: 8 }], [320, 3, { dilation: 2, groups: 8 }]],
];

function encoder(stages: readonly Stage[]): unknown {
  const layers = stages.flatMap(([channels, count, layer], stage) => [
    ...Array.from({ length: count }, (_, i) => {
      // Groups divide the channels that come in, which the first layer of a stage takes from the one before.
      const { groups = 1, ...more } = layer ?? {};
      const convolution = { type: 'Conv2d', out_channels: channels, kernel_size: 3, padding: 'same', bias: false, ...more };
      return [{ ...convolution, groups: i === 0 ? 1 : groups }, { type: 'BatchNorm2d' }, { type: 'ReLU' }];
    }).flat(),
    ...(stage < stages.length - 1 ? [{ type: 'MaxPool2d', kernel_size: 2 }] : []),
  ]);
  return { version: 1, name: 'encoder', inputs: { image: ['batch', 3, 256, 256] }, layers };
}

async function keep(body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json', ...(FOVEA_TOKEN && { authorization: `Bearer ${FOVEA_TOKEN}` }) };
  const answer = await fetch(new URL('/v1/networks', FOVEA_URL), { method: 'POST', headers, body: JSON.stringify(body) });
  const kept = (await answer.json()) as { version: string; detail: string };
  if (!answer.ok) throw new Error(`${answer.status}: ${kept.detail}`);
  console.log(kept.version);
}

/** An old version kept again would be a new one at the end of the history. */
async function isKept(ref: string): Promise<boolean> {
  const headers = FOVEA_TOKEN ? { authorization: `Bearer ${FOVEA_TOKEN}` } : {};
  return (await fetch(new URL(`/v1/networks/${ref}`, FOVEA_URL), { headers })).ok;
}

for (const [tag, ...names] of ZOO) {
  for (const name of names) await keep({ network: { ref: `zoo:${name}` }, name, tags: [tag] });
}
for (const [i, [note, ...stages]] of ENCODER.entries()) {
  if (!(await isKept(`name:encoder@${i + 1}`))) await keep({ network: encoder(stages), name: 'encoder', tags: ['encoder'], note });
}
