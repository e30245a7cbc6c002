import type { TotalColumn } from './totals.ts';

type Totals = Record<TotalColumn, number | null>;

/** Contents, each once. Texts of any characters stand in JSON, since PostgreSQL's texts hold no NUL. */
interface NetworksTable extends Totals {
  sha256: string;
  format: string;
  /** Of what was sent. */
  bytes: number;
  /** Milliseconds since 1970, of the first time. */
  kept_at: number;
  engine: string;
  /** JSON: name, producer and opset, as the file says. */
  about: string;
  /** JSON of `KeptTotals`. */
  totals: string;
  note: string | null;
}

/** Graphs stand apart, so that lists do not carry them. */
interface GraphsTable {
  sha256: string;
  body: Uint8Array;
}

interface TagsTable {
  sha256: string;
  tag: string;
}

/** The last number that a name has given; it stays when the name is forgotten, so that no number ever means something else. */
interface NamesTable {
  name: string;
  last: number;
}

/** What a name has stood for. */
interface VersionsTable {
  name: string;
  number: number;
  sha256: string;
  kept_at: number;
}

export interface Tables {
  networks: NetworksTable;
  network_graphs: GraphsTable;
  network_tags: TagsTable;
  network_names: NamesTable;
  network_versions: VersionsTable;
}
