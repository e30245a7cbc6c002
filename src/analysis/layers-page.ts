import { Fault } from '../core/fault.ts';
import type { CountJson, Layer } from '../core/report.ts';
import { suggestion } from './nearest.ts';

const MAX_PAGE = 1000;

/** Arguments of the field `layers`; the schema fills in those that have defaults, a caller may still send null. */
export interface LayersArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly op?: string | null;
  readonly orderBy?: string | null;
}

const KEYS: Readonly<Record<string, (layer: Layer) => CountJson | null>> = {
  index: (layer) => layer.index,
  macs: (layer) => layer.macs,
  flops: (layer) => layer.flops,
  params: (layer) => layer.params.trainable,
  activationBytes: (layer) => layer.activationBytes,
};

/** One page of a report's layers (Relay connection). */
export interface LayersPage {
  readonly edges: readonly { readonly cursor: string; readonly node: Layer }[];
  readonly nodes: readonly Layer[];
  readonly totalCount: number;
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Picks a page out of all layers. */
export function layersPage(layers: readonly Layer[], { first, after, op, orderBy }: LayersArguments): LayersPage {
  const size = first ?? 50;
  if (size < 0 || size > MAX_PAGE) throw new Fault('invalid-option', `first must be from 0 to ${MAX_PAGE}`);
  const all = ordered(op ? layers.filter((layer) => layer.op === op) : layers, orderBy ?? 'index');
  const start = after == null ? 0 : 1 + positionOf(after, all);
  const nodes = all.slice(start, start + size);
  const edges = nodes.map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    nodes,
    totalCount: all.length,
    pageInfo: {
      hasNextPage: start + nodes.length < all.length,
      hasPreviousPage: start > 0,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function ordered(layers: readonly Layer[], orderBy: string): readonly Layer[] {
  const downwards = orderBy.startsWith('-');
  const name = downwards ? orderBy.slice(1) : orderBy;
  const key = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
  if (key === undefined) throw new Fault('invalid-option', `layers cannot be ordered by '${name}'${suggestion(name, Object.keys(KEYS))}`);
  return [...layers].sort((a, b) => compare(key(a), key(b), downwards) || a.index - b.index);
}

/** Decimal strings are exact and beyond numbers, so they compare as integers. What is not known comes last either way. */
function compare(a: CountJson | null, b: CountJson | null, downwards: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const [left, right] = typeof a === 'number' && typeof b === 'number' ? [a, b] : [BigInt(a), BigInt(b)];
  const order = left < right ? -1 : left > right ? 1 : 0;
  return downwards ? -order : order;
}

function cursorOf(layer: Layer): string {
  return Buffer.from(`layer:${layer.index}`).toString('base64url');
}

function positionOf(cursor: string, layers: readonly Layer[]): number {
  const position = layers.findIndex((layer) => cursorOf(layer) === cursor);
  if (position < 0) throw new Fault('invalid-option', 'after is not the cursor of a layer of this list');
  return position;
}
