import type { Limits, Reader, Reading } from '../format.ts';
import { lower } from './lower.ts';
import { type Steps, stream } from './message.ts';
import { type ModelRecord, newModel } from './records.ts';
import { MODEL } from './schema.ts';
import { Wire } from './wire.ts';

/**
 * Reads an ONNX file as it arrives. Holds at most a window of 64 KiB (or the chunk, if larger), and what is kept of
 * the file: names, attributes and small tensors, within `limits`. Faults: `malformed-file`, `limit-exceeded`, and those
 * of `lower`.
 */
export function openOnnx(limits: Limits): Reader {
  const wire = new Wire(limits);
  // The graph holds nothing of the records: whoever still holds the reader behind its end must not hold them either.
  let open: { readonly model: ModelRecord; readonly window: Window } | null = begin(wire);
  let spent = 0;

  /** Does the reader's own work: time between chunks is the sender's. */
  function work<T>(step: () => T): T {
    const start = performance.now();
    wire.deadline = start + limits.deadlineMs - spent;
    const result = step();
    spent += performance.now() - start;
    return result;
  }

  return {
    push: (chunk) => work(() => open?.window.push(chunk)),
    skip: (most) => open?.window.skip(most) ?? 0,
    end(): Reading {
      const { model, window } = open ?? begin(wire);
      const reading = work(() => {
        window.end();
        return lower(model, wire);
      });
      open = null;
      return reading;
    },
  };
}

function begin(wire: Wire) {
  const model = newModel();
  return { model, window: new Window(wire, stream(wire, MODEL, model, Number.POSITIVE_INFINITY)) };
}

/** Gives a parser the bytes that it asks for out of chunks of any size, and drops those that it does not want. */
class Window {
  private readonly wire: Wire;
  private readonly steps: Steps;
  private readonly pending: Uint8Array[] = [];
  private waiting = 0;
  private wanted = 1;
  private unwanted = 0;
  private fault: unknown;

  constructor(wire: Wire, steps: Steps) {
    this.wire = wire;
    this.steps = steps;
  }

  push(chunk: Uint8Array): void {
    if (this.fault) throw this.fault;
    const dropped = this.skip(chunk.length);
    if (dropped === chunk.length) return;
    this.pending.push(dropped > 0 ? chunk.subarray(dropped) : chunk);
    this.waiting += chunk.length - dropped;
    if (this.wire.available + this.waiting >= this.wanted) this.run();
  }

  skip(most: number): number {
    const dropped = Math.min(this.unwanted, most);
    this.unwanted -= dropped;
    this.wire.base += dropped;
    return dropped;
  }

  end(): void {
    if (this.fault) throw this.fault;
    // What was asked for does not come any more: the parser sees that it is missing.
    do {
      this.unwanted = 0;
      this.wanted = 0;
    } while (!this.run());
  }

  /** Lets the parser go on until it wants more than there is; true once it is done. */
  private run(): boolean {
    this.merge();
    try {
      while (this.wire.available >= this.wanted) {
        const step = this.steps.next();
        if (step.done) return true;
        this.wanted = Math.max(1, step.value);
        if (step.value < 0) return this.discard(-step.value);
      }
      return false;
    } catch (error) {
      this.fault = error;
      throw error;
    }
  }

  private discard(bytes: number): boolean {
    this.unwanted = bytes;
    return false;
  }

  /** Makes one buffer of what is left and what has come. */
  private merge(): void {
    const { wire, pending } = this;
    if (pending.length === 0) return;
    const left = wire.buffer.subarray(wire.pos);
    const only = left.length === 0 && pending.length === 1 ? (pending[0] as Uint8Array) : Buffer.concat([left, ...pending]);
    wire.base += wire.pos;
    wire.pos = 0;
    wire.buffer = Buffer.from(only.buffer, only.byteOffset, only.byteLength);
    pending.length = 0;
    this.waiting = 0;
  }
}
