import type { AxisMap, Call, Operator, Relation } from '../../src/core/operators/operator.ts';
import { LIFTS } from '../../src/formats/onnx/lift/table.ts';
import { samplesOf } from './samples.ts';

// Writes docs/operators.md: what the registry says of each operator, and what its record answers to calls that it takes.

const HEAD = `# Operators

What Fovea knows of each operator. The page is generated from the registry (\`FOVEA_UPDATE=1 node test/docs/operators.test.ts\`);
an operator that is not on it is reported as unsupported, and never counted as nothing.

Operators are those of ONNX's newest operator set; files of sets 1 to 28 are lifted to it, and a newer one is read as 28, with a warning.

\`If\`, \`Loop\` and \`Scan\` are not in the table: the graphs within them are laid flat, and what is left of them is \`fovea.Join\`,
\`fovea.Carry\`, \`fovea.Last\` and \`fovea.Stack\`. Functions that a file defines are replaced by their nodes.

- **Older forms**: the operator sets before which a node looked otherwise, and is rewritten.
- **Sizes**: \`exact\`: follow from sizes and attributes; \`elements\`: also from elements of an input, known where that is a constant or
  computed from sizes, else unknown; \`data\`: only a run of the network would tell.
- **Folds**: elements of small outputs are evaluated where those of the inputs are known.
- **Field**: how an output position depends on positions of the first input. \`same\`: on its own; \`window\`: on a window, exactly, borders and all;
  \`moved\`: on one or few elsewhere, exactly; \`reshape\`: on the same element under another shape; \`whole axis\`: on all of an axis; \`statistics\`: on an axis, by mean and variance only;
  \`data\`: which ones the data decides; \`none\`: on no element; \`unknown\`: Fovea cannot say.
- **Cost**: the kinds of operations that are counted (\`exp\` are all transcendentals, \`load\` gathered elements); \`none\`: moves or renames data; \`unknown\`: not counted, and said so.
- **Notes**: \`activation\`: counts towards the nonlinearities; \`view\`: owns no memory.

An answer that depends on the attributes shows all that were met; \`?\` means that no plain call was found.

| Operator | Older forms | Sizes | Folds | Field | Cost | Notes |
|---|---|---|---|---|---|---|
`;

/** The whole page. */
export function operatorsPage(operators: readonly Operator[]): string {
  const known = new Set(operators.map(({ op }) => op));
  const others = [...LIFTS].flatMap(([op, lifts]) => (known.has(op) || lifts.every(({ before }) => Number.isFinite(before)) ? [] : [op]));
  return `${HEAD}${operators.map(row).join('\n')}\n\n## Operators that are no more\n\nRead as others that do the same: ${others.sort().join(', ')}.\n`;
}

function row(operator: Operator): string {
  const samples = samplesOf(operator);
  const known = samples.filter(isKnown);
  const telling = known.length > 0 ? known : samples;
  const notes = [...(operator.nonlinear ? ['activation'] : []), ...(operator.view ? ['view'] : [])];
  const cells = [
    operator.op,
    olderForms(operator.op),
    samples.length === 0 ? '?' : sizes(samples),
    operator.value ? 'yes' : '',
    words(telling.flatMap((call) => (call.inputs[0] ? wordsOf(operator.field(call, 0, 0)) : ['none']))),
    words(telling.flatMap((call) => costWords(operator, call))),
    notes.join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

function olderForms(op: string): string {
  const before = (LIFTS.get(op) ?? []).map((lift) => lift.before).filter(Number.isFinite);
  return before.length === 0 ? '' : `before ${before.join(', ')}`;
}

function words(found: readonly string[]): string {
  return found.length === 0 ? '?' : [...new Set(found)].sort().join(', ');
}

const isKnown = (call: Call): boolean => call.outputs.every(({ shape }) => shape?.every((dim) => typeof dim === 'number') ?? false);

function sizes(samples: readonly Call[]): string {
  const known = samples.filter(isKnown);
  if (known.length === 0) return 'data';
  // Where inputs are left out that a size comes from, more than elements are missing.
  const fewest = Math.min(...known.map(({ inputs }) => inputs.length));
  return samples.every((call) => isKnown(call) || call.inputs.length < fewest) ? 'exact' : 'elements';
}

function wordsOf(relation: Relation): string[] {
  if (relation === 'elementwise') return ['same'];
  if (relation === 'dataDependent') return ['data'];
  if (typeof relation === 'string') return [relation];
  if ('unknown' in relation) return ['unknown'];
  const picks = 'picks' in relation ? relation.picks.length : 0;
  const links = 'links' in relation ? relation.links : relation;
  const found = links.flatMap((link) => (link ? [wordOf(link.map)] : []));
  const mixed = links.some((link) => link === null) || links.length === 0;
  return [...found, ...(picks > 0 ? ['moved'] : mixed ? ['whole axis'] : [])];
}

function wordOf(map: AxisMap): string {
  if (map.kind === 'all') return map.statistics ? 'statistics' : 'whole axis';
  if (map.kind === 'periodic' || map.kind === 'table') return isWindow(map) ? 'window' : 'moved';
  return { each: 'same', broadcast: 'same', dataDependent: 'data', unknown: 'unknown' }[map.kind];
}

function isWindow({ lo, hi }: { readonly lo: ArrayLike<number>; readonly hi: ArrayLike<number> }): boolean {
  return Array.from(lo).some((start, f) => start < (hi[f] as number));
}

function costWords(operator: Operator, call: Call): string[] {
  const counters = operator.cost(call);
  if (!counters) return ['unknown'];
  const kinds = Object.entries(counters).flatMap(([kind, count]) => (kind !== 'integer' && kind !== 'padding' && count ? [kind] : []));
  return kinds.length > 0 ? kinds : ['none'];
}
