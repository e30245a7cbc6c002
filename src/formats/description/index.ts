import { Fault } from '../../core/fault.ts';
import type { Format, Limits, Reader } from '../format.ts';
import { parseJson } from './json.ts';
import { readDescription } from './read.ts';
import { writeDescription } from './write/write.ts';

export { readDescription, writeDescription };

/** The network description, as a file. */
export const description: Format = {
  id: 'description',
  title: 'Network description (JSON)',
  extensions: ['.json'],
  reads: "PyTorch's layers, blocks with parameters, and any ONNX operator; schema/network.schema.json specifies it.",
  detect: startsAsObject,
  open,
};

/** Whether the first byte that is neither space nor a byte order mark opens an object. */
function startsAsObject(head: Uint8Array): boolean {
  const start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  const first = head.subarray(start).find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  return first === 0x7b;
}

function open(limits: Limits): Reader {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  return {
    push(chunk) {
      bytes += chunk.length;
      if (bytes > limits.jsonBytes) throw new Fault('limit-exceeded', `the description is larger than ${limits.jsonBytes} bytes`);
      chunks.push(chunk.slice());
    },
    skip: () => 0,
    end: () => ({ graph: readDescription(parseJson(Buffer.concat(chunks)), limits) }),
  };
}
