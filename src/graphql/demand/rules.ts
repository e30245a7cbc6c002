import { GraphQLError, NoSchemaIntrospectionCustomRule, type ValidationRule } from 'graphql';
import { costOf } from './cost.ts';

/** How much one request may ask for. */
export interface Demand {
  readonly queryCost: number;
  readonly queryAliases: number;
  readonly introspection: boolean;
}

/** What documents are checked for beside the rules of GraphQL itself, before anything of them is run. */
export function demandRules({ queryCost, queryAliases, introspection }: Demand): ValidationRule[] {
  return [costRule(queryCost), aliasRule(queryAliases), ...(introspection ? [] : [NoSchemaIntrospectionCustomRule])];
}

function costRule(max: number): ValidationRule {
  return (context) => ({
    OperationDefinition(operation) {
      const cost = costOf(context.getSchema(), context.getDocument(), operation);
      if (cost <= max) return;
      const message = `the operation costs ${Math.ceil(cost)}, and may cost ${max}: ask for fewer analyses, rows or fields at a time`;
      context.reportError(new GraphQLError(message, { nodes: operation }));
    },
  });
}

/** An alias lets one field stand more than once. */
function aliasRule(max: number): ValidationRule {
  return (context) => {
    let aliases = 0;
    return {
      Field(node) {
        if (node.alias === undefined || ++aliases !== max + 1) return;
        context.reportError(new GraphQLError(`the document has more than ${max} aliases`, { nodes: node }));
      },
    };
  };
}
