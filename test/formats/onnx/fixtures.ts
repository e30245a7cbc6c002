import { readdirSync, readFileSync } from 'node:fs';

export interface Fixture {
  readonly name: string;
  readonly file: Buffer;
}

function inFolder(folder: URL): Fixture[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.onnx'));
  return names.sort().map((name) => ({ name, file: readFileSync(new URL(name, folder)) }));
}

/** The files of test/fixtures. */
export const fixtures: readonly Fixture[] = inFolder(new URL('../../fixtures/', import.meta.url));

export function fixture(name: string): Buffer {
  const found = fixtures.find((f) => f.name === `${name}.onnx`);
  if (!found) throw new Error(`no fixture ${name}`);
  return found.file;
}

const reference = process.env.FOVEA_REFERENCE;

/** Public models that are not part of the repository: those below `models` in the folder FOVEA_REFERENCE, if it is set. */
export const publicModels: readonly Fixture[] | undefined = reference ? inFolder(new URL(`file://${reference}/models/`)) : undefined;
