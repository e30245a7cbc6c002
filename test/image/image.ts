import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Copy, DockerfileParser, type From, type Instruction } from 'dockerfile-ast';

export const ROOT = resolve(import.meta.dirname, '../..');

export interface Stage {
  readonly name: string | null;
  readonly image: string;
  readonly instructions: readonly Instruction[];
}

/** The Dockerfile, cut into its stages. */
export function stages(): Stage[] {
  const parsed = DockerfileParser.parse(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
  const found: { name: string | null; image: string; instructions: Instruction[] }[] = [];
  for (const instruction of parsed.getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const from = instruction as From;
      found.push({ name: from.getBuildStage(), image: from.getImage() ?? '', instructions: [] });
    } else found.at(-1)?.instructions.push(instruction);
  }
  return found;
}

/** The arguments of every instruction of a kind, in order. */
export function argumentsOf({ instructions }: Stage, keyword: string): string[][] {
  return instructions.filter((one) => one.getKeyword() === keyword).map((one) => one.getArguments().map((argument) => argument.getValue()));
}

/** A command in its JSON form, which no shell reads. */
export function commandOf({ instructions }: Stage, keyword: 'CMD' | 'HEALTHCHECK'): string[] {
  const text = instructions.findLast((one) => one.getKeyword() === keyword)?.getArgumentsContent() ?? '';
  return JSON.parse(/(\[.*\])\s*$/s.exec(text)?.[1] ?? '[]');
}

/** The environment that a stage sets. */
export function environmentOf(stage: Stage): Record<string, string> {
  return Object.fromEntries(argumentsOf(stage, 'ENV').flatMap((pairs) => pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2))));
}

export interface Copied {
  /** Another stage, or the folder that the image is built from. */
  readonly from: string | null;
  readonly sources: readonly string[];
  readonly to: string;
}

export function copiesOf({ instructions }: Stage): Copied[] {
  return instructions
    .filter((one): one is Copy => one.getKeyword() === 'COPY')
    .map((copy) => {
      const paths = copy.getArguments().map((argument) => argument.getValue());
      return { from: copy.getFromFlag()?.getValue() ?? null, sources: paths.slice(0, -1), to: paths.at(-1) ?? '' };
    });
}

/** Whether .dockerignore lets a path into the build. It names what is let in, and everything else is not. */
export function isSent(path: string): boolean {
  const [all, ...others] = readFileSync(join(ROOT, '.dockerignore'), 'utf8').trim().split('\n');
  if (all !== '*' || !others.every((line) => /^![\w.-]+$/.test(line))) throw new Error('.dockerignore is no list of what is let in');
  return others.some((line) => path === line.slice(1) || dirname(path).split('/')[0] === line.slice(1));
}
