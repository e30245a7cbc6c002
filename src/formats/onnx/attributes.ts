import { Fault } from '../../core/fault.ts';
import type { Attribute, Graph } from '../../core/graph.ts';
import type { AttributeRecord, GraphRecord } from './records.ts';
import { constantOf, sparseConstantOf } from './tensor.ts';

/** What an attribute needs of the lowering around it. */
export interface AttributeContext {
  keep(bytes: number): void;
  graph(record: GraphRecord): Graph;
}

/** AttributeProto.AttributeType, by what an attribute of the type holds; undefined where the file does not give it. */
const READ: Readonly<Record<number, (a: AttributeRecord, context: AttributeContext, where: string) => Attribute | undefined | null>> = {
  1: (a) => a.float ?? 0,
  2: (a) => a.int ?? 0,
  3: (a) => (a.string === undefined ? '' : a.string),
  4: (a, { keep }, where) => a.tensor && constantOf(a.tensor, keep, where),
  5: (a, { graph }) => a.graph && graph(a.graph),
  6: (a) => a.floats?.values ?? [],
  7: (a) => a.ints?.values ?? [],
  8: (a) => strings(a.strings ?? []),
  10: (a, { graph }) => (a.graphs ?? []).map(graph),
  11: (a, _, where) => a.sparse && sparseConstantOf(a.sparse, where),
};

function strings(values: readonly (string | null)[]): string[] | null {
  return values.every((s) => s !== null) ? (values as string[]) : null;
}

/** Files of IR version 1 do not say the type: it is that of the field which is there. */
function typeOf(a: AttributeRecord): number {
  if (a.type !== 0) return Number(a.type);
  const fields = [a.float, a.int, a.string, a.tensor, a.graph, a.floats, a.ints, a.strings, undefined, a.graphs, a.sparse];
  return fields.findIndex((field) => field !== undefined) + 1;
}

/**
 * The value of an attribute of a node; null where it is of a kind that Fovea does not read, or too long to keep.
 * Faults with `malformed-file` where it does not hold what its type says.
 */
export function attributeOf(a: AttributeRecord, node: string, context: AttributeContext): Attribute | null {
  const where = `attribute '${a.name}' of node '${node}'`;
  if (a.ref !== '') throw new Fault('malformed-file', `${where} stands for one of a function's call, but is in no function`, { node });
  const read = READ[typeOf(a)];
  if (!read) return null;
  const value = read(a, context, where);
  if (value === undefined) throw new Fault('malformed-file', `${where} does not hold what its type says`, { node });
  return value;
}
