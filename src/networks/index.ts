/** The networks that Fovea knows by name. Each is described when it is asked for. */
import { alexnet } from './alexnet.ts';
import { cbamResnet, ecaResnet, seResnet } from './attention-resnet.ts';
import { convnext } from './convnext.ts';
import { deeplab } from './deeplab.ts';
import { densenet } from './densenet.ts';
import { efficientnet } from './efficientnet.ts';
import { fasterRcnn } from './faster-rcnn.ts';
import { fpn } from './fpn.ts';
import { googlenet } from './googlenet.ts';
import { inception } from './inception.ts';
import { mnasnet } from './mnasnet.ts';
import { mobilenetV1 } from './mobilenet-v1.ts';
import { mobilenetV2 } from './mobilenet-v2.ts';
import { mobilenetV3 } from './mobilenet-v3.ts';
import type { BuiltIn } from './network.ts';
import { nin } from './nin.ts';
import { overfeat } from './overfeat.ts';
import { patchgan } from './patchgan.ts';
import { patternNamed, patterns } from './patterns/index.ts';
import { answersTo, type Described, describeMember } from './reference.ts';
import { resnet } from './resnet.ts';
import { resnet3d } from './resnet3d.ts';
import { shufflenet } from './shufflenet.ts';
import { squeezenet } from './squeezenet.ts';
import { swin } from './swin.ts';
import { tcn } from './tcn.ts';
import { unet } from './unet.ts';
import { vgg } from './vgg.ts';
import { vit } from './vit.ts';
import { wavenet } from './wavenet.ts';
import { yolov3 } from './yolov3.ts';

const FAMILIES: readonly BuiltIn[] = [
  alexnet,
  vgg,
  overfeat,
  nin,
  googlenet,
  inception,
  resnet,
  seResnet,
  ecaResnet,
  cbamResnet,
  densenet,
  squeezenet,
  mobilenetV1,
  mobilenetV2,
  mobilenetV3,
  shufflenet,
  mnasnet,
  efficientnet,
  convnext,
  vit,
  swin,
  fasterRcnn,
  fpn,
  yolov3,
  deeplab,
  unet,
  patchgan,
  wavenet,
  tcn,
  resnet3d,
];

/** Every family: classifiers first, then dense prediction and sequences. */
export function builtIns(): readonly BuiltIn[] {
  return FAMILIES;
}

/** Every name that stands for a network as it is. */
export function networkNames(): readonly string[] {
  return [...new Set(FAMILIES.flatMap(({ id, names }) => [id, ...Object.keys(names)]))];
}

/**
 * The network that a ref such as `zoo:resnet50`, `zoo:resnet,depth=50,variant=v1` or `pattern:two-3x3` stands for; null
 * where there is no such name. A plain name takes parameters too: `zoo:resnet50,variant=v1`. Faults: those of `describeMember`.
 */
export function describeRef(ref: string): Described | null {
  const colon = ref.indexOf(':');
  const [name = '', ...assignments] = ref.slice(colon + 1).split(',');
  switch (ref.slice(0, colon + 1)) {
    case 'zoo:': {
      const family = FAMILIES.find((candidate) => answersTo(candidate, name));
      if (family === undefined) return null;
      const { title, summary, paper, year } = family;
      return describeMember(family, name, assignments, `${title}. ${summary} ${paper.authors}, ${year}.`);
    }
    case 'pattern:': {
      const pattern = patternNamed(name);
      return pattern === null ? null : describeMember(pattern, name, assignments, `${pattern.title}. ${pattern.summary}`);
    }
    default:
      return null;
  }
}

/** Every ref without parameters that begins like this one, with `zoo:` or `pattern:`. */
export function refsLike(ref: string): readonly string[] {
  if (ref.startsWith('zoo:')) return networkNames().map((name) => `zoo:${name}`);
  return ref.startsWith('pattern:') ? patterns().map(({ id }) => `pattern:${id}`) : [];
}
