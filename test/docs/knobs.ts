import { KNOBS } from '../../src/config.ts';

const UNITS = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const;

/** Writes the table of settings in docs/operations.md. */
export function knobsTable(): string {
  const rows = Object.entries(KNOBS).map(
    ([name, { fallback, doc }]) => `| \`${name}\` | ${written(name, fallback)} | ${doc.replaceAll('|', '\\|')} |`,
  );
  return ['| setting | by default | what it is |', '|---|---|---|', ...rows].join('\n');
}

function written(name: string, value: unknown): string {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return '-';
  const [unit, size] = UNITS.find(([, bytes]) => name.endsWith('_BYTES') && Number(value) >= bytes && Number(value) % bytes === 0) ?? [
    '',
    1,
  ];
  return unit ? `\`${value}\` (${Number(value) / size} ${unit})` : `\`${value}\``;
}
