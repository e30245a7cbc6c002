import { description } from './description/index.ts';
import type { Format } from './format.ts';
import { onnx } from './onnx/index.ts';

/** Every format that is read, one line each, in the order in which content is tried. */
const FORMATS: readonly Format[] = [description, onnx];

/** Every format that is read. */
export function formats(): readonly Format[] {
  return FORMATS;
}

/** The format of a file that starts with these bytes: at least 16, or the whole file. */
export function detectFormat(head: Uint8Array): Format | undefined {
  return FORMATS.find((format) => format.detect(head));
}

const EXPORT = 'export the network with torch.onnx.export';
const KERAS = 'convert the network to ONNX with tf2onnx';
const PICKLE = `a Python pickle (.pt, .pth), which is code and holds no graph: ${EXPORT}`;

/** What people send that is not read: how it starts, what it is, and what to do instead. */
const OTHERS: readonly (readonly [starts: (head: Buffer) => boolean, what: string])[] = [
  [text(/^version https:\/\/git-lfs/), 'a Git LFS pointer, not the file itself: fetch it with `git lfs pull`'],
  [at(0, 'PK\x03\x04'), `a zip archive (TorchScript or a pickled .pt, .pt2, .keras, .npz): ${EXPORT}, or ${KERAS}`],
  [at(0, '\x80\x02'), PICKLE],
  [at(0, '\x80\x03'), PICKLE],
  [at(0, '\x80\x04'), PICKLE],
  [at(0, '\x80\x05'), PICKLE],
  [at(0, '\x89HDF\r\n\x1a\n'), `an HDF5 file (Keras .h5): ${KERAS}`],
  [at(4, 'TFL3'), 'a TensorFlow Lite model: convert it to ONNX with tf2onnx'],
  [at(0, '\x1f\x8b'), 'a gzip archive: unpack it first'],
  [at(8, '{"'), `a safetensors file, which holds weights and no graph: ${EXPORT}`],
  [text(/^7767517\s/), 'an ncnn parameter file: send the ONNX file that it was made from'],
  [text(/^\s*(<\?xml[^>]*>\s*)?<net/), 'an OpenVINO model: send the ONNX file that it was made from'],
];

function at(offset: number, bytes: string): (head: Buffer) => boolean {
  return (head) => head.toString('latin1', offset, offset + bytes.length) === bytes;
}

function text(pattern: RegExp): (head: Buffer) => boolean {
  return (head) => pattern.test(head.toString('latin1', 0, 256));
}

/**
 * What a file that starts with these bytes is, and what to send instead, as a part of a sentence; null where that cannot
 * be told. For the error about a file of no known format.
 */
export function recognize(head: Uint8Array): string | null {
  const start = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  return OTHERS.find(([starts]) => starts(start))?.[1] ?? null;
}
