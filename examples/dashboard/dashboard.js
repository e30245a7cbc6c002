import { drawScatter, drawTrend, exactly, MEASURES, shortly } from './charts.js';
import { ask, HISTORY, NETWORKS } from './queries.js';

const PAGE = 50;
const MOST = 500;
const REFRESH_MS = 60_000;
const COLUMNS = ['macs', 'params', 'peakBytes', 'receptiveField', 'depth'];
const COSTS = ['macs', 'params', 'peakBytes'];

const find = (id) => document.getElementById(id);
const form = find('filter');

/** What the page shows, beside what stands in the form. */
const state = { orderBy: '-keptAt', nodes: [], total: 0, after: null, versions: [] };

/** An element with text or children: what the service says is never read as HTML. */
function element(name, content, attributes = {}) {
  const made = document.createElement(name);
  made.append(...[content].flat());
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function bareName(ref) {
  return ref.replace(/^name:/, '');
}

/** The newest of its names, else what it calls itself, else its digest. */
function labelOf({ ref, versions, network }) {
  return bareName(versions[0] ?? '') || network.name || ref.slice(0, 15);
}

function date(iso) {
  return new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

function filterOf(fields) {
  const name = fields.get('name')?.trim();
  const tag = fields.get('tag')?.trim();
  const filter = {};
  if (name) filter.name = name;
  if (tag) filter.tags = [tag];
  if (fields.get('macs')) filter.macs = { max: Number(fields.get('macs')) * 1e9 };
  if (fields.get('field')) filter.receptiveField = { min: Number(fields.get('field')) };
  return filter;
}

/** The address of the page says what it shows, so that a view can be sent to somebody. */
function remember() {
  const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ''));
  if (state.orderBy !== '-keptAt') fields.set('order', state.orderBy);
  history.replaceState(null, '', fields.size > 0 ? `?${fields}` : location.pathname);
}

function recall() {
  const fields = new URLSearchParams(location.search);
  for (const input of form.querySelectorAll('input')) input.value = fields.get(input.name) ?? '';
  state.orderBy = fields.get('order') ?? state.orderBy;
}

function headings() {
  const sorted = state.orderBy.replace(/^-/, '');
  const heading = (field, title, attributes) => {
    const down = state.orderBy.startsWith('-');
    const order = field === sorted ? { 'aria-sort': down ? 'descending' : 'ascending' } : {};
    const button = element('button', `${title}${field === sorted ? (down ? ' \u2193' : ' \u2191') : ''}`, { type: 'button' });
    button.addEventListener('click', () => {
      state.orderBy = field === sorted && down ? field : `-${field}`;
      load();
    });
    return element('th', button, { scope: 'col', ...order, ...attributes });
  };
  find('networks').tHead.rows[0].replaceChildren(
    element('th', 'Network', { scope: 'col' }),
    element('th', 'Tags', { scope: 'col' }),
    ...COLUMNS.map((field) => heading(field, MEASURES[field].title, { class: 'number' })),
    heading('keptAt', 'Kept'),
    element('th', 'Look', { scope: 'col' }),
  );
}

function numbers(totals, measures) {
  return measures.map((measure) => element('td', shortly(totals, measure), { class: 'number', title: exactly(totals, measure) }));
}

function rowOf(node) {
  const path = `v1/networks/${encodeURIComponent(node.ref)}`;
  const partly = node.totals.status === 'complete' ? '' : ' (partly known)';
  return element('tr', [
    element('th', labelOf(node) + partly, { scope: 'row', title: node.note ?? node.ref }),
    element('td', node.tags.join(', ')),
    ...numbers(node.totals, COLUMNS),
    element('td', date(node.keptAt)),
    element('td', [
      element('a', 'field', { href: `${path}/receptive-field?as=svg` }),
      ' ',
      element('a', 'memory', { href: `${path}/memory?as=svg` }),
    ]),
  ]);
}

function drawNetworks() {
  const rows = state.nodes.map((node) => ({ label: labelOf(node), tag: node.tags[0] ?? 'no tag', totals: node.totals }));
  const { unplaced, hollow } = drawScatter(find('scatter'), rows, find('cost').value);
  const notes = [
    unplaced > 0 ? `Without both figures, so only in the table: ${unplaced}.` : '',
    hollow > 0 ? 'Hollow marks: at least this much.' : '',
  ];
  find('scatter-note').textContent = notes.join(' ');
}

function drawHistory() {
  for (const canvas of document.querySelectorAll('[data-trend]')) drawTrend(canvas, state.versions, canvas.dataset.trend);
  find('versions').tBodies[0].replaceChildren(
    ...state.versions
      .toReversed()
      .map(({ number, keptAt, note, totals }) =>
        element('tr', [
          element('th', `@${number}`, { scope: 'row' }),
          element('td', date(keptAt)),
          ...numbers(totals, ['macs', 'params', 'receptiveField']),
          element('td', note ?? ''),
        ]),
      ),
  );
}

function showNetworks() {
  const filtered = Object.keys(filterOf(new FormData(form))).length > 0;
  find('empty').hidden = state.nodes.length > 0 || filtered;
  find('none').hidden = state.nodes.length > 0 || !filtered;
  find('content').hidden = state.nodes.length === 0;
  find('more').hidden = state.after === null || state.nodes.length >= MOST;
  find('status').textContent =
    `${state.nodes.length} of ${state.total} networks, at ${new Date().toLocaleTimeString('en-GB', { timeStyle: 'short' })}`;
  headings();
  find('networks').tBodies[0].replaceChildren(...state.nodes.map(rowOf));
  if (state.nodes.length > 0) drawNetworks();
}

/** Names of the networks on the page; the one that was chosen stays, else the one with most versions. */
function showNames() {
  const select = find('name');
  const highest = new Map();
  for (const version of state.nodes.flatMap(({ versions }) => versions)) {
    const [, name, number] = /^name:(.*)@(\d+)$/.exec(version) ?? [];
    if (name !== undefined) highest.set(name, Math.max(Number(number), highest.get(name) ?? 0));
  }
  const before = select.value;
  select.replaceChildren(...[...highest.keys()].sort().map((name) => element('option', name)));
  const longest = [...highest].reduce((a, b) => (b[1] > a[1] ? b : a), ['', 0])[0];
  select.value = highest.has(before) ? before : longest;
}

/** Says what went wrong, and leaves what was there: old numbers are better than none. */
async function attempt(work) {
  try {
    await work();
    find('problem').hidden = true;
  } catch (error) {
    find('problem').hidden = false;
    find('problem').firstElementChild.textContent = `${error.message}${error.code ? ` (${error.code})` : ''}`;
    if (state.nodes.length === 0) find('status').textContent = 'Nothing to show.';
    throw error;
  }
}

async function page(first, after) {
  const filter = filterOf(new FormData(form));
  const { networks } = await ask(NETWORKS, { filter, orderBy: state.orderBy, first, after });
  state.total = Number(networks.totalCount);
  state.after = networks.pageInfo.hasNextPage ? networks.pageInfo.endCursor : null;
  return networks.nodes;
}

async function loadHistory() {
  const name = find('name').value;
  if (name === '') state.versions = [];
  else {
    const { network } = await ask(HISTORY, { ref: `name:${name}` });
    state.versions = network.history.versions.map(({ number, keptAt, kept }) => ({ number, keptAt, ...kept })).toReversed();
  }
  drawHistory();
}

let asked = 0;

/** What was asked first may be answered last: only the answer to the newest question is shown. */
function load() {
  asked += 1;
  const mine = asked;
  remember();
  return attempt(async () => {
    const nodes = await page(Math.max(PAGE, Math.min(state.nodes.length, MOST)), null);
    if (mine !== asked) return;
    state.nodes = nodes;
    showNetworks();
    showNames();
    if (nodes.length > 0) await loadHistory();
  }).catch(() => {});
}

recall();
find('cost').append(...COSTS.map((measure) => element('option', MEASURES[measure].title, { value: measure })));
find('cost').addEventListener('change', drawNetworks);
find('name').addEventListener('change', () => attempt(loadHistory).catch(() => {}));
find('refresh').addEventListener('click', load);
find('more').addEventListener('click', () =>
  attempt(async () => {
    const nodes = await page(PAGE, state.after);
    state.nodes = [...state.nodes, ...nodes];
    showNetworks();
    showNames();
  }).catch(() => {}),
);
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('change', load);
// The form is empty only after this event.
form.addEventListener('reset', () => setTimeout(load));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  if (state.nodes.length === 0) return;
  drawNetworks();
  drawHistory();
});
setInterval(() => document.visibilityState === 'visible' && load(), REFRESH_MS);
await load();
