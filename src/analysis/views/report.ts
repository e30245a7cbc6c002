import { analyze } from '../../core/analyze.ts';
import { Fault } from '../../core/fault.ts';
import type { Report } from '../../core/report.ts';
import { csvRows } from '../csv.ts';
import { reportMarkdown } from '../markdown.ts';
import { netronAttachment } from '../netron.ts';
import { defineView } from './view.ts';

/** The report: totals and layers. */
export const report = defineView({
  id: 'report',
  summary: 'Receptive fields, cost, parameters and memory',
  description: 'Totals of the network, and each of its layers with receptive fields, cost and parameters.',
  takes: ['convention', 'causal', 'strict', 'layers', 'group'],
  answer: analyze,
  forms: {
    *json(answer: Report, { maxLayers }) {
      const layers = answer.layers?.length ?? 0;
      if (layers > maxLayers) {
        const message = `the network has ${layers} layers, and a JSON report lists at most ${maxLayers}: ask for layers=none, or for as=csv`;
        throw new Fault('too-many-layers', message);
      }
      yield JSON.stringify(answer);
    },
    csv(answer: Report) {
      if (answer.layers) return csvRows(answer);
      throw new Fault('invalid-option', 'CSV lists the layers: it has nothing to say with layers=none');
    },
    md: reportMarkdown,
    netron: (answer: Report) => [netronAttachment(answer)],
  },
});
