import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { Test } from 'tap';
import { replica } from '../store/process.ts';
import { dashboardOf } from './page.ts';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** A page that is loaded, and all that it complained about. */
async function open(
  browser: Browser,
  url: string,
  settings: Parameters<Browser['newPage']>[0],
): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage(settings);
  const complaints: string[] = [];
  page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
  await page.goto(url);
  await answered(page);
  return { page, complaints };
}

const PATIENCE_MS = 20_000;

/** Waits until something is true in the page, whose policy forbids what `waitForFunction` does. */
async function until(page: Page, expression: string): Promise<void> {
  for (const start = Date.now(); !(await page.evaluate(expression)); await sleep(50)) {
    if (Date.now() - start > PATIENCE_MS) throw new Error(`never true: ${expression}`);
  }
}

/** The page has shown the newest answer, or what went wrong. */
async function answered(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await until(page, "document.getElementById('status').textContent !== 'Loading ...'");
}

async function names(page: Page): Promise<string[]> {
  return page.locator('#networks tbody th').allTextContents();
}

/** Numbers of pixels by colour, the most frequent first: a chart that is drawn has paper, grid, text and marks. */
function colorsOf(page: Page, canvas: string): Promise<[color: string, pixels: number][]> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector(${JSON.stringify(canvas)});
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    const counts = new Map();
    for (let i = 0; i < data.length; i += 4) {
      const color = data[i + 3] < 255 ? 'none' : [data[i], data[i + 1], data[i + 2]].join();
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1]);
  })()`);
}

const CANVASES = ['#scatter', '[data-trend=macs]', '[data-trend=params]', '[data-trend=receptiveField]'];

async function drawn(t: Test, page: Page, series: string): Promise<void> {
  for (const canvas of CANVASES) {
    const colors = new Map(await colorsOf(page, canvas));
    t.ok((colors.get(series) ?? 0) > 100, `${canvas} has marks and lines of the first series: ${colors.get(series)} pixels`);
  }
}

/** The totals that REST tells of, to hold the cells against: they come by another door. */
async function totals(url: string, ref: string): Promise<Record<string, number>> {
  const { totals } = (await (await fetch(`${url}/v1/networks/${ref}`)).json()) as { totals: Record<string, number> };
  return totals;
}

export async function dashboardSuite(t: Test, browser: Browser, folder: string): Promise<void> {
  const service = await replica(`sqlite:${join(folder, 'dashboard.sqlite')}`);
  t.teardown(() => service.kill());
  const { url, stop } = await dashboardOf(service.url);
  t.teardown(stop);

  await t.test('nothing kept', async (t) => {
    const { page, complaints } = await open(browser, url, {});
    t.ok(await page.locator('#empty').isVisible());
    t.notOk(await page.locator('#content').isVisible());
    t.strictSame(complaints, []);
    await page.close();
  });

  for (const run of ['first', 'second']) {
    const env = { ...process.env, FOVEA_URL: service.url };
    const { status, stdout, stderr } = spawnSync(process.execPath, [path('examples/dashboard/seed.ts')], { env, encoding: 'utf8' });
    t.equal(status, 0, stderr);
    t.match(stdout, /^name:unet@1$/m, `${run} seeding`);
  }

  await t.test('charts and table', async (t) => {
    const { page, complaints } = await open(browser, url, { viewport: { width: 1000, height: 800 } });
    t.equal((await names(page)).length, 19);
    t.equal((await names(page))[0], 'encoder@7', 'the newest is first');
    t.match(await page.locator('#status').textContent(), /^19 of 19 networks/);
    await drawn(t, page, '9,105,218');
    t.match(await page.locator('#scatter').getAttribute('aria-label'), /MACs against receptive field of 19 networks/);

    const cells = await page
      .locator('#networks tbody tr', { has: page.getByText('resnet50@1', { exact: true }) })
      .locator('td')
      .evaluateAll((all) => all.map((cell) => (cell as unknown as { title: string }).title));
    const { macs, params, peakBytes, receptiveField, depth } = await totals(service.url, 'name:resnet50');
    const full = (value = Number.NaN) => value.toLocaleString('en');
    t.strictSame(cells.slice(1, 6), [
      `${full(macs)} MACs`,
      `${full(params)} parameters`,
      `${full(peakBytes)} bytes`,
      `${full(receptiveField)} pixels`,
      `${full(depth)} layers`,
    ]);

    t.equal(await page.locator('#name').inputValue(), 'encoder', 'the name with most versions');
    await page.locator('summary').click();
    const versions = await page.locator('#versions tbody tr').allTextContents();
    t.equal(versions.length, 7);
    const { receptiveField: last } = await totals(service.url, 'name:encoder');
    t.match(versions[0], new RegExp(`^@7.*${last}groups of 8`));

    const link = await page.locator('#networks a').first().getAttribute('href');
    const figure = await page.goto(new URL(link ?? '', url).href);
    t.equal(figure?.headers()['content-type'], 'image/svg+xml; charset=utf-8');
    t.strictSame(complaints, []);
    await page.close();
  });

  await t.test('filters and order', async (t) => {
    const { page, complaints } = await open(browser, url, {});
    await page.fill('[name=tag]', 'mobile');
    await page.press('[name=tag]', 'Enter');
    await until(page, "document.querySelectorAll('#networks tbody tr').length === 4");
    t.strictSame((await names(page)).toSorted(), ['mobilenet_v2@1', 'mobilenet_v3_large@1', 'shufflenet_v2_x1_0@1', 'squeezenet1_1@1']);
    t.match(await page.locator('#status').textContent(), /^4 of 4/);

    await page.getByRole('button', { name: 'MACs' }).click();
    await until(page, "document.querySelector('#networks th[aria-sort=descending]').textContent.startsWith('MACs')");
    t.strictSame(await names(page), ['squeezenet1_1@1', 'mobilenet_v2@1', 'mobilenet_v3_large@1', 'shufflenet_v2_x1_0@1']);
    await page.getByRole('button', { name: 'MACs' }).click();
    await until(page, "document.querySelector('#networks th[aria-sort=ascending]')");
    t.equal((await names(page))[0], 'shufflenet_v2_x1_0@1');

    await page.fill('[name=field]', '400');
    await page.press('[name=field]', 'Enter');
    await until(page, "document.querySelectorAll('#networks tbody tr').length === 2");
    t.strictSame(await names(page), ['shufflenet_v2_x1_0@1', 'mobilenet_v2@1']);
    await page.reload();
    await answered(page);
    t.strictSame(await names(page), ['shufflenet_v2_x1_0@1', 'mobilenet_v2@1'], 'the address holds filter and order');

    await page.fill('[name=tag]', 'none of them');
    await page.press('[name=tag]', 'Enter');
    await page.locator('#none').waitFor();
    t.notOk(await page.locator('#content').isVisible());
    await page.getByRole('button', { name: 'Clear' }).click();
    await until(page, "document.querySelectorAll('#networks tbody tr').length === 19");
    t.strictSame(complaints, []);
    await page.close();
  });

  await t.test('a narrow screen in the dark', async (t) => {
    const { page, complaints } = await open(browser, url, { viewport: { width: 400, height: 800 }, colorScheme: 'dark' });
    t.equal(await page.evaluate('document.documentElement.scrollWidth'), 400, 'nothing sticks out');
    t.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(13, 17, 23)');
    await drawn(t, page, '88,166,255');
    await page.emulateMedia({ colorScheme: 'light' });
    await until(page, "getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'");
    await drawn(t, page, '9,105,218');
    t.strictSame(complaints, []);
    await page.close();
  });

  await t.test('a picture for the README', async (t) => {
    const { page } = await open(browser, url, { viewport: { width: 1000, height: 1130 } });
    const picture = await page.screenshot({ ...(process.env.FOVEA_UPDATE === '1' && { path: path('docs/dashboard.png') }) });
    t.ok(picture.length > 20_000 && picture.length < 150_000, `${picture.length} bytes`);
    await page.close();
  });

  await t.test('what is not known says so, and names are no HTML', async (t) => {
    const network = { version: 1, inputs: { x: [1, 3, 'H', 'W'] }, layers: [{ type: 'Conv2d', out_channels: 4, kernel_size: 3 }] };
    const body = JSON.stringify({ network, name: '<img src=x onerror=alert(1)>', tags: ['odd'] });
    await fetch(`${service.url}/v1/networks`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { page, complaints } = await open(browser, `${url}/?tag=odd`, {});
    t.strictSame(await names(page), ['<img src=x onerror=alert(1)>@1 (partly known)']);
    t.strictSame((await page.locator('#networks td').allTextContents()).slice(1, 5), ['unknown', '112', 'unknown', '3']);
    t.match(await page.locator('#scatter-note').textContent(), /only in the table: 1/);
    t.strictSame(complaints, []);
    await page.close();
  });

  await t.test('a service that is away, and one whose database is', async (t) => {
    const { page } = await open(browser, url, {});
    await service.kill();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.locator('#problem').waitFor();
    t.match(await page.locator('#problem').textContent(), /Fovea does not answer at http/);
    t.equal((await names(page)).length, 20, 'old numbers stay');
    await page.close();

    const without = await replica('postgres://127.0.0.1:9/away');
    t.teardown(() => without.kill());
    const other = await dashboardOf(without.url);
    t.teardown(() => other.stop());
    const { page: second } = await open(browser, other.url, {});
    t.match(await second.locator('#problem').textContent(), /store-unavailable/);
    t.notOk(await second.locator('#content').isVisible());
    t.notOk(await second.locator('#empty').isVisible(), 'not known to be empty');
    await second.close();
  });
}
