import type { Attribute, Diagnostic, DType } from './graph.ts';

/** An integer; a decimal string above 2^53 - 1. */
export type CountJson = number | string;

export interface ReportTensor {
  readonly name: string;
  readonly dtype: DType | null;
  /** null where not even the rank is known. */
  readonly shape: readonly (number | null)[] | null;
}

export interface ReportInput extends ReportTensor {
  /** 'N' 'C' 'D' 'H' 'W' 'T', or the axis index; 'N' and 'C' may stand on several axes (heads and their channels). */
  readonly axes: readonly string[];
}

export type FieldStatus = 'exact' | 'global' | 'dataDependent' | 'unknown' | 'none';

/** The receptive field of the units of one tensor along one axis of a source; see `receptive-field/summary.ts`. */
export interface AxisExtent {
  readonly status: FieldStatus;
  readonly size: number | null;
  readonly sizeMin: number | null;
  readonly visible: number | null;
  readonly stride: number | null;
  readonly strideRatio: readonly [number, number] | null;
  readonly padding: number | null;
  readonly center: number | null;
}

export interface FieldAxis extends AxisExtent {
  readonly axis: string;
  readonly outputAxis: number | null;
  readonly cause?: string;
  readonly local: AxisExtent;
}

export interface ReceptiveField {
  readonly source: string;
  readonly axes: readonly FieldAxis[];
}

export interface LayerOutput extends ReportTensor {
  readonly receptiveFields: readonly ReceptiveField[];
}

export interface Operations {
  readonly mac: CountJson;
  readonly mul: CountJson;
  readonly add: CountJson;
  readonly div: CountJson;
  readonly cmp: CountJson;
  readonly exp: CountJson;
  readonly load: CountJson;
}

export interface Cost {
  readonly value: CountJson | null;
  readonly unit: 'MAC' | 'FLOP';
}

export interface Layer {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly op: string;
  readonly attributes: Readonly<Record<string, AttributeJson>>;
  readonly inputs: readonly string[];
  readonly outputs: readonly LayerOutput[];
  readonly params: { readonly stored: CountJson; readonly trainable: CountJson; readonly buffers: CountJson };
  /** null where a size that decides them is unknown. */
  readonly macs: CountJson | null;
  readonly flops: CountJson | null;
  readonly operations: Operations | null;
  /** `macs` and `flops` without what is spent on taps in padding. */
  readonly validMacs: CountJson | null;
  readonly validFlops: CountJson | null;
  readonly cost: Cost;
  readonly integer: boolean;
  readonly activationBytes: CountJson | null;
}

export type AttributeJson =
  | Exclude<Attribute, bigint | object>
  | readonly (number | string)[]
  | { readonly dtype: DType; readonly shape: readonly number[] }
  | null;

export interface Totals {
  readonly params: {
    readonly stored: CountJson;
    readonly trainable: CountJson;
    readonly logical: CountJson;
    readonly buffers: CountJson;
    readonly scalars: CountJson;
    readonly bytes: CountJson;
  };
  readonly macs: CountJson;
  readonly flops: CountJson;
  readonly operations: Operations;
  readonly validMacs: CountJson;
  readonly validFlops: CountJson;
  readonly cost: Cost;
  readonly activations: { readonly elements: CountJson; readonly bytes: CountJson };
  readonly memory: { readonly weightBytes: CountJson; readonly peakBytes: CountJson; readonly peakLayer: string | null };
  readonly depth: number;
  readonly nonlinearities: number;
  readonly stride: Readonly<Record<string, number | null>>;
  readonly lowerBounds: readonly string[];
}

/** Totals of the layers whose scopes begin alike (option `group`). */
export interface ScopeTotals {
  readonly scope: string;
  readonly layers: number;
  readonly params: { readonly stored: CountJson; readonly trainable: CountJson; readonly buffers: CountJson };
  readonly macs: CountJson;
  readonly flops: CountJson;
  readonly cost: Cost;
  readonly activationBytes: CountJson;
  /** Names of those of these totals that are lower bounds. */
  readonly lowerBounds: readonly string[];
}

/** What an analysis answers: the one document that both transports give out (docs of each field: `schema/schema.graphql`). */
export interface Report {
  readonly network: {
    readonly name: string;
    readonly format: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly producer?: string;
    readonly opset?: number;
    readonly edits?: number;
  };
  readonly engine: { readonly name: 'fovea'; readonly version: string };
  readonly convention: {
    readonly id: string;
    readonly version: string;
    readonly unit: 'MAC' | 'FLOP';
    readonly notCounted: readonly { readonly op: string; readonly count: number }[];
  };
  readonly inputs: readonly ReportInput[];
  readonly outputs: readonly ReportInput[];
  readonly assumptions: readonly { readonly name: string; readonly value: number; readonly reason: string }[];
  readonly status: 'complete' | 'partial';
  readonly coverage: {
    readonly nodes: number;
    readonly layers: number;
    readonly folded: number;
    readonly unsupported: readonly { readonly op: string; readonly count: number; readonly nodes: readonly string[] }[];
  };
  readonly diagnostics: readonly Diagnostic[];
  readonly totals: Totals;
  readonly groups?: readonly ScopeTotals[];
  readonly layers?: readonly Layer[];
}
