import type { CountJson, Layer, Report } from '../core/report.ts';

interface Metric {
  readonly kind: 'model' | 'node' | 'value';
  readonly target: string;
  readonly name: string;
  readonly value: CountJson | string;
  readonly type: 'attribute';
}

/**
 * A report as an attachment of Netron (its `netron:attachment`, as version 9.3 reads it): opened over the model there, it shows these figures
 * beside each node. Netron finds nodes and values by the first line of their names; a node without a name is found by what
 * it writes. Netron shows words as well as figures: what is not known says so, and a total that lacks something is `at least`
 * what is known.
 */
export function netronAttachment(report: Report): string {
  const { totals, convention, engine } = report;
  const total = (name: string, value: CountJson | null) =>
    value !== null && totals.lowerBounds.includes(name) ? `at least ${value}` : value;
  const metrics = [
    ...figures('model', '', {
      macs: total('macs', totals.macs),
      flops: total('flops', totals.flops),
      'trainable parameters': totals.params.trainable,
      [`${convention.id} ${convention.unit}`]: total('cost', totals.cost.value),
      'activation bytes': total('activations', totals.activations.bytes),
      'peak bytes': total('memory.peakBytes', totals.memory.peakBytes),
      engine: `${engine.name} ${engine.version}`,
    }),
    ...(report.layers ?? []).flatMap((layer) => layerFigures(layer, convention)),
  ];
  return JSON.stringify({ signature: 'netron:attachment', metrics });
}

function layerFigures(layer: Layer, { id, unit }: Report['convention']): Metric[] {
  const [output] = layer.outputs;
  const named = firstLine(layer.name) !== '';
  const fields = output?.receptiveFields.flatMap(({ source, axes }) =>
    axes.map(({ axis, size, status }): [string, CountJson | string | null] => [
      `receptive field ${source}.${axis}`,
      status === 'exact' ? size : status,
    ]),
  );
  return figures(named ? 'node' : 'value', firstLine(named ? layer.name : (output?.name ?? '')), {
    macs: layer.macs,
    flops: layer.flops,
    'trainable parameters': layer.params.trainable,
    [`${id} ${unit}`]: layer.cost.value,
    'activation bytes': layer.activationBytes,
    ...Object.fromEntries(fields ?? []),
  });
}

function figures(kind: Metric['kind'], target: string, values: Readonly<Record<string, CountJson | string | null>>): Metric[] {
  return Object.entries(values).map(
    ([name, value]): Metric => ({ kind, target, name: firstLine(name), value: value ?? 'unknown', type: 'attribute' }),
  );
}

function firstLine(name: string): string {
  return name.split('\n', 1)[0] ?? '';
}
