import type { Kysely } from 'kysely';
import type { KeptRef } from './network.ts';
import type { Tables } from './tables.ts';

/**
 * Forgets what a ref names, and says whether there was any: a content with everything that refers to it, a name with its
 * history, or one version of a name. The contents of a name stay, since other names and refs may need them.
 */
export async function forget(db: Kysely<Tables>, ref: KeptRef): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    if ('sha256' in ref) {
      // Locks the content before its versions, in the order in which it is kept.
      const { numDeletedRows } = await tx.deleteFrom('networks').where('sha256', '=', ref.sha256).executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    }
    const { name, number } = ref;
    await tx.updateTable('network_names').set({ name }).where('name', '=', name).execute();
    const versions = tx.deleteFrom('network_versions').where('name', '=', name);
    const { numDeletedRows } = await (number === undefined ? versions : versions.where('number', '=', number)).executeTakeFirstOrThrow();
    return numDeletedRows > 0n;
  });
}
