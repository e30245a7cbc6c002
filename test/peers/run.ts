/**
 * Holds every convention to what its tool counted on the same operators and models. The tables are not part of the
 * repository: `FOVEA_REFERENCE` names the folder that holds `reference/peer_*.csv` and `models/torchvision`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNetwork } from '../../src/analysis/read-network.ts';
import { readConfig } from '../../src/config.ts';
import { analyze } from '../../src/core/analyze.ts';
import { conventions } from '../../src/core/cost/conventions/index.ts';
import type { Network } from '../../src/core/graph.ts';
import { type Difference, MODELS, OPERATORS } from './apart.ts';
import { CASES, networkOf } from './cases.ts';

/** Conventions with their columns in the table of operators and in that of models. */
const COLUMNS: readonly (readonly [convention: string, operators: string, models: string])[] = [
  ['fvcore', 'fvcore_macs', 'fvcore'],
  ['torch', 'torch_flops', 'torch'],
  ['ptflops-aten', 'ptflops_aten_macs', 'ptflops_aten'],
  ['ptflops', 'ptflops_pytorch_macs', 'ptflops_pytorch'],
  ['thop', 'thop_macs', 'thop'],
  ['torchinfo', 'torchinfo_multadds', 'torchinfo'],
  ['torchprofile', 'torchprofile_macs', 'torchprofile'],
  ['deepspeed', 'deepspeed_flops/macs', ''],
  ['onnx-opcounter', 'onnx_opcounter_macs', ''],
];

/** Most cells that may differ for another reason than their form, of those that do not. */
const MAX_OTHER = 0.05;

const cells = { equal: 0, form: 0, other: 0, failed: 0 };

function fail(what: string): void {
  cells.failed += 1;
  console.log(`FAIL ${what}`);
}

/** What the convention of the tool as it is gives; the corrected one differs where the tool is wrong. */
function figure(network: Network, convention: string): number {
  const versioned = conventions().find(({ id }) => id.startsWith(`${convention}@`));
  const { totals, status } = analyze(network, { convention: versioned?.id ?? convention, layers: false });
  return status === 'complete' ? Number(totals.cost.value) : Number.NaN;
}

function check(what: string, convention: string, network: Network, expected: number, apart: Difference | undefined): void {
  const found = figure(network, convention);
  if (found - expected !== (apart?.difference ?? 0)) fail(`${what} by ${convention}: ${found}, the tool has ${expected}`);
  else cells[apart?.kind ?? 'equal'] += 1;
}

function checkOperators(folder: string): void {
  const table = rows(join(folder, 'peer_op_counts.csv'));
  const unknown = Object.keys(OPERATORS).filter((name) => !table.some((row) => row.case === name));
  if (unknown.length > 0) fail(`listed, but not in the table: ${unknown.join(', ')}`);
  for (const row of table) {
    const name = row.case as string;
    const found = CASES[name];
    if (!found) fail(`${name}: there is no such case`);
    else {
      for (const [convention, column] of COLUMNS) {
        const network = networkOf(convention.startsWith('onnx') ? (found.exported ?? found.module) : found.module);
        check(name, convention, network, Number.parseInt(row[column] as string, 10), OPERATORS[name]?.[convention]);
      }
    }
  }
}

async function checkModels(folder: string, models: string): Promise<void> {
  for (const row of rows(join(folder, 'peer_model_counts.csv'))) {
    const name = row.model as string;
    const network = await read(join(models, `${name}.onnx`));
    const published = (figure(network, 'torchvision') / 1e9).toFixed(3);
    if (published === Number(row._ops_meta).toFixed(3)) cells.equal += 1;
    else fail(`${name} GMACs: ${published}, published are ${row._ops_meta}`);
    for (const [convention, , column] of COLUMNS) {
      const expected = Number(row[column]);
      // Some tools fail on some models, and have no figure.
      if (column !== '' && !Number.isNaN(expected)) check(name, convention, network, expected, MODELS[name]?.[convention]);
    }
  }
}

function read(file: string): Promise<Network> {
  async function* chunks() {
    yield readFileSync(file);
  }
  return readNetwork(chunks(), { limits: readConfig({}).limits.reader, maxBytes: Number.POSITIVE_INFINITY });
}

function rows(file: string): Record<string, string>[] {
  const [head = [], ...lines] = readFileSync(file, 'utf8').trim().split('\n').map(fields);
  return lines.map((line) => Object.fromEntries(line.map((cell, i) => [head[i] ?? '', cell])));
}

/** Cells of a line; a quoted one may hold commas. */
function fields(line: string): string[] {
  return [...line.matchAll(/(?:"([^"]*)"|([^,]*))(?:,|$)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

const reference = process.env.FOVEA_REFERENCE;
const models = reference ? join(reference, 'models', 'torchvision') : '';
if (reference && existsSync(models)) {
  checkOperators(join(reference, 'reference'));
  await checkModels(join(reference, 'reference'), models);
  const { equal, form, other } = cells;
  console.log(`${equal} equal; ${form} differ as stated, for their form is not in a graph; ${other} differ as stated for other reasons`);
  if (other > MAX_OTHER * (equal + other)) fail('too many cells differ for other reasons than their form');
} else console.log('SKIPPED: the comparison with other tools needs FOVEA_REFERENCE; NOTHING WAS CHECKED');
console.log(`${cells.equal + cells.form + cells.other} passed, ${cells.failed} failed`);
process.exitCode = cells.failed > 0 ? 1 : 0;
