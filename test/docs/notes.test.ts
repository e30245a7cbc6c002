import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { service } from '../service.ts';
import { notesPage } from './notes.ts';

const PAGE = new URL('../../docs/notes.md', import.meta.url);

t.test('docs/notes.md says what the service answers; FOVEA_UPDATE=1 writes it', async (t) => {
  const page = await notesPage(await service(t));
  if (process.env.FOVEA_UPDATE === '1') writeFileSync(PAGE, page);
  t.equal(readFileSync(PAGE, 'utf8'), page);
});
