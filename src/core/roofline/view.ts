import type { Context } from '../context.ts';
import type { DType } from '../graph.ts';
import type { Precision } from '../precision.ts';
import type { CountJson } from '../report.ts';
import type { Device, RateType } from './devices/device.ts';

/** What a caller may ask of the roofline. */
export interface RooflineOptions extends Precision {
  /** A device's id, or one that the caller describes: `{ name, bandwidth, rates }`. Without one there are no times. */
  readonly device?: unknown;
  /** Shares of the device's rates, from 1e-6 to 1, that the upper end of a time assumes. */
  readonly efficiency?: Partial<Efficiency>;
  /** Whether convolutions and matrix products in float32 may run as tf32 where the device has it; false by default. */
  readonly tf32?: boolean;
  /** Whether the answer lists the layers; true by default. */
  readonly layers?: boolean;
}

/** Shares of a device's rates that a run reaches. */
export interface Efficiency {
  /** Share of the rate of computation. */
  readonly compute: number;
  /** Share of the memory bandwidth. */
  readonly bandwidth: number;
}

/** How much a network computes for each byte it moves, and how fast that can be on a device. */
export interface RooflineView extends Context {
  /** `partial` where some of the figures are lower bounds. */
  readonly status: 'complete' | 'partial';
  /** Names of the totals to which something unknown would have to be added. */
  readonly lowerBounds: readonly ('flops' | 'bytes' | 'seconds')[];
  /** What the figures rest on. */
  readonly assumed: {
    /** Type that floating-point weights are taken to have; null where each keeps its own. */
    readonly weights: DType | null;
    /** Type that all other floating-point tensors are taken to have; null where each keeps its own. */
    readonly activations: DType | null;
    /** Whether float32 products run as tf32 where the device has it. */
    readonly tf32: boolean;
    /** What the upper end of times assumes. */
    readonly efficiency: Efficiency;
    /** What `fused` means. */
    readonly fusion: string;
    /** What the two ends of a time mean. */
    readonly seconds: string;
  };
  /** The device; null where none was asked for. */
  readonly device: Device | null;
  /** Sums over the layers. */
  readonly totals: RooflineTotals;
  /** Missing where they were not asked for. */
  readonly layers?: readonly RooflineLayer[];
}

/** Sums over the layers; of what is known, where `lowerBounds` names them. */
export interface RooflineTotals {
  /** Operations of all layers; a multiply-accumulate is two. */
  readonly flops: CountJson;
  /** Bytes that move between memory and processor, one layer after another. */
  readonly bytes: CountJson;
  /** The same where layers are fused by the rule that `assumed` states. */
  readonly fusedBytes: CountJson;
  /** Number of kernels that the layers are fused into. */
  readonly kernels: number;
  /** Operations for each byte; null where either is a lower bound, or nothing moves. */
  readonly intensity: number | null;
  /** Operations for each byte of the fused traffic; null where either is a lower bound, or nothing moves. */
  readonly fusedIntensity: number | null;
  /** On the device; null without one. */
  readonly onDevice: TotalOnDevice | null;
}

/** A time in seconds, as a range. */
export interface TimeRange {
  /** No run can be faster: peak rates. */
  readonly best: number;
  /**
   * What good kernels likely stay below: the stated shares of peak rates. Starting kernels takes its own time, which rules in
   * small networks. null where something unknown would have to be added: `best` then is a lower bound, and nothing is an upper one.
   */
  readonly upper: number | null;
}

/** The whole network on a device. */
export interface TotalOnDevice {
  /** Times of all layers, of `best` those of the kernels they are fused into, one after another; null where nothing of them is known. */
  readonly seconds: TimeRange | null;
  /** What most of the best time is spent on; null where the time of a layer is unknown. */
  readonly bound: 'compute' | 'memory' | 'none' | null;
  /** Share of the best time in kernels that are bound by memory; null where the time of a layer is unknown. */
  readonly memoryBound: number | null;
  /**
   * Share of the best time that computing at the device's rates alone would take: the utilisation that no run exceeds. null where
   * the time of a layer is unknown, or nothing takes any.
   */
  readonly attainable: number | null;
}

/** One layer, all its runs together where it is in a loop. */
export interface RooflineLayer {
  /** Its place among the layers of the report. */
  readonly index: number;
  /** Its unique name. */
  readonly id: string;
  /** Its operator. */
  readonly op: string;
  /** Operations, a multiply-accumulate is two; null where a size that decides them is unknown. */
  readonly flops: CountJson | null;
  /** Whether this is integer arithmetic. */
  readonly integer: boolean;
  /** Bytes that move if the layer runs on its own; null where a size is unknown. */
  readonly bytes: LayerBytes | null;
  /** Operations for each byte; null where they are unknown, or nothing moves (views). */
  readonly intensity: number | null;
  /** Index of the layer in whose kernel this one runs when fused: its own where it starts one; null for views. */
  readonly kernel: number | null;
  /** On the device; null without one, or where something is unknown. */
  readonly onDevice: LayerOnDevice | null;
}

/** Bytes that a layer moves, every tensor once. */
export interface LayerBytes {
  /** Data that it reads. */
  readonly inputs: CountJson;
  /** Weights that it reads; of a table only the rows that are picked. */
  readonly weights: CountJson;
  /** Data that it writes. */
  readonly outputs: CountJson;
  /** All of these. */
  readonly total: CountJson;
}

/** A layer, run on its own on a device. */
export interface LayerOnDevice {
  /** The type of arithmetic it is taken to run in. */
  readonly arithmetic: RateType;
  /** Intensity from which on the device is bound by its computation. */
  readonly ridge: number;
  /** What limits the layer: computation, memory, or nothing, as it needs neither. */
  readonly bound: 'compute' | 'memory' | 'none';
  /** Share of the rate of computation that the bound allows: 1 where computation is the bound. */
  readonly attainable: number | null;
  /** Time of all its runs. */
  readonly seconds: TimeRange;
}
