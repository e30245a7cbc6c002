import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { operators } from '../../src/core/operators/index.ts';
import { operatorsPage } from './operators.ts';

const PAGE = new URL('../../docs/operators.md', import.meta.url);

t.test('docs/operators.md says what the registry says; FOVEA_UPDATE=1 writes it', async (t) => {
  const page = operatorsPage(operators());
  if (process.env.FOVEA_UPDATE === '1') writeFileSync(PAGE, page);
  t.equal(readFileSync(PAGE, 'utf8'), page);
});
