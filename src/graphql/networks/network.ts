import { builtInAbout } from '../../analysis/built-ins.ts';
import type { Collection, KeptJson } from '../../analysis/collection.ts';
import { isBuiltIn, keptRefOf } from '../../analysis/ref.ts';

/** `Network` of the schema: a kept network, or a built-in one, of which nothing is kept. */
export interface NetworkRow extends Omit<KeptJson, 'totals' | 'keptAt'> {
  readonly totals: KeptJson['totals'] | null;
  readonly keptAt: string | null;
  /** The name that it was asked for by. */
  readonly asked?: string;
}

/** Faults: `invalid-ref`, `network-not-found`, `store-unavailable`. */
export async function networkFor(ref: string, collection: Collection): Promise<NetworkRow> {
  if (isBuiltIn(ref)) {
    return { ref, network: builtInAbout(ref), totals: null, tags: [], note: null, keptAt: null, versions: [] };
  }
  const kept = await collection.find(ref);
  const asked = keptRefOf(ref);
  return asked && 'name' in asked ? { ...kept, asked: asked.name } : kept;
}

/** The name whose history is meant: null where the network has none, or not that one. */
export function nameOf({ asked, versions }: NetworkRow, name: string | null | undefined): string | null {
  const names = versions.map((ref) => keptRefOf(ref)).flatMap((ref) => (ref && 'name' in ref ? [ref.name] : []));
  const wanted = name ?? asked ?? names[0];
  return wanted !== undefined && (wanted === asked || names.includes(wanted)) ? wanted : null;
}
