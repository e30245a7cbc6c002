import { type FieldNode, type GraphQLField, type GraphQLSchema, getDirectiveValues, Kind } from 'graphql';

/** Items of a list of which the schema does not say how many it is taken to have. */
const USUAL_SIZE = 10;

/** What `@listSize` says of a field. */
interface Declared {
  readonly assumedSize: number;
  readonly slicingArguments?: readonly string[];
  readonly sizedFields?: readonly string[];
}

type Field = GraphQLField<unknown, unknown>;

/** Sizes that a field gives to the lists below it, by their names. */
export type Sized = ReadonlyMap<string, number>;

/** The size of a field's own list where it is one, and those that it gives to lists below it. */
export function listSize(schema: GraphQLSchema, field: Field, node: FieldNode): { readonly own: number; readonly below: Sized } {
  const declared = directive<Declared>(schema, 'listSize', field);
  if (declared === undefined) return { own: USUAL_SIZE, below: new Map() };
  const { assumedSize, slicingArguments = [], sizedFields = [] } = declared;
  const own =
    slicingArguments.length > 0 ? Math.max(...slicingArguments.map((name) => slice(field, node, name) ?? assumedSize)) : assumedSize;
  return { own, below: new Map(sizedFields.map((name) => [name, own])) };
}

/** What a field costs by itself. */
export function price(schema: GraphQLSchema, field: Field): number {
  return directive<{ readonly weight: number }>(schema, 'cost', field)?.weight ?? 1;
}

/** How many items an argument asks for; undefined where only the variables would tell. */
function slice(field: Field, node: FieldNode, name: string): number | undefined {
  const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value === undefined) return field.args.find((argument) => argument.name === name)?.defaultValue as number | undefined;
  return value.kind === Kind.INT ? Math.max(0, Number(value.value)) : undefined;
}

function directive<T>(schema: GraphQLSchema, name: string, { astNode }: Field): T | undefined {
  const definition = schema.getDirective(name);
  return definition && astNode ? (getDirectiveValues(definition, astNode) as T | undefined) : undefined;
}
