import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import type { Constant } from '../../src/core/graph.ts';
import type { Reading } from '../../src/formats/format.ts';
import { onnx } from '../../src/formats/onnx/index.ts';
import { parse } from '../../src/formats/onnx/message.ts';
import { newTensor } from '../../src/formats/onnx/records.ts';
import { constantOf } from '../../src/formats/onnx/tensor.ts';
import { TENSOR } from '../../src/formats/onnx/tensor-schema.ts';
import { Wire } from '../../src/formats/onnx/wire.ts';

export const LIMITS = readConfig({}).limits.reader;

/** Calls `use` with the folder of the models: an archive is unpacked, and taken away again afterwards. */
export function withModels<T>(path: string, use: (folder: string) => T): T {
  if (statSync(path).isDirectory()) return use(path);
  const folder = mkdtempSync(join(tmpdir(), 'fovea-conformance-'));
  try {
    execFileSync('tar', ['-xzf', path, '-C', folder]);
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files of all models below a folder, in a fixed order. */
export function modelsIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.onnx'));
  return files.sort().map((file) => join(folder, file));
}

/** What a model is called in a report: its folder, as all files of a suite are called model.onnx. */
export function nameOf(file: string): string {
  return basename(file) === 'model.onnx' ? basename(dirname(file)) : basename(file, '.onnx');
}

export function readModel(file: string): Reading {
  const reader = onnx.open(LIMITS);
  reader.push(readFileSync(file));
  return reader.end();
}

/** The tensors of a model's first data set that are there, by their place among its inputs. */
export function dataOf(file: string): Map<number, Constant> {
  const folder = join(dirname(file), 'test_data_set_0');
  const data = new Map<number, Constant>();
  if (!existsSync(folder)) return data;
  for (const name of readdirSync(folder)) {
    const index = /^input_(\d+)\.pb$/.exec(name)?.[1];
    if (index !== undefined) data.set(Number(index), readTensor(join(folder, name)));
  }
  return data;
}

function readTensor(file: string): Constant {
  const wire = new Wire(LIMITS);
  wire.buffer = readFileSync(file);
  wire.limit = wire.buffer.length;
  const record = newTensor();
  parse(wire, TENSOR, record, wire.buffer.length);
  return constantOf(record, () => {});
}
