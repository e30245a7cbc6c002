import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { service } from '../service.ts';

// The figures of the documentation are what the service draws. FOVEA_UPDATE=1 writes them anew.
const FIGURES: Readonly<Record<string, string>> = {
  'effective-receptive-field': '/v1/networks/zoo:resnet50/effective-receptive-field?layer=layer3/5/relu&as=svg',
};

t.test('the figures in docs are what the service draws', async (t) => {
  const app = await service(t);
  for (const [name, url] of Object.entries(FIGURES)) {
    const { statusCode, body } = await app.inject(url);
    t.equal(statusCode, 200, url);
    const file = new URL(`../../docs/figures/${name}.svg`, import.meta.url);
    if (process.env.FOVEA_UPDATE === '1') writeFileSync(file, body);
    t.equal(readFileSync(file, 'utf8'), body, `docs/figures/${name}.svg`);
  }
});
