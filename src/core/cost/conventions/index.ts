import { Fault } from '../../fault.ts';
import type { Convention } from './convention.ts';
import { deepspeed, deepspeed019 } from './deepspeed.ts';
import { fovea } from './fovea.ts';
import { fvcore, fvcore015 } from './fvcore.ts';
import { onnxOpcounter, onnxOpcounter004 } from './onnx-opcounter.ts';
import { ptflops, ptflops07 } from './ptflops.ts';
import { ptflopsAten, ptflopsAten07 } from './ptflops-aten.ts';
import { thop, thop011 } from './thop.ts';
import { torch, torch213 } from './torch.ts';
import { torchinfo, torchinfo18 } from './torchinfo.ts';
import { torchprofile, torchprofile01 } from './torchprofile.ts';
import { torchvision } from './torchvision.ts';

/** Every convention, one line for each tool: the rules as they are meant, then those of a version, mistakes and all. */
const CONVENTIONS: readonly Convention[] = [
  fovea,
  torchvision,
  ...[fvcore, fvcore015],
  ...[torch, torch213],
  ...[ptflops, ptflops07],
  ...[ptflopsAten, ptflopsAten07],
  ...[thop, thop011],
  ...[torchinfo, torchinfo18],
  ...[torchprofile, torchprofile01],
  ...[deepspeed, deepspeed019],
  ...[onnxOpcounter, onnxOpcounter004],
];

const BY_ID: ReadonlyMap<string, Convention> = new Map(CONVENTIONS.map((convention) => [convention.id, convention]));

/** Every convention, Fovea's own first. */
export function conventions(): readonly Convention[] {
  return CONVENTIONS;
}

/** A convention by its id. Fault: `unknown-convention`. */
export function conventionOf(id: string): Convention {
  const found = BY_ID.get(id);
  if (found) return found;
  const ids = [...BY_ID.keys()].join(', ');
  throw new Fault('unknown-convention', `there is no convention ${JSON.stringify(id.slice(0, 80))}; there are ${ids}`);
}
