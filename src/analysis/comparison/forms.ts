import { curveFigure } from '../figures/curve-figure.ts';
import { scatterFigure } from '../figures/scatter-figure.ts';
import { escaped, grouped, table } from '../markdown-table.ts';
import { type ComparedNetwork, type Comparison, numbersOf } from './comparison.ts';
import { digits } from './words.ts';

/** What a figure of a comparison shows: cost against receptive field, or the receptive field against depth. */
export type Plot = 'cost' | 'depth';

/** A comparison as Markdown: one column per network, then what sets each apart. */
export function comparisonMarkdown({ networks, differences }: Comparison): string {
  const columns = networks.map(numbersOf);
  const names = [...new Set(columns.flatMap((numbers) => [...numbers.keys()]))];
  const rows = names.map((name) => [name, ...columns.map((numbers) => cell(numbers.get(name) ?? null))]);
  const statements = differences.map(({ label, statements }) => {
    const against = `### ${escaped(label)} against ${escaped(networks[0]?.label ?? '')}`;
    return `\n${against}\n\n${statements.map((statement) => `- ${escaped(statement)}\n`).join('')}`;
  });
  return `${table(['', ...networks.map(({ label }) => label)], rows)}${statements.join('')}`;
}

function cell(value: number | string | null): string {
  if (value === null) return '?';
  return Number.isInteger(Number(value)) ? (grouped(value) as string) : digits(value);
}

/** A comparison as SVG. */
export function comparisonFigure(comparison: Comparison, plot: Plot): string {
  return plot === 'cost' ? costFigure(comparison) : depthFigure(comparison);
}

/** From here on a linear axis would press the smaller costs together. */
const FAR_APART = 20;

function costFigure({ networks }: Comparison): string {
  const costs = networks.map(({ totals }) => Number(totals.cost.value ?? 0)).filter((cost) => cost > 0);
  return scatterFigure({
    title: 'Cost against receptive field',
    subtitle: subtitleOf(networks),
    x: { label: 'receptive field', unit: '', scale: 'linear' },
    y: {
      label: 'cost',
      unit: networks[0]?.totals.cost.unit ?? '',
      scale: Math.max(...costs) > FAR_APART * Math.min(...costs) ? 'log' : 'linear',
    },
    points: networks.map((network) => ({
      name: network.label,
      x: largestField(network),
      y: network.totals.cost.value === null || network.lowerBounds.includes('cost') ? null : Number(network.totals.cost.value),
    })),
    note: 'The field is that of the last layer whose units have a place along the input, without gates and statistics.',
  });
}

function largestField({ receptiveField }: ComparedNetwork): number | null {
  const sizes = receptiveField.flatMap(({ local }) => (local.size === null ? [] : [local.size]));
  return sizes.length === 0 ? null : Math.max(...sizes);
}

function depthFigure({ networks }: Comparison): string {
  return curveFigure({
    title: 'Receptive field against depth',
    subtitle: subtitleOf(networks),
    x: { label: 'layers with weights', unit: '', scale: 'linear' },
    y: { label: 'receptive field', unit: '', scale: 'linear' },
    series: networks.map(({ label, growth }) => ({ name: label, points: growth.map(({ depth, size }) => ({ x: depth, y: size })) })),
    note: 'The largest field of the units behind so many layers, without gates and statistics.',
  });
}

function subtitleOf(networks: readonly ComparedNetwork[]): string {
  return networks.map(({ label }) => label).join(', ');
}
