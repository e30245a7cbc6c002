import { Fault } from '../core/fault.ts';
import type { Order } from './list.ts';

/** Where a page ended: the value that the list is ordered by, and the content. */
export interface Cursor {
  readonly at: number | null;
  readonly sha256: string;
}

export function cursorOf({ field, descending }: Order, at: number | null, sha256: string): string {
  return Buffer.from(JSON.stringify([field, descending, at, sha256])).toString('base64url');
}

/** Fault `invalid-option` for what is no cursor of a list in this order. */
export function readCursor(text: string, { field, descending }: Order): Cursor {
  const [ofField, ofDirection, at, sha256] = parse(text);
  const wellFormed = (typeof at === 'number' || at === null) && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
  if (!wellFormed || ofField !== field || ofDirection !== descending) {
    throw new Fault('invalid-option', 'after must be a cursor that a list in this order has given');
  }
  return { at, sha256 };
}

function parse(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
