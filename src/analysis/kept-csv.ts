import type { KeptJson, VersionJson } from './collection.ts';
import { csvLine } from './csv.ts';

const TOTALS = [
  'nodes',
  'layers',
  'params',
  'macs',
  'flops',
  'weightBytes',
  'activations',
  'activationBytes',
  'peakBytes',
  'receptiveField',
  'depth',
  'nonlinearities',
] as const;

const HEADER = ['ref', 'name', 'format', 'bytes', 'keptAt', 'status', ...TOTALS, 'tags', 'versions', 'note'];

function cells({ ref, network, keptAt, totals, tags, versions, note }: KeptJson) {
  const { name, format, bytes } = network;
  return [
    ref,
    name,
    format,
    bytes,
    keptAt,
    totals.status,
    ...TOTALS.map((total) => totals[total]),
    tags.join(' '),
    versions.join('; '),
    note,
  ];
}

/** Kept networks as CSV (RFC 4180), one row each. */
export function keptCsv(networks: readonly KeptJson[]): string {
  return [csvLine(HEADER), ...networks.map((kept) => csvLine(cells(kept)))].join('');
}

/** A history as CSV: the versions, and of each the network that it stands for. */
export function historyCsv(versions: readonly VersionJson[]): string {
  const rows = versions.map(({ ref, number, keptAt, kept }) => csvLine([ref, number, keptAt, ...cells(kept)]));
  return [csvLine(['version', 'number', 'since', ...HEADER]), ...rows].join('');
}
