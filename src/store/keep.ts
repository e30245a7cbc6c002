import type { Kysely, Transaction } from 'kysely';
import type { KeepAs, KeptNetwork, NewNetwork, VersionRef } from './network.ts';
import { networkColumns, networkOf } from './rows.ts';
import type { Tables } from './tables.ts';
import { columnsOf } from './totals.ts';

type Transacting = Transaction<Tables>;

/** What became of a network that was to be kept. */
export interface Kept {
  readonly network: KeptNetwork;
  /** Whether this content was not kept before. */
  readonly created: boolean;
  /** What the name stands for now; null where none was given. */
  readonly version: VersionRef | null;
}

/** Another transaction took away what this one was about to build on. */
export class Overtaken extends Error {}

/**
 * Keeps a network, in one transaction: the content once, whatever it comes as, and under its name as the newest version,
 * unless it is that already. One that an older engine has read is brought up to date.
 */
export async function keep(db: Kysely<Tables>, network: NewNetwork, as: KeepAs, now: number): Promise<Kept> {
  return db.transaction().execute(async (tx) => {
    const { sha256 } = network.about;
    const created = await insertContent(tx, network, as, now);
    if (!created) await updateContent(tx, network, as);
    if (as.tags !== undefined) await replaceTags(tx, sha256, as.tags);
    const version = as.name === undefined ? null : await addVersion(tx, as.name, sha256, now);
    const row = await tx.selectFrom('networks').where('sha256', '=', sha256).select(networkColumns).executeTakeFirstOrThrow();
    return { network: networkOf(row), created, version };
  });
}

function readingOf({ about: { sha256: _, format, bytes, ...rest }, totals }: NewNetwork) {
  return { format, bytes, about: JSON.stringify(rest), engine: totals.engine, totals: JSON.stringify(totals), ...columnsOf(totals) };
}

async function insertContent(tx: Transacting, network: NewNetwork, { note }: KeepAs, now: number): Promise<boolean> {
  const { sha256 } = network.about;
  const row = { sha256, ...readingOf(network), note: note ?? null, kept_at: now };
  const inserted = await tx
    .insertInto('networks')
    .values(row)
    .onConflict((conflict) => conflict.column('sha256').doNothing())
    .returning('sha256')
    .executeTakeFirst();
  if (inserted) await tx.insertInto('network_graphs').values({ sha256, body: network.graph }).execute();
  return inserted !== undefined;
}

/** Also locks the row, so that the content is not forgotten while it is kept again. */
async function updateContent(tx: Transacting, network: NewNetwork, { note }: KeepAs): Promise<void> {
  const { sha256 } = network.about;
  const row = await tx
    .updateTable('networks')
    .set((eb) => ({ note: note ?? eb.ref('note') }))
    .where('sha256', '=', sha256)
    .returning('engine')
    .executeTakeFirst();
  if (!row) throw new Overtaken();
  if (row.engine === network.totals.engine) return;
  await tx.updateTable('networks').set(readingOf(network)).where('sha256', '=', sha256).execute();
  await tx.updateTable('network_graphs').set({ body: network.graph }).where('sha256', '=', sha256).execute();
}

async function replaceTags(tx: Transacting, sha256: string, tags: readonly string[]): Promise<void> {
  await tx.deleteFrom('network_tags').where('sha256', '=', sha256).execute();
  const rows = [...new Set(tags)].map((tag) => ({ sha256, tag }));
  if (rows.length > 0) await tx.insertInto('network_tags').values(rows).execute();
}

/** The row of a name is what those who keep under it at once wait for, so that each gets a number of its own. */
async function addVersion(tx: Transacting, name: string, sha256: string, now: number): Promise<VersionRef> {
  const { last } = await tx
    .insertInto('network_names')
    .values({ name, last: 0 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet((eb) => ({ name: eb.ref('excluded.name') })))
    .returning('last')
    .executeTakeFirstOrThrow();
  const newest = await tx
    .selectFrom('network_versions')
    .where('name', '=', name)
    .orderBy('number', 'desc')
    .select(['name', 'number', 'sha256'])
    .executeTakeFirst();
  if (newest?.sha256 === sha256) return { name, number: newest.number };
  const number = last + 1;
  await tx.updateTable('network_names').set({ last: number }).where('name', '=', name).execute();
  await tx.insertInto('network_versions').values({ name, number, sha256, kept_at: now }).execute();
  return { name, number };
}
