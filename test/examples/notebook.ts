import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { replica } from '../store/process.ts';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const NOTEBOOK = path('examples/notebook.ipynb');

interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string | readonly string[];
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
}

interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly source: string | readonly string[];
    readonly outputs?: readonly Output[];
  }[];
}

function joined(lines: string | readonly string[] | undefined): string {
  return typeof lines === 'string' ? lines : (lines ?? []).join('');
}

/** What a cell shows by kind. Pictures of pixels are there or not: they differ by fonts and machines. */
function shown(outputs: readonly Output[] = []): Record<string, string> {
  const texts = outputs
    .filter(({ name }) => name !== 'stderr')
    .flatMap(({ output_type, text, data = {} }): [string, string][] =>
      output_type === 'stream' ? [['stream', joined(text)]] : Object.entries(data).map(([type, value]) => [type, joined(value)]),
    );
  const all: Record<string, string> = {};
  for (const [type, text] of texts) all[type] = (all[type] ?? '') + (type === 'image/png' ? text.slice(0, 8) : text);
  return all;
}

/** Python with the libraries of the notebook in the folder; null where there is none to be had. */
function python(folder: string): string | null {
  const given = process.env.FOVEA_PYTHON;
  if (given) return given;
  const environment = join(folder, 'venv');
  const bin = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
  const made =
    spawnSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' }).status === 0 &&
    spawnSync(bin, ['-m', 'pip', 'install', '--quiet', '-r', path('examples/requirements.txt')], { stdio: 'inherit' }).status === 0;
  return made && existsSync(bin) ? bin : null;
}

/**
 * Executes the notebook against the service, and compares what its cells show with what is committed. FOVEA_UPDATE=1 writes
 * it anew. FOVEA_PYTHON names a Python that has the libraries.
 */
export async function notebookSuite(t: Test, folder: string): Promise<void> {
  const bin = python(folder);
  if (bin === null) {
    console.log('!! SKIPPED: the notebook needs python3 and the packages of examples/requirements.txt; IT WAS NOT EXECUTED');
    return;
  }
  const service = await replica(`sqlite:${join(folder, 'notebook.sqlite')}`);
  t.teardown(() => service.kill());
  const written = join(folder, 'notebook.ipynb');
  const env = { ...process.env, FOVEA_URL: service.url, IPYTHONDIR: join(folder, 'ipython'), MPLCONFIGDIR: join(folder, 'matplotlib') };
  const { status, stderr } = spawnSync(bin, [path('test/examples/execute.py'), NOTEBOOK, written], { env, encoding: 'utf8' });
  t.equal(status, 0, 'every cell runs');
  if (status !== 0) return void t.comment(stderr);

  const now: Notebook = JSON.parse(readFileSync(written, 'utf8'));
  if (process.env.FOVEA_UPDATE === '1') writeFileSync(NOTEBOOK, readFileSync(written));
  const committed: Notebook = JSON.parse(readFileSync(NOTEBOOK, 'utf8'));
  t.equal(now.cells.length, committed.cells.length);
  now.cells.forEach(({ source, outputs }, i) => {
    t.strictSame(shown(outputs), shown(committed.cells[i]?.outputs), `cell ${i + 1}: ${joined(source).split('\n')[0]}`);
  });

  const texts = now.cells.map(({ outputs }) => Object.values(shown(outputs)).join('\n')).join('\n');
  const facts: [what: string, number: string][] = [
    ['parameters of ResNet-50 in millions, as torchvision has them', '25.56'],
    ['its published GMACs', '4.09'],
    ['the receptive field of its last stage', 'sees 427 pixels'],
    ["thop's figure", 'thop 4,133,742,592'],
    ["VGG-16's parameters", '138357544'],
  ];
  for (const [what, number] of facts) t.match(texts, number, what);
  const types = now.cells.flatMap(({ outputs }) => Object.keys(shown(outputs)));
  for (const type of ['image/png', 'image/svg+xml', 'text/html']) t.ok(types.includes(type), `a cell shows ${type}`);
  const text = readFileSync(NOTEBOOK, 'utf8');
  t.notMatch(text, new RegExp(`${path('')}|/home/|/Users/|/tmp/`), 'no path of a machine');
  t.ok(text.length < 200_000, `${text.length} bytes`);
}
