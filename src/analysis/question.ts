import { analyze } from '../core/analyze.ts';
import { Fault } from '../core/fault.ts';
import type { Network } from '../core/graph.ts';
import type { AnalyzeOptions } from '../core/options.ts';
import type { Report } from '../core/report.ts';
import type { NewNetwork } from '../store/network.ts';
import { type Summary, summaryOf } from './comparison/summary.ts';
import { type Document, type DocumentLimits, documentOf } from './document.ts';
import { editedNetwork } from './edits/edited-network.ts';
import { type FaultData, faultData } from './fault-data.ts';
import { newNetwork } from './keeping.ts';
import { type LayersArguments, type LayersPage, layersPage } from './layers-page.ts';
import { viewOf } from './views/index.ts';
import type { Form, Headed, View, ViewOptions } from './views/view.ts';

/**
 * What is asked of a network that has been read. A document is given its form where it is made, since a large report
 * costs as much to hand over or to write out as to make. Views go by their ids: functions do not pass between threads.
 */
export type Question =
  | {
      readonly kind: 'document';
      readonly view: string;
      readonly options: ViewOptions;
      readonly form: Form;
      readonly limits: DocumentLimits;
    }
  | { readonly kind: 'data'; readonly view: string; readonly options: ViewOptions }
  /** What of it is kept. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'summary'; readonly options: AnalyzeOptions }
  | { readonly kind: 'pages'; readonly options: ViewOptions; readonly pages: readonly LayersArguments[] };

/** A report without its layers, and what was asked of these, in the order of the question. */
export interface PagedReport {
  readonly report: Report;
  readonly pages: readonly ({ readonly page: LayersPage } | { readonly fault: FaultData })[];
}

/** Answers by kind of question. */
export interface Answers {
  readonly document: Document;
  readonly data: Headed;
  readonly keep: NewNetwork;
  readonly summary: Summary;
  readonly pages: PagedReport;
}

export type Answer = Answers[Question['kind']];

/** Answers a question about a network. Pure, but for the faults of the analysis. */
export function answer(network: Network, question: Question): Answer {
  switch (question.kind) {
    case 'document': {
      const view = viewOf(question.view);
      return documentOf(view, answerOf(view, network, question.options), question.form, question.limits);
    }
    case 'data':
      return answerOf(viewOf(question.view), network, question.options);
    case 'keep':
      return newNetwork(network);
    case 'summary':
      return summaryOf(network, question.options);
    case 'pages': {
      const { pages, options } = question;
      const { layers = [], ...report } = analyze(edited(network, options), { ...options, layers: pages.length > 0 });
      return { report, pages: pages.map((asked) => pageOf(() => layersPage(layers, asked))) };
    }
  }
}

/** What a view says, or with `strict` a fault where it says it in part only. */
function answerOf(view: View, network: Network, options: ViewOptions): Headed {
  const said = view.answer(view.comparesEdits ? network : edited(network, options), options);
  if (options.strict && said.status === 'partial') {
    throw new Fault(
      'incomplete',
      `the answer would be partial${said.lowerBounds?.length ? `; lower bounds: ${said.lowerBounds.join(', ')}` : ''}`,
    );
  }
  return said;
}

function edited(network: Network, options: ViewOptions): Network {
  return options.edits?.length ? editedNetwork(network, options).network : network;
}

/** A page that cannot be given is the fault of its own field, not of the report. */
function pageOf(make: () => LayersPage): PagedReport['pages'][number] {
  try {
    return { page: make() };
  } catch (error) {
    if (error instanceof Fault) return { fault: faultData(error) };
    throw error;
  }
}
