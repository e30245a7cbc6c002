import type { Shape } from './graph.ts';

/** What a caller may ask of an analysis. */
export interface AnalyzeOptions {
  /** Shapes that replace those of the file, by input name. */
  readonly inputs?: ReadonlyMap<string, Shape>;
  /** Sizes for named dims. */
  readonly bind?: ReadonlyMap<string, number>;
  /** Size of the batch axis. */
  readonly batch?: number;
  /** Id of the convention of the `cost` fields; `fovea` by default (`cost/conventions/index.ts`). */
  readonly convention?: string;
  /** Whether causal attention counts all scores, as most tools do (`full`), or only those that the mask leaves (`exact`). */
  readonly causal?: 'full' | 'exact';
  /** Refuse (fault `incomplete`) instead of answering in part. */
  readonly strict?: boolean;
  /** Whether the report lists its layers; true by default. */
  readonly layers?: boolean;
  /** Adds totals by the first `group` parts of the layers' scopes. */
  readonly group?: number;
}
