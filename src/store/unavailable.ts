import { Fault } from '../core/fault.ts';

/** The fault of whatever needs the store while it cannot be used. */
export function unavailable(): Fault {
  return new Fault(
    'store-unavailable',
    'the store of kept networks cannot be used at the moment: try again; what needs no kept network works',
  );
}
