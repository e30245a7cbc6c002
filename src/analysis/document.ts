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
  const write = view.forms[form] ?? ((data: Headed) => [JSON.stringify(data)]);
  return { network, engine, ...(status && { status }), body: written(write(answer, limits), limits.maxBytes, advice(view)) };
}

/** Texts as bytes. Fault: `analysis-too-large`, which ends in `advice`. */
export function written(texts: Iterable<string>, maxBytes: number, advice = ''): Document['body'] {
  const encoder = new TextEncoder();
  const body: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (const text of texts) {
    const piece = encoder.encode(text);
    bytes += piece.length;
    if (bytes > maxBytes) throw new Fault('analysis-too-large', `the answer would have more than ${maxBytes} bytes${advice}`);
    body.push(piece);
  }
  return body;
}

function advice({ takes }: View): string {
  return takes.includes('layers') ? ': ask for layers=none' : '';
}
