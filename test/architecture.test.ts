import { readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import t from 'tap';
import { ERRORS } from '../src/errors.ts';

const SRC = resolve(import.meta.dirname, '../src');

interface Source {
  readonly path: string;
  readonly text: string;
  /** Packages and `node:` modules as they are written, own modules as paths below src. */
  readonly imports: readonly string[];
}

const sources: readonly Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => path.replaceAll('\\', '/'))
  .map((path) => {
    const text = readFileSync(resolve(SRC, path), 'utf8');
    return { path, text, imports: importsOf(path, text) };
  });

function importsOf(path: string, text: string): string[] {
  const specifiers = [...text.matchAll(/^(?:import|export)\b(?:[^'"`;=(]*?\bfrom)?\s*['"]([^'"]+)['"]/gm)].map((match) => match[1] ?? '');
  const dynamic = [...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '');
  return [...specifiers, ...dynamic].map((specifier) =>
    specifier.startsWith('.') ? relative(SRC, resolve(SRC, dirname(path), specifier)).replaceAll('\\', '/') : specifier,
  );
}

/** What each part may import: beginnings of paths (they end in a slash or colon), files and packages. Everything else is an arrow the wrong way. */
const MAY_IMPORT: readonly (readonly [part: string, allowed: readonly string[]])[] = [
  ['core/', ['core/']],
  ['formats/', ['formats/', 'core/', '@sinclair/typebox', '@sinclair/typebox/value', 'ajv', 'fastest-levenshtein']],
  ['networks/', ['networks/', 'core/']],
  ['store/', ['store/', 'core/', 'node:', 'kysely', 'pg']],
  [
    'analysis/',
    [
      'analysis/',
      'formats/',
      'networks/',
      'store/',
      'core/',
      'node:',
      '@sinclair/typebox',
      '@sinclair/typebox/value',
      'd3-scale',
      'lru-cache',
      'piscina',
    ],
  ],
  [
    'rest/',
    [
      'rest/',
      'analysis/',
      'formats/',
      'core/',
      'errors.ts',
      'config.ts',
      'node:',
      'fastify',
      'fastify-plugin',
      '@fastify/',
      'prom-client',
      '@sinclair/typebox',
      '@sinclair/typebox/value',
      'graphql',
    ],
  ],
  [
    'graphql/',
    [
      'graphql/',
      'analysis/',
      'formats/',
      'core/',
      'errors.ts',
      'config.ts',
      'node:',
      'fastify',
      '@sinclair/typebox',
      '@sinclair/typebox/value',
      'graphql',
      'mercurius',
    ],
  ],
  ['config.ts', ['formats/format.ts']],
  ['errors.ts', ['core/fault.ts']],
  ['app.ts', ['rest/', 'graphql/', 'config.ts', 'node:', 'fastify']],
  ['server.ts', ['app.ts', 'config.ts', 'close-with-grace', 'node:']],
];

t.test('arrows go one way', async (t) => {
  t.ok(sources.length > 20, 'the sources are found');
  for (const { path, imports } of sources) {
    const rule = MAY_IMPORT.find(([part]) => path.startsWith(part));
    if (rule === undefined) {
      t.fail(`${path} belongs to no part`);
      continue;
    }
    const wrong = imports.filter(
      (name) => !rule[1].some((allowed) => name === allowed || (/[/:]$/.test(allowed) && name.startsWith(allowed))),
    );
    t.strictSame(wrong, [], `${path} imports what it may`);
  }
});

t.test('only server.ts touches the process', async (t) => {
  for (const { path, text } of sources) {
    if (path !== 'server.ts') t.notMatch(text, /\bprocess\.(?!hrtime\b)\w|node:process/, path);
  }
});

t.test('no file is a dump', async (t) => {
  for (const { path, text } of sources) {
    t.notMatch(path, /(^|\/)(utils?|helpers?|misc)\.ts$/, `${path} is named for what it holds`);
    t.ok(text.split('\n').length <= 400, `${path} has at most 400 lines`);
  }
});

t.test('the table of errors is complete', async (t) => {
  const others = sources.filter(({ path }) => path !== 'errors.ts');
  const thrown = new Set(others.flatMap(({ text }) => [...text.matchAll(/new Fault\(\s*'([^']+)'/g)].map((match) => match[1] ?? '')));
  for (const code of thrown) t.ok(Object.hasOwn(ERRORS, code), `${code} is in the table`);
  for (const code of Object.keys(ERRORS)) {
    if (code === 'internal') continue; // what every other error becomes
    t.match(code, /^[a-z]+(-[a-z]+)*$/);
    t.ok(
      others.some(({ text }) => text.includes(`'${code}'`)),
      `${code} is used`,
    );
  }
  for (const [code, { status, title }] of Object.entries(ERRORS)) {
    t.ok(status >= 400 && status < 600, `${code} has a status`);
    t.match(title, /^[A-Z].*[^.]$/, `${code} has a title`);
  }
});
