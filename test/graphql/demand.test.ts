import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  buildSchema,
  executeSync,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  getIntrospectionQuery,
  getNamedType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import t from 'tap';
import { costOf } from '../../src/graphql/demand/cost.ts';
import { price } from '../../src/graphql/demand/list-size.ts';
import { CONV, service } from '../service.ts';

const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

function costIn(within: typeof schema, query: string): number {
  const document = parse(query);
  return costOf(within, document, document.definitions.find(({ kind }) => kind === 'OperationDefinition') as OperationDefinitionNode);
}

const cost = (query: string) => costIn(schema, query);

/** Fields of an answer, each once. */
function fieldsOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + fieldsOf(item), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, item) => sum + 1 + fieldsOf(item), 0);
}

const TOY = buildSchema(`
  directive @cost(weight: Float!) on FIELD_DEFINITION
  directive @listSize(assumedSize: Int!, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
  type Query { node: Node nodes: [Node!]! @listSize(assumedSize: 3) page(first: Int = 2): Page! @listSize(assumedSize: 7, slicingArguments: ["first"], sizedFields: ["rows", "others"]) }
  type Node { id: ID node: Node! nodes: [Node] pair: [Node!] @listSize(assumedSize: 2) page(first: Int = 2): Page @listSize(assumedSize: 7, slicingArguments: ["first"], sizedFields: ["rows", "others"]) }
  type Page { count: Int rows: [Node!]! others: [Node!]! }
`);
const SIZES: Readonly<Record<string, number>> = { 'Query.nodes': 3, 'Node.nodes': 10, 'Node.pair': 2 };

/** Answers every field of the toy schema: lists as long as it says that they are. */
const toy: GraphQLFieldResolver<unknown, unknown> = (source, args, _context, { parentType, fieldName, returnType }) => {
  const make = (type: GraphQLOutputType): unknown => {
    if (isNonNullType(type)) return make(type.ofType);
    if (isLeafType(type)) return 1;
    if (isObjectType(type)) return { rows: args.first };
    const length = SIZES[`${parentType.name}.${fieldName}`] ?? (source as { rows: number }).rows;
    return isListType(type) ? Array.from({ length }, () => make(type.ofType)) : null;
  };
  return make(returnType);
};

/** Queries of the toy schema; every field has an alias of its own, so that none are merged into one. */
const queries = fc
  .record({ fragments: fc.array(fc.infiniteStream(fc.nat(11)), { maxLength: 2 }), body: fc.infiniteStream(fc.nat(11)) })
  .map(({ fragments, body }) => {
    let aliases = 0;
    const select = (choices: Iterator<number>, type: 'Query' | 'Node' | 'Page', depth: number, usable: readonly string[]): string => {
      const next = () => choices.next().value as number;
      const one = (): string => {
        const child = (field: string, to: 'Node' | 'Page') => `a${aliases++}: ${field} ${select(choices, to, depth - 1, usable)}`;
        const pick = next();
        const leaf = type === 'Query' ? `a${aliases++}: __typename` : `a${aliases++}: ${type === 'Node' ? 'id' : 'count'}`;
        if (depth === 0) return leaf;
        if (pick === 0) return `... ${select(choices, type, depth - 1, usable)}`;
        if (pick === 1) return `... on ${type} ${select(choices, type, depth - 1, usable)}`;
        if (pick === 2 && usable.length > 0 && type === 'Node') return `...${usable[next() % usable.length]}`;
        if (type === 'Page') return pick < 7 ? child(pick < 5 ? 'rows' : 'others', 'Node') : leaf;
        if (pick < 5) return child('node', 'Node');
        if (pick < 7) return child('nodes', 'Node');
        if (pick === 7) return child(`page(first: ${next()})`, 'Page');
        if (pick === 8) return child('page', 'Page');
        return pick === 9 && type === 'Node' ? child('pair', 'Node') : leaf;
      };
      return `{ ${Array.from({ length: 1 + (next() % 2) }, one).join(' ')} }`;
    };
    const names: string[] = [];
    const definitions = fragments.map((choices) => {
      const text = `fragment F${names.length} on Node ${select(choices, 'Node', 1, names)}`;
      names.push(`F${names.length}`);
      return text;
    });
    return [`query ${select(body, 'Query', 3, names)}`, ...definitions].join('\n');
  });

t.test('the cost of a query is the number of fields of its answer, where lists are as long as the schema says', async (t) => {
  let fragments = 0;
  fc.assert(
    fc.property(queries, (query) => {
      const { data, errors } = executeSync({ schema: TOY, document: parse(query), fieldResolver: toy });
      if (errors) throw errors[0];
      // A fragment may be spread twice into one place, where its fields are the same fields.
      const costs = costIn(TOY, query);
      if (query.includes('...F')) fragments++;
      return /\.\.\.F/.test(query) ? costs >= fieldsOf(data) : costs === fieldsOf(data);
    }),
    { numRuns: 300, seed: 7 },
  );
  t.ok(fragments > 10, 'fragments were met');
});

t.test('prices', async (t) => {
  const page = (args: string) => cost(`query($n: Int) { analyze(network: { ref: "x" }) { layers${args} { nodes { id op } } } }`);
  t.equal(page(''), 1000 + 1 + 1 + 50 * 2, 'the default of the schema');
  t.equal(page('(first: 200)'), 1000 + 1 + 1 + 200 * 2);
  t.equal(page('(first: $n)'), 1000 + 1 + 1 + 1000 * 2, 'a variable counts as the most');
  t.equal(page('(first: null)'), 1000 + 1 + 1 + 1000 * 2);
  t.equal(cost('{ ...A ...A } fragment A on Query { memory(network: { ref: "x" }) { status } }'), 2 * 1001);
  t.equal(cost('{ formats { id @skip(if: true) } }'), 1 + 10, 'what may be left out counts');
  t.equal(cost('{ ...A } fragment A on Query { formats { id } ...A }'), 1 + 10, 'a cycle comes to an end');
  t.equal(cost('{ nothing { id } ... on Nothing { id } }'), 2, 'what is not there is for other rules');
});

t.test('every field that starts an analysis has a price', async (t) => {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const answer = getNamedType(field.type);
      // Whatever an analysis answers says which engine made it.
      const analyzes =
        (isObjectType(answer) && String(answer.getFields().engine?.type) === 'Engine!') ||
        field.args.some(({ name }) => name === 'network' || name === 'networks');
      t.equal(price(schema, field) >= 1000, analyzes, `${type.name}.${field.name}`);
    }
  }
});

t.test('introspection costs at least its answer, and may be asked for', async (t) => {
  const query = getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true, specifiedByUrl: true, directiveIsRepeatable: true });
  const { data } = executeSync({ schema, document: parse(query) });
  t.ok(cost(query) >= fieldsOf(data), `${cost(query)} for ${fieldsOf(data)} fields`);
  const app = await service(t);
  const ask = (text: string) => app.inject({ method: 'POST', url: '/graphql', payload: { query: text } });
  t.equal((await ask(query)).statusCode, 200);
  t.equal((await ask('{ a: __schema { types { fields { args { name type { name } } type { fields { name } } } } } }')).statusCode, 200);
  const twice = await ask(
    query.replace('__schema {', 'b: __schema { types { fields { name type { name fields { name } } } } } __schema {'),
  );
  t.match(twice.json().errors[0].message, /costs \d+/);
});

const ANALYSES = (count: number) =>
  `query ($n: NetworkInput!) { ${Array.from({ length: count }, (_, i) => `a${i}: analyze(network: $n) { status }`).join(' ')} }`;

t.test('a query that asks for too much is refused before anything is run', async (t) => {
  const app = await service(t);
  // A network that is wrong: were anything run, the answer would say so, and be 200.
  const ask = async (query: string, variables: object = { n: { ref: 'zoo:none' } }) => {
    const answer = await app.inject({ method: 'POST', url: '/graphql', payload: { query, variables } });
    return { status: answer.statusCode, message: answer.json().errors?.[0].message };
  };
  t.match(await ask(ANALYSES(30)), { status: 200 }, 'as many aliases as may be');
  t.match(await ask(ANALYSES(31)), { status: 400, message: /more than 30 aliases/ });
  t.match(await ask(ANALYSES(100)), { status: 400 });
  const inFragment = `query ($n: NetworkInput!) { ...F } fragment F on Query { ${ANALYSES(100).replace(/^[^{]*\{|\}$/g, '')} }`;
  t.match(await ask(inFragment), { status: 400 });
  const page = '{ layers(first: 1000) { nodes { id op macs flops outputs { shape receptiveFields { axes { size stride } } } } } }';
  t.match(await ask(`query ($n: NetworkInput!) { analyze(network: $n) ${page} }`), { status: 200 }, 'a page as large as may be');
  const wide = `query ($n: NetworkInput!) { ${[1, 2, 3, 4, 5].map((i) => `a${i}: analyze(network: $n) ${page}`).join(' ')} }`;
  t.match(await ask(wide), { status: 400, message: /costs \d+, and may cost 50000/ });
  const heavy = Array.from({ length: 11 }, (_, i) => `a${i}: sweep(network: $n, sweep: "H:1..2:1") { status }`);
  t.match(await ask(`query ($n: NetworkInput!) { ${heavy.join(' ')} }`), { status: 400, message: /costs/ });
  t.match(await ask(`{ formats { ${'id '.repeat(100)} } } # ${'x'.repeat(70_000)}`, {}), { status: 400, message: /"query" is larger/ });
  t.equal((await app.inject({ method: 'POST', url: '/graphql', payload: { query: '{ formats { id } }' } })).statusCode, 200);
});

t.test('limits are knobs', async (t) => {
  const app = await service(t, { MAX_QUERY_COST: '30', MAX_QUERY_ALIASES: '0', MAX_QUERY_ERRORS: '3', GRAPHQL_INTROSPECTION: 'false' });
  const ask = async (query: string) => (await app.inject({ method: 'POST', url: '/graphql', payload: { query } })).json();
  t.ok((await ask('{ formats { id title } }')).data);
  t.match((await ask('{ formats { id title reads } }')).errors, [{ message: /costs 31/ }]);
  t.match((await ask('{ a: formats { id } }')).errors, [{ message: /more than 0 aliases/ }]);
  const many = (await ask('{ a1 a2 a3 a4 a5 a6 }')).errors;
  t.equal(many.length, 4, 'three, and that there are more');
  for (const query of ['{ __schema { description } }', '{ __type(name: "Report") { name } }']) {
    t.match((await ask(query)).errors, [{ message: /introspection/i, extensions: { code: 'invalid-query' } }]);
  }
  t.ok((await ask('{ __typename }')).data, 'what generated clients ask for');
});

t.test('an answer whose lists are longer than they were taken to be is bounded too', async (t) => {
  const app = await service(t, { MAX_QUERY_COST: '5000' });
  const layers = (count: number) => ({ ...CONV, layers: Array.from({ length: count }, () => ({ type: 'ReLU' })) });
  const query =
    'query ($d: JSON) { memory(network: { description: $d }) { status timeline { ...T } } } fragment T on TimelinePoint { layer ... { bytes } }';
  const ask = async (count: number) =>
    (await app.inject({ method: 'POST', url: '/graphql', payload: { query, variables: { d: layers(count) } } })).json();
  t.equal((await ask(200)).data.memory.timeline.length, 200);
  const refused = await ask(3000);
  t.strictSame(refused.data, { memory: null });
  t.match(refused.errors, [{ path: ['memory'], extensions: { code: 'analysis-too-large' }, message: /too many fields/ }]);
});
