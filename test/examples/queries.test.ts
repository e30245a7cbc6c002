import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLError, parse, validate } from 'graphql';
import t from 'tap';
import { CONV, listening } from '../service.ts';

// What the dashboards ask: valid by the schema, answered by the service, and every column and metric that they show is there.

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const schema = buildSchema(file('schema/schema.graphql'));
const grafana: Grafana = JSON.parse(file('examples/dashboard/grafana.json'));

interface Target {
  readonly expr?: string;
  readonly url?: string;
  readonly root_selector?: string;
  readonly columns?: readonly { readonly selector: string; readonly text: string }[];
  readonly url_options?: { readonly body_graphql_query: string; readonly body_graphql_variables: string };
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly Target[];
  readonly options?: { readonly series?: readonly Record<'x' | 'y', { readonly matcher: { readonly options: string } }>[] };
}

interface Grafana {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[] };
}

const targets = grafana.panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));

/** Grafana's own variables by their defaults. Those of GraphQL have no braces in these queries. */
function filledIn(text: string): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const found = grafana.templating.list.find((variable) => variable.name === name);
    if (found === undefined) throw new Error(`there is no variable ${name}`);
    return found.query;
  });
}

/** `a.0.b` in a value, as the data source reads its selectors. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

function mistakes(query: string): readonly string[] {
  try {
    return validate(schema, parse(query)).map(({ message }) => message);
  } catch (error) {
    return [(error as GraphQLError).message];
  }
}

async function asked(url: string, query: string, variables: unknown): Promise<{ data: unknown; errors?: unknown }> {
  const body = JSON.stringify({ query, variables });
  const answer = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await answer.json()) as { data: unknown };
}

t.test("the page's queries", async (t) => {
  // A module for browsers, without types.
  const queries: Record<string, unknown> = await import(new URL('../../examples/dashboard/queries.js', import.meta.url).href);
  const texts = Object.values(queries).filter((value) => typeof value === 'string');
  t.equal(texts.length, 2);
  for (const query of texts) t.strictSame(mistakes(query), []);
  t.ok(mistakes(String(texts[0]).replace('macs', 'mac')).length > 0, 'a field that is not there is found');
});

t.test("Grafana's panels", async (t) => {
  const { url } = await listening(t);
  const keep = { network: CONV, name: 'encoder', tags: ['test'] };
  const kept = await fetch(`${url}/v1/networks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(keep),
  });
  t.equal(kept.status, 201);

  t.equal(new Set(grafana.panels.map(({ id }) => id)).size, grafana.panels.length, 'each panel has an id of its own');
  for (const { title, url: address, url_options: options, root_selector: root = '', columns = [] } of targets) {
    if (options === undefined) continue;
    t.equal(filledIn(address ?? ''), 'http://127.0.0.1:3000/graphql', title);
    t.strictSame(mistakes(options.body_graphql_query), [], title);
    const answer = await asked(url, options.body_graphql_query, JSON.parse(filledIn(options.body_graphql_variables)));
    t.equal(answer.errors, undefined, title);
    const rows = [at(answer, root)].flat();
    t.equal(rows.length, 1, `${title}: the one network`);
    for (const { selector } of columns) t.not(at(rows[0], selector) ?? null, null, `${title}: ${selector}`);
  }
  for (const { title, options, targets } of grafana.panels) {
    const names = targets?.flatMap(({ columns = [] }) => columns.map(({ text }) => text));
    for (const { x, y } of options?.series ?? []) t.ok(names?.includes(x.matcher.options) && names.includes(y.matcher.options), title);
  }

  const metrics = await (await fetch(`${url}/metrics`)).text();
  const types = new Map([...metrics.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type]) => [name, type]));
  const queries = targets.flatMap(({ expr = [] }) => expr);
  t.ok(queries.length > 8);
  for (const query of queries) {
    const names = query.match(/\b(?:fovea|process|nodejs)_\w+/g) ?? [];
    t.ok(names.length > 0, query);
    for (const name of names) {
      const of = name.replace(/_bucket$/, '');
      t.ok(types.has(of) && (of === name || types.get(of) === 'histogram'), `${name} is in /metrics`);
      const labels = [...query.matchAll(/by \(([^)]*)\)|\{(\w+)=/g)].flatMap(([, by, equal]) => by?.split(', ') ?? equal ?? []);
      for (const label of labels) t.match(metrics, new RegExp(`^${name}\\{[^}]*\\b${label}="`, 'm'), `${name} has ${label}`);
    }
  }
});
