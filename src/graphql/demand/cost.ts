import {
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import { INTROSPECTION_SIZES } from './introspection-sizes.ts';
import { listSize, price, type Sized } from './list-size.ts';

type Type = GraphQLNamedType | null | undefined;

/**
 * What an operation costs at most: a field costs its price (`@cost`, else 1) and all that is selected below it, times the
 * size of its list. Sizes that a variable gives count as the most that the schema allows, so that the cost is the same
 * for all variables, and fields that a directive may leave out count too.
 */
export function costOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): number {
  const fragments = new Map(document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])));
  const known = new Map<string, number>();

  function selected({ selections }: SelectionSetNode, parent: Type, sized: Sized): number {
    let cost = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) cost += field(selection, parent, sized);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) cost += fragment(selection.name.value, sized);
      else cost += selected(selection.selectionSet, typeNamed(selection.typeCondition?.name.value) ?? parent, sized);
    }
    return cost;
  }

  /** A fragment is priced once for all its spreads; its price depends on the sizes that it is spread among. */
  function fragment(name: string, sized: Sized): number {
    const key = JSON.stringify([name, ...sized]);
    const definition = fragments.get(name);
    if (definition !== undefined && !known.has(key)) {
      // One that spreads itself is refused by another rule; here it must only come to an end.
      known.set(key, 0);
      known.set(key, selected(definition.selectionSet, typeNamed(definition.typeCondition.name.value), sized));
    }
    return known.get(key) ?? 0;
  }

  function field(node: FieldNode, parent: Type, sized: Sized): number {
    const definition = fieldOf(schema, parent, node.name.value);
    if (definition === undefined) return 1;
    const { own, below } = listSize(schema, definition, node);
    const children = node.selectionSet ? selected(node.selectionSet, getNamedType(definition.type), below) : 0;
    const isList = isListType(getNullableType(definition.type));
    const rows = isList ? (sized.get(definition.name) ?? INTROSPECTION_SIZES[`${parent?.name}.${definition.name}`] ?? own) : 1;
    return price(schema, definition) + rows * children;
  }

  function typeNamed(name: string | undefined): Type {
    return name === undefined ? undefined : schema.getType(name);
  }

  return selected(operation.selectionSet, schema.getRootType(operation.operation), new Map());
}

function fieldOf(schema: GraphQLSchema, parent: Type, name: string): GraphQLField<unknown, unknown> | undefined {
  if (!isObjectType(parent)) return undefined;
  const meta = parent === schema.getQueryType() ? [SchemaMetaFieldDef, TypeMetaFieldDef] : [];
  return meta.find((one) => one.name === name) ?? parent.getFields()[name];
}
