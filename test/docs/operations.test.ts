import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { KNOBS } from '../../src/config.ts';
import { knobsTable } from './knobs.ts';

const PAGE = new URL('../../docs/operations.md', import.meta.url);
const KNOBS_OF_PAGE = /(<!-- knobs: .* -->\n)[\s\S]*(<!-- end of knobs -->)/;

t.test('docs/operations.md lists the settings that there are; FOVEA_UPDATE=1 writes them', async (t) => {
  const page = readFileSync(PAGE, 'utf8');
  const expected = page.replace(KNOBS_OF_PAGE, (_, start: string, end: string) => `${start}\n${knobsTable()}\n\n${end}`);
  if (process.env.FOVEA_UPDATE === '1') writeFileSync(PAGE, expected);
  t.match(page, KNOBS_OF_PAGE);
  t.equal(readFileSync(PAGE, 'utf8'), expected);
});

t.test('what it names is there', async (t) => {
  const page = readFileSync(PAGE, 'utf8');
  const prose = page.replace(KNOBS_OF_PAGE, '');
  for (const [, name = ''] of prose.matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=\w+)?`/g)) {
    if (name !== 'POSTGRES_PASSWORD') t.ok(Object.hasOwn(KNOBS, name), `${name} is a setting`);
  }
});

t.test('what docs/operations.md and SECURITY.md point at is there', async (t) => {
  for (const url of [PAGE, new URL('../../SECURITY.md', import.meta.url)]) {
    const page = readFileSync(url, 'utf8');
    for (const [, target = '', anchor] of page.matchAll(/\]\(([^)#\s]*)(?:#([^)]*))?\)/g)) {
      const file = target === '' ? url : new URL(target, url);
      t.ok(existsSync(file), target);
      if (anchor) t.ok(anchorsOf(readFileSync(file, 'utf8')).includes(anchor), `#${anchor}`);
    }
    for (const [, file = ''] of page.matchAll(/`(test\/[\w/.-]+\.ts)`/g)) t.ok(existsSync(new URL(`../../${file}`, import.meta.url)), file);
  }
});

function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
}
