import { Fault } from '../../core/fault.ts';
import type { Limits } from '../format.ts';
import { Texts } from './texts.ts';

/** How a value is written, by the low three bits of its tag. Groups (3 and 4) are not part of ONNX. */
export const VARINT = 0;
export const FIXED64 = 1;
export const DELIMITED = 2;
export const FIXED32 = 5;

const HIGH = 2 ** 32;
/** Looking at the clock costs more than reading a field. */
const FIELDS_PER_LOOK = 4096;
const NODES_PER_LOOK = 1024;

/** What a string costs in memory beyond its characters. */
const TEXT_BYTES = 32;

const scratch = new DataView(new ArrayBuffer(8));

/**
 * A window onto a protobuf file: the bytes at hand, the place in them, and what reading has cost so far. Everything is
 * read from `pos` and nothing beyond `limit`. `base` is the offset of the window in the file.
 */
export class Wire {
  buffer: Buffer = Buffer.alloc(0);
  pos = 0;
  limit = 0;
  base = 0;
  /** The halves of the varint that was read last, as unsigned and signed 32-bit numbers. */
  low = 0;
  high = 0;
  readonly limits: Limits;
  /** When, by `performance.now()`, the reader has worked for too long. */
  deadline = Number.POSITIVE_INFINITY;
  private readonly texts = new Texts();
  private fields = 0;
  private kept = 0;
  private nodes = 0;
  private graphs = 0;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Offset in the file of the next byte. */
  get offset(): number {
    return this.base + this.pos;
  }

  /** Bytes at hand. */
  get available(): number {
    return this.buffer.length - this.pos;
  }

  /** The tag of the next field: its number and wire type. */
  tag(): number {
    this.varint();
    if (++this.fields % FIELDS_PER_LOOK === 0) this.look();
    if (this.fields > this.limits.fields) this.exceeded(`more than ${this.limits.fields} fields`);
    const wire = this.low & 7;
    if (this.high !== 0 || this.low < 8) this.malformed('a field number must be between 1 and 2^29 - 1');
    if (wire === 3 || wire === 4) this.malformed('groups are not part of ONNX');
    if (wire > FIXED32) this.malformed(`there is no wire type ${wire}`);
    return this.low;
  }

  /** Reads a varint of at most ten bytes into `low` and `high`. */
  varint(): void {
    const first = this.byte();
    if (first < 0x80) {
      this.low = first;
      this.high = 0;
    } else this.longVarint(first);
  }

  private longVarint(first: number): void {
    let low = first & 0x7f;
    let high = 0;
    for (let shift = 7; shift < 70; shift += 7) {
      const byte = this.byte();
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift > 28) high |= (byte & 0x7f) << (shift - 32);
      else {
        low |= byte << 28;
        high = (byte & 0x7f) >>> 4;
      }
      if (byte < 0x80) {
        this.low = low >>> 0;
        this.high = high;
        return;
      }
    }
    this.malformed('a varint takes at most ten bytes');
  }

  private byte(): number {
    if (this.pos >= this.limit) this.truncated();
    return this.buffer[this.pos++] as number;
  }

  /** A length in bytes. It is not compared with anything yet. */
  length(): number {
    this.varint();
    return this.uint64();
  }

  /** The varint that was read last, as the nearest double of a signed 64-bit integer. */
  int64(): number {
    return this.high * HIGH + this.low;
  }

  /** The same, unsigned. */
  uint64(): number {
    return (this.high >>> 0) * HIGH + this.low;
  }

  /** The same exactly: a bigint where a double would round. */
  exact(): number | bigint {
    const value = this.int64();
    return Number.isSafeInteger(value) ? value : (BigInt(this.high) << 32n) | BigInt(this.low);
  }

  float32(): number {
    scratch.setUint32(0, this.fixed32(), true);
    return scratch.getFloat32(0, true);
  }

  float64(): number {
    scratch.setUint32(0, this.fixed32(), true);
    scratch.setUint32(4, this.fixed32(), true);
    return scratch.getFloat64(0, true);
  }

  private fixed32(): number {
    const { pos } = this;
    if (pos + 4 > this.limit) this.truncated();
    this.pos = pos + 4;
    return this.buffer.readUInt32LE(pos);
  }

  /** Steps over a value that is not length-delimited. */
  skip(wire: number): void {
    if (wire === VARINT) this.varint();
    else this.fixed32();
    if (wire === FIXED64) this.fixed32();
  }

  /** The text up to `end`; what is not UTF-8 becomes U+FFFD. Counts as kept. */
  text(end: number): string {
    const { pos } = this;
    this.pos = end;
    this.keep(TEXT_BYTES + end - pos);
    return this.texts.read(this.buffer, pos, end);
  }

  /** A copy of the bytes up to `end`, so that they do not hold on to the window. Counts as kept. */
  bytes(end: number): Uint8Array {
    const { pos } = this;
    this.pos = end;
    this.keep(end - pos);
    return Uint8Array.prototype.slice.call(this.buffer, pos, end);
  }

  /** Accounts for memory that outlives the window. */
  keep(bytes: number): void {
    this.kept += bytes;
    if (this.kept > this.limits.keptBytes)
      this.exceeded(`names, attributes and small tensors take more than ${this.limits.keptBytes} bytes`);
  }

  countNode(): void {
    if (++this.nodes % NODES_PER_LOOK === 0) this.look();
    if (this.nodes > this.limits.nodes) this.exceeded(`more than ${this.limits.nodes} nodes`);
  }

  /** Enters a message that is `levels` graphs (0 or 1) below the one around it. */
  enter(levels: number): void {
    this.graphs += levels;
    if (this.graphs > this.limits.depth) this.exceeded(`graphs nested more than ${this.limits.depth} deep`);
  }

  leave(levels: number): void {
    this.graphs -= levels;
  }

  private look(): void {
    if (performance.now() > this.deadline) this.exceeded(`reading takes more than ${this.limits.deadlineMs} ms`);
  }

  malformed(message: string): never {
    throw new Fault('malformed-file', `byte ${this.offset}: ${message}`, { offset: this.offset });
  }

  truncated(): never {
    this.malformed('truncated: a field goes past the end of what holds it');
  }

  exceeded(message: string): never {
    throw new Fault('limit-exceeded', `byte ${this.offset}: ${message}`, { offset: this.offset });
  }
}
