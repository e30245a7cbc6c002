import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { compareNetworks, MOST_NETWORKS } from '../analysis/comparison/compare-networks.ts';
import type { Comparison } from '../analysis/comparison/comparison.ts';
import { comparisonFigure, comparisonMarkdown, type Plot } from '../analysis/comparison/forms.ts';
import { written } from '../analysis/document.ts';
import { suggestion } from '../analysis/nearest.ts';
import type { OptionName } from '../analysis/options/index.ts';
import type { Form } from '../analysis/views/view.ts';
import type { Config } from '../config.ts';
import { Fault } from '../core/fault.ts';
import { at } from '../formats/description/pointer.ts';
import type { Body, Read } from './body.ts';
import { answerForm } from './media.ts';
import { optionsFromJson, optionsFromText, viewOptions } from './options.ts';
import { jsonSchemaOf } from './schemas/options.ts';
import { ref } from './schemas/ref.ts';
import { askedOf, sendBody, tagOf } from './send-document.ts';

const OPTIONS: readonly OptionName[] = ['input', 'bind', 'batch', 'convention', 'causal', 'strict', 'plot', 'as'];
const FORMS: readonly Form[] = ['json', 'md', 'svg'];

/** What the door of comparisons takes and gives where it is asked for several networks, for OpenAPI. */
export const COMPARISON = {
  description:
    'Several networks (`{ networks, options }`) are put side by side: numbers, and what sets each apart from the first in words.',
  options: OPTIONS,
  forms: FORMS,
  answer: 'Comparison',
  body: Type.Object(
    {
      networks: Type.Array(ref('NetworkInput'), {
        minItems: 2,
        maxItems: MOST_NETWORKS,
        description: 'The first is what the others are measured against.',
      }),
      options: Type.Optional(jsonSchemaOf(OPTIONS, FORMS)),
    },
    { title: 'Several networks and options' },
  ),
} as const;

/** A body that holds several networks. */
type Several = Extract<Body, { kind: 'json' }> & { readonly json: { readonly networks: unknown; readonly options?: unknown } };

/** Whether a body asks for networks side by side, and not for one network under two conventions. */
export function isComparison(body: Body): body is Several {
  return body.kind === 'json' && typeof body.json === 'object' && body.json !== null && Object.hasOwn(body.json, 'networks');
}

/** Answers with the networks of a body side by side; options in the query win over those in the body. */
export async function sendComparison(
  request: FastifyRequest,
  reply: FastifyReply,
  { json, bytes }: Several,
  { limits }: Config,
  read: Read,
): Promise<FastifyReply> {
  const { networks, options: inside, ...others } = json;
  const [odd] = Object.keys(others);
  if (odd !== undefined) {
    const message = `'${odd}' does not belong beside networks${suggestion(odd, ['networks', 'options'])}`;
    throw new Fault('invalid-network', message, { pointer: at('', odd) });
  }
  if (!Array.isArray(networks)) throw new Fault('invalid-network', 'networks must be a list', { pointer: '/networks' });
  const query = optionsFromText(request.query as Record<string, string | string[]>, OPTIONS);
  const options = { ...(inside === undefined ? {} : optionsFromJson(inside, '/options', OPTIONS)), ...query };
  const form = answerForm(options.as, request.headers.accept, FORMS);
  const { plot = 'cost', ...asked } = options;
  const sources = networks.map((value: unknown) => ({ value, bytes }));
  const comparison = await compareNetworks(sources, viewOptions(asked), read);
  const body = written(textsOf(comparison, form, plot), limits.answerBytes);
  const identity = comparison.networks.map(({ network: { sha256, format, name } }) => [sha256, format, name]);
  return sendBody(reply, body, form, tagOf(['comparison', identity, askedOf(options)], form));
}

function textsOf(comparison: Comparison, form: Form, plot: Plot): readonly string[] {
  if (form === 'md') return [comparisonMarkdown(comparison)];
  return [form === 'svg' ? comparisonFigure(comparison, plot) : JSON.stringify(comparison)];
}
