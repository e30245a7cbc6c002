import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLArgument, isInputObjectType } from 'graphql';
import t from 'tap';
import { checkOption } from '../../../src/analysis/options/check.ts';
import { OPTIONS, type OptionName } from '../../../src/analysis/options/index.ts';
import { views } from '../../../src/analysis/views/index.ts';
import { Fault } from '../../../src/core/fault.ts';
import { CONV, service } from '../../service.ts';

const SCHEMA = buildSchema(readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8'));
const camel = (id: string) => id.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** What GraphQL tells under `options`, where REST has one list. */
const COMMON = ['inputs', 'bind', 'batch', 'convention', 'causal', 'strict', 'group', 'edits'];

t.test('GraphQL has an argument for every option of a view, and no other', async (t) => {
  const input = SCHEMA.getType('AnalyzeOptions');
  t.strictSame(isInputObjectType(input) && Object.keys(input.getFields()), COMMON);
  for (const { id, takes } of views()) {
    if (id === 'report') continue;
    const args = SCHEMA.getQueryType()?.getFields()[camel(id)]?.args ?? [];
    const own = args.map(({ name }: GraphQLArgument) => name).filter((name) => name !== 'network' && name !== 'options');
    // A query says by itself whether it wants the layers.
    const taken = takes.filter((name) => name !== 'layers' && !COMMON.includes(name));
    t.strictSame(own.toSorted(), taken.toSorted(), id);
    for (const name of [...own, ...takes]) t.ok(Object.hasOwn(OPTIONS, name), `${name} is an option`);
  }
});

t.test('no option takes anything at all, and what it refuses it names', async (t) => {
  for (const name of Object.keys(OPTIONS) as OptionName[]) {
    let refused = 0;
    for (const value of [null, -1, 1.5, true, 'no such word', [-1], ['x', 1, 2], { odd: -1 }, [[]]]) {
      try {
        checkOption(name, value);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        t.match(error, { code: 'invalid-option', message: `option ${name}`, spot: { pointer: String } });
        refused += 1;
      }
    }
    t.ok(refused >= 6, `${name} refuses ${refused} of them`);
  }
});

t.test('both transports refuse an option in the same words', async (t) => {
  const app = await service(t);
  const deep = Array(9).fill(0);
  const wrong: readonly (readonly [view: string, name: string, value: unknown, pointer: string])[] = [
    ['memory', 'optimizer', 'adamw', ''],
    ['memory', 'weights', 'flot16', ''],
    ['memory', 'frozen', Array(101).fill('a'), ''],
    ['training', 'recompute', 2, ''],
    ['roofline', 'efficiency', { compute: 2 }, '/compute'],
    ['receptive-field', 'unit', deep, ''],
    ['projective-field', 'position', deep, ''],
    ['effective-receptive-field', 'variant', 'median', ''],
    ['compare', 'conventions', ['fvcore'], ''],
    ['compare', 'figure', { value: 0 }, '/value'],
    ['compare', 'figure', { value: 9, unit: 'GFLOP' }, '/unit'],
    ['advise', 'target', { objectSizes: [] }, '/objectSizes'],
    ['alignment', 'batch', 0, ''],
    ['alignment', 'edits', [{ kind: 'stak' }], '/0/kind'],
    ['sweep', 'causal', 'half', ''],
  ];
  for (const [view, name, value, path] of wrong) {
    const rest = await app.inject({ method: 'POST', url: `/v1/${view}`, payload: { network: CONV, options: { [name]: value } } });
    const options = COMMON.includes(name) ? { [name]: value } : {};
    const own = COMMON.includes(name) ? {} : { [name]: value };
    const args = SCHEMA.getQueryType()?.getFields()[camel(view)]?.args ?? [];
    const types = Object.fromEntries(args.map((arg) => [arg.name, String(arg.type)]));
    // A sweep needs to be told of what; what is wrong is found before.
    const variables: Record<string, unknown> = {
      network: { description: CONV },
      options,
      ...(view === 'sweep' && { sweep: 'H:8..8' }),
      ...own,
    };
    const names = Object.keys(variables);
    const query = `query (${names.map((one) => `$${one}: ${types[one]}`).join(', ')}) {
      ${camel(view)}(${names.map((one) => `${one}: $${one}`).join(', ')}) { network { name } } }`;
    const graphql = await app.inject({ method: 'POST', url: '/graphql', payload: { query, variables } });
    const { code, detail, errors } = rest.json();
    t.match({ code, errors }, { code: 'invalid-option', errors: [{ pointer: `/options/${name}${path}` }] }, `${view} ${name}`);
    t.match(graphql.json().errors, [{ message: detail, extensions: { code, pointer: `/${name}${path}` } }]);
  }
});
