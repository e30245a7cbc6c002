import { Fault } from '../core/fault.ts';
import { builtIns, describeRef } from '../networks/index.ts';
import { patterns } from '../networks/patterns/index.ts';
import { checkRef } from './ref.ts';
import { identityOf } from './resolve-network.ts';

/** The families of networks that Fovea knows by name. */
export function builtInNetworks() {
  return builtIns().map(({ id, title, summary, paper, year, parameters, names }) => ({
    ref: `zoo:${id}`,
    title,
    summary,
    paper,
    year,
    parameters,
    names: Object.keys(names).map((name) => `zoo:${name}`),
  }));
}

/** The patterns, each with those that it is compared with. */
export function builtInPatterns() {
  return patterns().map(({ id, title, summary, parameters, against }) => ({
    ref: `pattern:${id}`,
    title,
    summary,
    parameters,
    against: against.map((other) => `pattern:${other}`),
  }));
}

/** One of either as a description. Faults: `invalid-ref`, `network-not-found`. */
export function builtInNetwork(ref: string) {
  checkRef(ref, '');
  const found = describeRef(ref);
  if (!found) throw new Fault('network-not-found', `there is no network '${ref}'`);
  const { name, family, values, description } = found;
  return { ref, name, family, values, description };
}

/** What its report says that it is. Faults: `invalid-ref`, `network-not-found`. */
export function builtInAbout(ref: string) {
  const { description } = builtInNetwork(ref);
  const { format, sha256, bytes } = identityOf({ ...description });
  return { name: description.name, format, sha256, bytes };
}
