import type { MercuriusContext } from 'mercurius';
import type { Analyst } from '../../analysis/analyst.ts';
import { builtInNetwork } from '../../analysis/built-ins.ts';
import type { Collection } from '../../analysis/collection.ts';
import { isBuiltIn } from '../../analysis/ref.ts';
import { Fault } from '../../core/fault.ts';
import { checkedArguments } from '../options.ts';
import { pointed } from '../pointed.ts';
import { type NetworkInput, sourceOf } from '../views.ts';

type Mutation<A> = (root: unknown, args: A, context: MercuriusContext) => Promise<unknown>;

/** Everything that changes what is kept. Faults of each: `unauthorized`, `forbidden`. */
export function mutations(analyst: Analyst, collection: Collection): Readonly<Record<string, Mutation<never>>> {
  const keepNetwork: Mutation<{ readonly network: NetworkInput }> = async (_root, { network, ...as }, { bytes, signal }) => {
    const { name, tags, note } = checkedArguments(as);
    return collection.keep(await analyst.read(sourceOf(network, bytes), signal), { name, tags, note });
  };

  const forgetNetwork: Mutation<{ readonly ref: string }> = async (_root, { ref }) => {
    await pointed('/ref', async () => {
      if (!isBuiltIn(ref)) return collection.forget(ref);
      builtInNetwork(ref);
      throw new Fault('method-not-allowed', `'${ref}' is built in: it cannot be forgotten`);
    });
    return { ref };
  };

  return { keepNetwork: byWriters(keepNetwork), forgetNetwork: byWriters(forgetNetwork) };
}

function byWriters<A>(mutation: Mutation<A>): Mutation<A> {
  return async (root, args, context) => {
    context.requireWrite();
    return mutation(root, args, context);
  };
}
