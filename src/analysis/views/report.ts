import { analyze } from '../../core/analyze.ts';
import { Fault } from '../../core/fault.ts';
import type { Report } from '../../core/report.ts';
import { csvRows } from '../csv.ts';
import { reportMarkdown } from '../markdown.ts';
import { netronAttachment } from '../netron.ts';
import { jsonWithLayers } from './layer-list.ts';
import { defineView } from './view.ts';

/** The report: totals and layers. */
export const report = defineView({
  id: 'report',
  summary: 'Receptive fields, cost, parameters and memory',
  description: 'Totals of the network, and each of its layers with receptive fields, cost and parameters.',
  takes: ['convention', 'causal', 'strict', 'layers', 'group'],
  answer: analyze,
  forms: {
    json: jsonWithLayers,
    csv(answer: Report) {
      if (answer.layers) return csvRows(answer);
      throw new Fault('invalid-option', 'CSV lists the layers: it has nothing to say with layers=none');
    },
    md: reportMarkdown,
    netron: (answer: Report) => [netronAttachment(answer)],
  },
});
