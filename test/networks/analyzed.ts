import { readConfig } from '../../src/config.ts';
import { analyze } from '../../src/core/analyze.ts';
import type { AnalyzeOptions } from '../../src/core/options.ts';
import type { FieldAxis, Report } from '../../src/core/report.ts';
import { readDescription } from '../../src/formats/description/index.ts';
import { describeRef } from '../../src/networks/index.ts';

const { reader } = readConfig({}).limits;

/** The report of a built-in network. */
export function analyzed(name: string, options: AnalyzeOptions = {}): Report {
  const described = describeRef(`zoo:${name}`);
  if (described === null) throw new Error(`there is no ${name}`);
  const graph = readDescription(described.description, reader);
  return analyze({ graph, format: 'description', name: described.name, bytes: 0, sha256: '' }, options);
}

/** The fields of a layer's first output, axis by axis. */
export function fieldsAt({ layers = [] }: Report, id: string): readonly FieldAxis[] {
  const found = layers.find((layer) => layer.id === id);
  if (found === undefined) throw new Error(`there is no layer ${id}`);
  return found.outputs[0]?.receptiveFields[0]?.axes ?? [];
}

/** `[smallest, largest, stride]` of the field at a layer, where height and width agree. */
export function spanAt(report: Report, id: string): readonly (number | null)[] {
  const spans = fieldsAt(report, id).map(({ sizeMin, size, stride }) => [sizeMin, size, stride]);
  const [first, ...rest] = spans as [(number | null)[], ...(number | null)[][]];
  if (rest.some((span) => span.join() !== first.join())) throw new Error(`the axes of ${id} differ`);
  return first;
}
