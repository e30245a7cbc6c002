import { Fault } from '../core/fault.ts';
import type { Store } from '../store/store.ts';
import { keptRefOf } from './ref.ts';
import { refIn } from './resolve-network.ts';
import type { JsonSource, KeptSource } from './source.ts';

/**
 * The source itself, or where it refers to a kept network the graph that is kept: threads have no store, and a name is
 * looked up once, so that it means one network to one request. Faults: `network-not-found`, `store-unavailable`.
 */
export async function fromStore(source: JsonSource, store: Pick<Store, 'findGraph'>): Promise<JsonSource | KeptSource> {
  const { value, pointer } = source;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'ref')) return source;
  const ref = refIn(value as Readonly<Record<string, unknown>>, pointer);
  const kept = keptRefOf(ref);
  if (kept === null) return source;
  const found = await store.findGraph(kept);
  if (!found) throw new Fault('network-not-found', `no network is kept as '${ref}'`, { pointer: `${pointer}/ref` });
  return { kind: 'kept', ...found };
}
