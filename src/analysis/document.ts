import { Fault } from '../core/fault.ts';
import type { Form, Headed, View, WriteLimits } from './views/view.ts';

export interface DocumentLimits extends WriteLimits {
  readonly maxBytes: number;
}

/** An answer written out, and what its headers need to know of it. */
export interface Document extends Headed {
  /** Each piece owns its memory, so that it can be transferred to another thread. */
  readonly body: readonly Uint8Array<ArrayBuffer>[];
}

/** Writes an answer of a view out. */
export function documentOf(view: View, answer: Headed, form: Form, limits: DocumentLimits): Document {
  const { network, engine, status } = answer;
  const encoder = new TextEncoder();
  const body: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const write = view.forms[form] ?? ((data: Headed) => [JSON.stringify(data)]);
  for (const text of write(answer, limits)) {
    const piece = encoder.encode(text);
    bytes += piece.length;
    if (bytes > limits.maxBytes)
      throw new Fault('analysis-too-large', `the answer would have more than ${limits.maxBytes} bytes${advice(view)}`);
    body.push(piece);
  }
  return { network, engine, ...(status && { status }), body };
}

function advice({ takes }: View): string {
  return takes.includes('layers') ? ': ask for layers=none' : '';
}
