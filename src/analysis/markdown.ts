import type { CountJson, FieldAxis, Layer, Report, ScopeTotals } from '../core/report.ts';
import { attributeCells } from './csv.ts';
import { escaped, grouped, row, table } from './markdown-table.ts';

/** A report as Markdown (GitHub's tables): totals, then the layers with the receptive fields of their first outputs. */
export function* reportMarkdown(report: Report): Generator<string> {
  const { network, totals, convention, status } = report;
  const total = (name: string, count: CountJson | null) => atLeast(count, totals.lowerBounds.includes(name));
  yield `## ${escaped(network.name || network.sha256.slice(0, 12))}\n\n`;
  yield table(
    ['total', 'value'],
    [
      ['status', status],
      ['trainable parameters', grouped(totals.params.trainable)],
      ['MACs', total('macs', totals.macs)],
      ['FLOPs', total('flops', totals.flops)],
      [`cost (${convention.id}, ${convention.unit})`, total('cost', totals.cost.value)],
      ['activation bytes', total('activations', totals.activations.bytes)],
      ['peak activation bytes', total('memory.peakBytes', totals.memory.peakBytes)],
      ...(totals.lowerBounds.length > 0 ? [['lower bounds', totals.lowerBounds.join(', ')]] : []),
    ],
  );
  const cost = `${convention.id} ${convention.unit}`;
  if (report.groups) yield groupTable(report.groups, cost);
  const { layers } = report;
  if (!layers) return;
  yield `\n${row(['#', 'layer', 'op', 'kernel', 'stride', 'output', 'parameters', 'MACs', 'FLOPs', cost, 'receptive field'])}`;
  yield '|--:|---|---|---|---|---|--:|--:|--:|--:|---|\n';
  for (const layer of layers) yield layerRow(layer);
}

function layerRow(layer: Layer): string {
  const { kernel, stride } = attributeCells(layer);
  const [output] = layer.outputs;
  const shape = output?.shape?.map((size) => size ?? '?').join('x');
  const counts = [layer.params.trainable, layer.macs, layer.flops, layer.cost.value].map((count) => grouped(count) ?? '?');
  const field = (output?.receptiveFields[0]?.axes ?? []).map(fieldCell).join(', ');
  return row([layer.index, layer.id, layer.op, kernel, stride, shape, ...counts, field]);
}

function groupTable(groups: readonly ScopeTotals[], cost: string): string {
  const rows = groups.map(({ scope, layers, params, macs, flops, cost: { value }, activationBytes, lowerBounds }) => {
    const total = (name: string, count: CountJson | null) => atLeast(count, lowerBounds.includes(name));
    const sums = [total('macs', macs), total('flops', flops), total('cost', value), total('activationBytes', activationBytes)];
    return row([scope === '' ? '(top)' : scope, layers, grouped(params.trainable), ...sums]);
  });
  const header = row(['scope', 'layers', 'parameters', 'MACs', 'FLOPs', cost, 'activation bytes']);
  return `\n${header}|---|--:|--:|--:|--:|--:|--:|\n${rows.join('')}`;
}

const atLeast = (count: CountJson | null, bound: boolean) => (count === null ? null : `${bound ? '≥ ' : ''}${grouped(count)}`);

function fieldCell({ axis, status, size, sizeMin }: FieldAxis): string {
  if (status !== 'exact') return `${axis} ${status}`;
  return `${axis} ${size === sizeMin ? size : `${sizeMin} to ${size}`}`;
}
