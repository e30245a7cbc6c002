import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import t from 'tap';
import { buildApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';

// The README's commands run as they stand against a server on a port of its own, and must print what the README shows.
// FOVEA_UPDATE=1 writes what they print into the README.

const README = new URL('../README.md', import.meta.url);
const run = promisify(execFile);

interface Example {
  readonly language: string;
  readonly code: string;
  readonly shown: string;
}

/** Code blocks that are followed by a block of output. */
function examples(text: string): Example[] {
  const blocks = [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = '', code = '']) => ({ language, code }));
  return blocks.flatMap(({ language, code }, i): Example[] => {
    const next = blocks[i + 1];
    return (language === 'sh' || language === 'python') && (next?.language === 'json' || next?.language === 'text')
      ? [{ language, code, shown: next.code }]
      : [];
  });
}

/** What is needed to run an example, and whether this machine has it. */
async function has(language: string): Promise<boolean> {
  const [command, ...args] = language === 'python' ? ['python3', '-c', 'import pandas, requests'] : ['curl', '--version'];
  return run(command as string, args).then(
    () => true,
    () => false,
  );
}

async function output({ language, code }: Example, port: number): Promise<string> {
  const here = code.replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`).replaceAll('curl ', 'curl -sS ');
  const [command, flag] = language === 'python' ? ['python3', '-c'] : ['sh', '-c'];
  const { stdout } = await run(command, [flag, here], { cwd: new URL('..', import.meta.url), maxBuffer: 2 ** 24 });
  // Lines of CSV end in two characters, those of a page in one.
  return stdout.startsWith('{') ? `${laidOut(JSON.parse(stdout), '')}\n` : stdout.replaceAll('\r\n', '\n');
}

/** JSON for people: what fits on a line stands on one. */
function laidOut(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (line.length + indent.length <= 150 || typeof value !== 'object' || value === null) return line;
  const inner = `${indent}  `;
  const list = Array.isArray(value);
  const parts = Object.entries(value).map(([key, item]) => `${inner}${list ? '' : `${JSON.stringify(key)}: `}${laidOut(item, inner)}`);
  return `${list ? '[' : '{'}\n${parts.join(',\n')}\n${indent}${list ? ']' : '}'}`;
}

t.test('the commands of the README print what it shows', async (t) => {
  const app = await buildApp(readConfig({ LOG_LEVEL: 'silent', DATABASE_URL: 'sqlite::memory:' }));
  t.teardown(() => app.close());
  const port = Number(new URL(await app.listen({ port: 0 })).port);
  let text = readFileSync(README, 'utf8');
  const found = examples(text);
  t.ok(found.length >= 4, `${found.length} examples`);
  for (const example of found) {
    const title = example.code.split('\n')[0] as string;
    if (!(await has(example.language))) {
      t.comment(`SKIPPED, this machine cannot run ${example.language} examples: ${title}`);
      continue;
    }
    const printed = await output(example, port);
    if (process.env.FOVEA_UPDATE)
      text = text
        .replace(`${example.code}\`\`\`\n\n`, `${example.code}\`\`\`\n\n\0`)
        .replace(/\0```(\w+)\n[\s\S]*?```/, (_, language: string) => `\`\`\`${language}\n${printed}\`\`\``);
    else t.equal(printed, example.shown, title);
  }
  if (process.env.FOVEA_UPDATE) writeFileSync(README, text);
});

t.test('the request of the notebook over a socket, as Python sends it: chunks without a content type', async (t) => {
  const app = await buildApp(readConfig({ LOG_LEVEL: 'silent', DATABASE_URL: 'sqlite::memory:' }));
  t.teardown(() => app.close());
  const address = await app.listen({ port: 0 });
  const file = readFileSync(new URL('fixtures/resnet50.onnx', import.meta.url));
  const answer = await fetch(`${address}/v1/analyze?as=csv`, { method: 'POST', body: new Uint8Array(file) });
  t.equal(answer.status, 200);
  const lines = (await answer.text()).trim().split('\n');
  t.equal(lines.length, 1 + 175);
  t.match(lines[0], /^index,id,op,kernel,stride,padding,dilation,groups,shape,params,macs,flops,cost,activationBytes,input\.H\.size,/);
});
