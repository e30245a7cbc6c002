import { ANSWER_OPTIONS } from './answer.ts';
import { COMPARISON_OPTIONS, REPORT_OPTIONS } from './cost.ts';
import { EDIT_OPTIONS } from './edits.ts';
import { FIELD_OPTIONS } from './field.ts';
import { KEEP_OPTIONS } from './keeping.ts';
import { NETWORK_OPTIONS } from './network.ts';
import type { Option, ValuesOf } from './option.ts';
import { DEVICE_OPTIONS, MEMORY_OPTIONS } from './running.ts';

const ALL = {
  ...NETWORK_OPTIONS,
  ...REPORT_OPTIONS,
  ...FIELD_OPTIONS,
  ...MEMORY_OPTIONS,
  ...DEVICE_OPTIONS,
  ...COMPARISON_OPTIONS,
  ...EDIT_OPTIONS,
  ...KEEP_OPTIONS,
  ...ANSWER_OPTIONS,
};

/** What a request may ask for, whichever way it was written. */
export type RequestOptions = ValuesOf<typeof ALL>;

export type OptionName = keyof RequestOptions;

/** Options that are about the answer of a view, and not about how it is read, written or kept. */
export type AskedOptions = Omit<RequestOptions, keyof typeof ANSWER_OPTIONS | keyof typeof KEEP_OPTIONS>;

/** Every option by its name. Adding one = one record here, the views that take it, and its line in `schema/schema.graphql`. */
export const OPTIONS: Readonly<Record<OptionName, Option>> = ALL;
