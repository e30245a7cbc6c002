import { type ExpressionBuilder, type Selectable, sql } from 'kysely';
import type { KeptNetwork, VersionRef } from './network.ts';
import type { Tables } from './tables.ts';

/** Places in histories that are told of one network. */
const MOST_VERSIONS = 100;

/** The columns of a network, with its tags and versions, in one query. No tag holds a comma, and no name a line feed. */
export function networkColumns(eb: ExpressionBuilder<Tables, 'networks'>) {
  const newest = eb
    .selectFrom('network_versions as v')
    .whereRef('v.sha256', '=', 'networks.sha256')
    .select(['v.name', 'v.number'])
    .orderBy('v.kept_at', 'desc')
    .limit(MOST_VERSIONS);
  return [
    'networks.sha256',
    'networks.format',
    'networks.bytes',
    'networks.kept_at',
    'networks.about',
    'networks.totals',
    'networks.note',
    eb
      .selectFrom('network_tags as t')
      .whereRef('t.sha256', '=', 'networks.sha256')
      .select(sql<string | null>`string_agg(t.tag, ',' order by t.tag)`.as('tags'))
      .as('tags'),
    eb
      .selectFrom(newest.as('v'))
      .select(
        sql<string | null>`string_agg(v.name || '@' || cast(v.number as text), ${sql.lit('\n')} order by v.name, v.number)`.as('versions'),
      )
      .as('versions'),
  ] as const;
}

/** A row of `networkColumns`. */
export interface NetworkRow
  extends Pick<Selectable<Tables['networks']>, 'sha256' | 'format' | 'bytes' | 'kept_at' | 'about' | 'totals' | 'note'> {
  readonly tags: string | null;
  readonly versions: string | null;
}

export function networkOf({ sha256, format, bytes, kept_at, about, totals, note, tags, versions }: NetworkRow): KeptNetwork {
  return {
    about: { sha256, format, bytes, ...JSON.parse(about) },
    totals: JSON.parse(totals),
    tags: tags?.split(',') ?? [],
    note,
    keptAt: kept_at,
    versions: versions?.split('\n').map(versionOf) ?? [],
  };
}

function versionOf(text: string): VersionRef {
  const at = text.lastIndexOf('@');
  return { name: text.slice(0, at), number: Number(text.slice(at + 1)) };
}
