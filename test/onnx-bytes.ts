/** Writes tiny ONNX files, so that tests can make hostile and huge ones. */

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

export function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

/** Tag and length of a field whose content follows. */
export function open(field: number, length: number): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(length)]);
}

export function message(field: number, ...parts: (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  return Buffer.concat([open(field, content.length), content]);
}

function value(field: number, name: string, dims: readonly number[]): Buffer {
  const shape = message(2, ...dims.map((dim) => message(1, number(1, dim))));
  return message(field, message(1, name), message(2, message(1, number(1, 1), shape)));
}

/**
 * A model of one MatMul with a float weight of `rows` x `columns`: what comes before the weight's data, the size of the
 * data, and what comes after it.
 */
export function matmulModel(rows: number, columns: number): { head: Buffer; dataBytes: number; tail: Buffer } {
  const dataBytes = rows * columns * 4;
  const node = message(1, message(1, 'x'), message(1, 'w'), message(2, 'y'), message(3, 'product'), message(4, 'MatMul'));
  const meta = Buffer.concat([number(1, rows), number(1, columns), number(2, 1), message(8, 'w'), open(9, dataBytes)]);
  const tensor = Buffer.concat([open(5, meta.length + dataBytes), meta]);
  const after = Buffer.concat([value(11, 'x', [1, rows]), value(12, 'y', [1, columns]), message(2, 'matmul')]);
  const graph = open(7, node.length + tensor.length + dataBytes + after.length);
  const head = Buffer.concat([number(1, 8), message(8, number(2, 17)), graph, node, tensor]);
  return { head, dataBytes, tail: after };
}

/** The same as one buffer, for small weights. */
export function matmulFile(rows: number, columns: number): Buffer {
  const { head, dataBytes, tail } = matmulModel(rows, columns);
  return Buffer.concat([head, Buffer.alloc(dataBytes), tail]);
}
