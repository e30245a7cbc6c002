import type { FastifyRequest } from 'fastify';
import { chunksOf } from '../analysis/chunks.ts';
import type { OptionName, RequestOptions } from '../analysis/options/index.ts';
import type { Reading } from '../analysis/reading.ts';
import { Fault } from '../core/fault.ts';
import type { Read, Sent } from './body.ts';
import { optionsFromText } from './options.ts';

/** Reads a form: one file, read as it arrives, and the options as fields beside it in any order. */
export async function readForm(
  request: FastifyRequest,
  query: RequestOptions,
  names: readonly OptionName[],
  maxBytes: number,
  read: Read,
): Promise<Sent> {
  const fields: Record<string, string[]> = {};
  let network: Reading | undefined;
  for await (const part of understood(request.parts())) {
    if (part.type === 'field') {
      if (part.valueTruncated || typeof part.value !== 'string')
        throw new Fault('invalid-multipart', `field ${part.fieldname} is too long, or not text`);
      fields[part.fieldname] = [...(fields[part.fieldname] ?? []), part.value];
      continue;
    }
    if (network !== undefined) throw new Fault('invalid-multipart', 'the form holds more than one file');
    const format = query.format ?? fields.format?.[0];
    network = await read({ kind: 'file', chunks: understood(chunksOf(part.file)), maxBytes, format, name: baseName(part.filename) });
  }
  const options = { ...optionsFromText(fields, names), ...query };
  if (network === undefined)
    throw new Fault('invalid-multipart', 'the form holds no file: send the model as a file field, as in curl -F model=@net.onnx');
  if (options.format !== undefined && options.format !== network.format) {
    throw new Fault('invalid-multipart', `the file was read as ${network.format}: the field 'format' must stand before the file`);
  }
  return { network, options };
}

/** The form parser says what is wrong with a form in errors without a code. */
async function* understood<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    throw error instanceof Error && !('code' in error) ? new Fault('invalid-multipart', error.message) : error;
  }
}

/** `models/resnet50.onnx` is called resnet50. */
function baseName(filename: string | undefined): string | undefined {
  const last = filename?.split(/[\\/]/).pop() ?? '';
  const name = last.replace(/\.[A-Za-z0-9]{1,10}$/, '').slice(0, 200);
  return name === '' ? undefined : name;
}
