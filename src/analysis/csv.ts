import type { AttributeJson, FieldAxis, Layer, Report } from '../core/report.ts';

const COLUMNS = [
  'index',
  'id',
  'op',
  'kernel',
  'stride',
  'padding',
  'dilation',
  'groups',
  'shape',
  'params',
  'macs',
  'flops',
  'cost',
  'activationBytes',
];
const FIELD_COLUMNS = ['size', 'stride', 'padding', 'center', 'status'] as const;

/** Enough rows to make a chunk worth sending. */
const ROWS_PER_CHUNK = 200;

type Cell = string | number | null | undefined;

/** The layers of a report as CSV (RFC 4180), one row each, with the receptive fields of its first output. */
export function* csvRows(report: Report): Generator<string> {
  const layers = report.layers ?? [];
  const sources = sourceAxes(layers);
  const header = [...COLUMNS, ...sources.flatMap(({ source, axis }) => FIELD_COLUMNS.map((column) => `${source}.${axis}.${column}`))];
  let chunk = csvLine(header);
  for (const [i, layer] of layers.entries()) {
    chunk += csvLine([...layerCells(layer), ...sources.flatMap(({ source, axis }) => fieldCells(layer, source, axis))]);
    if (i % ROWS_PER_CHUNK !== ROWS_PER_CHUNK - 1) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

/** Every axis of every source that reaches some layer, in the order of their first appearance. */
function sourceAxes(layers: readonly Layer[]): { source: string; axis: string }[] {
  const axesOf = new Map<string, Set<string>>();
  for (const field of layers.flatMap((layer) => layer.outputs[0]?.receptiveFields ?? [])) {
    const axes = axesOf.get(field.source) ?? new Set();
    axesOf.set(field.source, axes);
    for (const { axis } of field.axes) axes.add(axis);
  }
  return [...axesOf].flatMap(([source, axes]) => [...axes].map((axis) => ({ source, axis })));
}

/** The arguments of a window, as one reads them: `3x3`. */
export function attributeCells({ attributes }: Layer) {
  const { kernel_shape, strides, dilations, group } = attributes;
  return {
    kernel: sizes(kernel_shape),
    stride: sizes(strides),
    padding: paddingCell(attributes),
    dilation: sizes(dilations),
    groups: typeof group === 'number' ? group : null,
  };
}

function layerCells(layer: Layer): Cell[] {
  const { kernel, stride, padding, dilation, groups } = attributeCells(layer);
  return [
    layer.index,
    layer.id,
    layer.op,
    kernel,
    stride,
    padding,
    dilation,
    groups,
    layer.outputs[0]?.shape?.map((size) => size ?? '?').join('x'),
    layer.params.trainable,
    layer.macs,
    layer.flops,
    layer.cost.value,
    layer.activationBytes,
  ];
}

function fieldCells(layer: Layer, source: string, axis: string): Cell[] {
  const field = layer.outputs[0]?.receptiveFields.find((f) => f.source === source);
  const found: FieldAxis | undefined = field?.axes.find((a) => a.axis === axis);
  return FIELD_COLUMNS.map((column) => found?.[column]);
}

function sizes(value: AttributeJson | undefined): Cell {
  return Array.isArray(value) ? value.join('x') : null;
}

/** `1x1` where both ends are padded alike, else `0x0/1x1` for beginnings and ends; the rule's name where a rule pads. */
function paddingCell(attributes: Layer['attributes']): Cell {
  const { auto_pad, pads } = attributes;
  if (typeof auto_pad === 'string' && auto_pad !== 'NOTSET' && auto_pad !== '') return auto_pad;
  if (!Array.isArray(pads)) return null;
  const begins = pads.slice(0, pads.length / 2).join('x');
  const ends = pads.slice(pads.length / 2).join('x');
  return begins === ends ? begins : `${begins}/${ends}`;
}

/** One row of CSV. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(quote).join(',')}\r\n`;
}

function quote(cell: Cell): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
