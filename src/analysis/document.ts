import { Fault } from '../core/fault.ts';
import type { Report } from '../core/report.ts';
import { csvRows } from './csv.ts';

export type DocumentForm = 'json' | 'csv';

/** A report written out, and what its headers need to know of it. */
export interface Document {
  readonly network: Report['network'];
  readonly engine: Report['engine'];
  readonly status: Report['status'];
  /** Each piece owns its memory, so that it can be transferred to another thread. */
  readonly body: readonly Uint8Array<ArrayBuffer>[];
}

/** Writes a report out. */
export function documentOf(report: Report, form: DocumentForm, maxLayers: number, maxBytes: number): Document {
  if (form === 'json' && (report.layers?.length ?? 0) > maxLayers) {
    throw new Fault(
      'too-many-layers',
      `the network has ${report.layers?.length} layers, and a JSON report lists at most ${maxLayers}: ask for layers=none, or for as=csv`,
    );
  }
  const { network, engine, status } = report;
  const encoder = new TextEncoder();
  const body: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (const text of form === 'csv' ? csvRows(report) : [JSON.stringify(report)]) {
    const piece = encoder.encode(text);
    bytes += piece.length;
    if (bytes > maxBytes) throw new Fault('analysis-too-large', `the report would have more than ${maxBytes} bytes: ask for layers=none`);
    body.push(piece);
  }
  return { network, engine, status, body };
}
