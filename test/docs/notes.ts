import type { FastifyInstance } from 'fastify';
import { NOTES } from './notes-questions.ts';

// Writes docs/notes.md: questions about convolutional networks, each with the request that answers it and what it answered.

/** A value in an answer: keys and indices on the way to it; in a list of named things also their names or ids. */
export type Path = readonly (string | number)[];

/** A request, and which part of the answer the page shows. */
export interface Ask {
  /** What to look for in the answer. */
  readonly text?: string;
  readonly url: string;
  /** Sent by POST where there is one. */
  readonly body?: object;
  /** Values with what they are called; without them the statements of a comparison. */
  readonly shows?: readonly (readonly [label: string, ...paths: Path[]])[];
  /** Names of the columns of `shows`. */
  readonly columns?: readonly string[];
}

export interface Question {
  readonly title: string;
  readonly text: string;
  readonly asks: readonly Ask[];
}

const HEAD = `# Questions about convolutional networks

Each question comes with the request that answers it and with what the service answered.
The page is generated (\`FOVEA_UPDATE=1 node test/docs/notes.test.ts\`), and a test fails where the service answers otherwise.

A comparison (\`POST /v1/compare\`) measures every network against the first one in the list. It says \`same\` of equal numbers only, and \`nearly the same\`
of those less than 1 % apart. \`as=md\` gives the numbers as a table, \`as=svg\` a figure of cost against receptive field, and with \`plot=depth\` one of the
receptive field against depth. Receptive fields are those of the last layer whose units still have a place along the input. A pattern is a network of
a few layers; \`pattern:two-3x3,channels=128\` changes it, and \`GET /v1/networks\` lists them all.
`;

/** The whole page. */
export async function notesPage(app: FastifyInstance): Promise<string> {
  let page = HEAD;
  for (const { title, text, asks } of NOTES) {
    page += `\n## ${title}\n\n${text}\n`;
    for (const ask of asks) page += `\n${ask.text ? `${ask.text}\n\n` : ''}${requestText(ask)}\n${shown(ask, await answered(app, ask))}`;
  }
  return page;
}

async function answered(app: FastifyInstance, { url, body }: Ask): Promise<unknown> {
  const response = await app.inject(body ? { method: 'POST', url, payload: body } : { method: 'GET', url });
  if (response.statusCode !== 200) throw new Error(`${url}: ${response.body}`);
  return response.json();
}

function requestText({ url, body }: Ask): string {
  const data = body && ` -H 'content-type: application/json' -d '\n${laidOut(body)}'`;
  return `\`\`\`sh\ncurl 'http://127.0.0.1:3000${url}'${data ?? ''}\n\`\`\`\n`;
}

/** A request of networks, one a line. */
function laidOut(body: object): string {
  return Object.entries(body)
    .map(([key, value], i, all) => {
      const text = Array.isArray(value) ? `[\n${value.map((one) => `    ${spaced(one)}`).join(',\n')} ]` : spaced(value);
      return `${i === 0 ? '{ ' : '  '}"${key}": ${text}${i === all.length - 1 ? ' }' : ',\n'}`;
    })
    .join('');
}

function spaced(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replace(/\n */g, ' ')
    .replace(/\[ (-?\d[^\]]*) \]/g, '[$1]');
}

function shown({ shows, columns = [''] }: Ask, answer: unknown): string {
  if (!shows) return statements(answer);
  const rows = shows.map(([label, ...paths]) => `| ${[label, ...paths.map((path) => text(valueAt(answer, path)))].join(' | ')} |\n`);
  return `| ${['', ...columns].join(' | ')} |\n|---|${columns.map(() => '--:').join('|')}|\n${rows.join('')}`;
}

function statements(answer: unknown): string {
  const [first] = valueAt(answer, ['networks']) as readonly { label: string }[];
  const differences = valueAt(answer, ['differences']) as readonly { label: string; statements: readonly string[] }[];
  return differences
    .map(({ label, statements }) => `**${label}** against ${first?.label}:\n\n${statements.map((one) => `- ${one}\n`).join('')}`)
    .join('\n');
}

function valueAt(answer: unknown, path: Path): unknown {
  let value = answer;
  for (const key of path) {
    const holder = value as Readonly<Record<string, unknown>>;
    value =
      Array.isArray(value) && typeof key === 'string'
        ? value.find((one: { id?: string; name?: string; layer?: string }) => [one.id, one.name, one.layer].includes(key))
        : holder[key];
    if (value === undefined) throw new Error(`the answer has no ${path.join(', ')}`);
  }
  return value;
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.join(' x ');
  if (typeof value !== 'number') return String(value);
  const rounded = Number.isInteger(value) ? value : Number(value.toPrecision(4));
  const [whole = '', ...fraction] = String(rounded).split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, ','), ...fraction].join('.');
}
