import { type Constant, isFloat } from '../../../core/graph.ts';
import type { Inference } from '../../../core/inference/infer.ts';
import type { Json, JsonObject } from './json.ts';
import { constantJson, numberJson } from './literals.ts';
import { matters } from './matters.ts';
import type { Naming } from './naming.ts';
import type { Survey } from './survey.ts';

/** What layers read: values by their names, and constants, which stand where they are read or, if that is often, have a name. */
export class Sources {
  readonly #survey: Survey;
  readonly #naming: Naming;
  /** How often values are read. */
  readonly #reads = new Map<string, number>();
  /** Names of the constants that have one. */
  readonly #named = new Map<string, string>();
  readonly #constants: [string, JsonObject][] = [];

  constructor(survey: Survey, naming: Naming, reads: Iterable<readonly string[]>) {
    this.#survey = survey;
    this.#naming = naming;
    for (const values of reads) for (const value of values) this.#reads.set(value, (this.#reads.get(value) ?? 0) + 1);
    for (const { name } of survey.graph.outputs) if (this.#isConstant(name)) this.#name(name);
  }

  /** A value as it stands in `from`; the reader calls a constant that stands there `inline`. */
  json(value: string, inline: string): Json {
    if (value === '') return null;
    if (!this.#isConstant(value)) return this.#naming.value(value);
    const named = this.#named.get(value);
    if (named !== undefined) return named;
    return this.#reads.get(value) === 1 && this.#naming.claim(inline) ? this.#literal(value) : this.#name(value);
  }

  /** The constants that have names. Weights count whether or not they are read. */
  constants(): JsonObject {
    for (const { name, dtype, synthetic } of this.#survey.graph.constants.values()) {
      const unread = this.#survey.readers(name).length === 0 && !this.#named.has(name);
      if (unread && isFloat(dtype) && !synthetic) this.#name(name);
    }
    return Object.fromEntries(this.#constants);
  }

  #isConstant(value: string): boolean {
    return this.#survey.made.has(value) || this.#survey.graph.constants.has(value);
  }

  #name(value: string): string {
    const label = this.#naming.constant(value);
    this.#named.set(value, label);
    this.#constants.push([label, this.#literal(value)]);
    return label;
  }

  #literal(value: string): JsonObject {
    const { graph, made, calls } = this.#survey;
    const number = made.get(value);
    if (number) return numberJson(number) as JsonObject;
    const constant = graph.constants.get(value) as Constant;
    const weight = isFloat(constant.dtype) && !constant.synthetic && constant.data !== null && constant.data.length > 1;
    const readers = () => this.#survey.readers(value).map((index) => calls[index] as Inference);
    return constantJson(constant, !weight || matters(value, readers()));
  }
}
