import { Fault } from '../../core/fault.ts';
import type { Limits } from '../format.ts';
import { type Bindings, type BlockPlan, bind, parameterOf } from './blocks.ts';
import { exceeded } from './bounds.ts';
import { invalid } from './check.ts';
import type { Source } from './common.ts';
import type { BlockUse } from './document.ts';
import { fillIn } from './layer.ts';
import { LayerLowering, type Parameters } from './layer-lowering.ts';
import type { Lowering } from './lowering.ts';
import { type Frame, type Names, single, type Values } from './names.ts';
import { suggestion } from './nearest.ts';
import { at } from './pointer.ts';
import { substitute } from './references.ts';
import { checkKind, type Kind, kindOf, type Step } from './steps.ts';

/** What a sequence's first layer, and later every layer, reads unless it says otherwise. */
interface Before {
  readonly name: string;
  readonly values: Values;
}

/** A layer with its references resolved. */
interface Placed {
  readonly given: Readonly<Record<string, unknown>>;
  readonly kind: Kind;
  readonly step: Step;
}

/** Puts layers, copies and blocks one after the other into the graph. */
export class Expansion {
  readonly #lowering: Lowering;
  readonly #names: Names;
  readonly #blocks: ReadonlyMap<string, BlockPlan>;
  readonly #limits: Limits;
  readonly #parameters: Parameters = new Map();
  readonly #copies = new Set<string>();
  readonly #open: string[] = [];
  readonly #located = new WeakSet<Fault>();

  constructor(lowering: Lowering, names: Names, blocks: ReadonlyMap<string, BlockPlan>, limits: Limits) {
    this.#lowering = lowering;
    this.#names = names;
    this.#blocks = blocks;
    this.#limits = limits;
  }

  /** Lowers the layers of a sequence and gives the values of the last. */
  sequence(frame: Frame, steps: readonly Step[], first: Before | undefined): Values {
    let before = first;
    for (const step of steps) {
      this.#lowering.step(step.pointer);
      before = { name: step.name, values: this.#locate(frame, () => this.#step(frame, step, before)) };
    }
    // A sequence has at least one layer.
    return (before as Before).values;
  }

  #locate<T>(frame: Frame, run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof Fault) || frame.path === '' || this.#located.has(error)) throw error;
      const located = new Fault(error.code, `${error.message} (in ${JSON.stringify(frame.path.slice(0, -1))})`, error.spot);
      this.#located.add(located);
      throw located;
    }
  }

  #step(frame: Frame, step: Step, before: Before | undefined): Values {
    const placed = this.#place(frame, step);
    const { given } = placed;
    const inputs = this.#inputs(frame, placed, before);
    const values = given.repeat === undefined ? this.#put(frame, placed, step.name, inputs) : this.#repeat(frame, placed, inputs);
    frame.later.delete(step.name);
    this.#define(frame, placed, step.name, values);
    return values;
  }

  /** A layer whose outputs have names of their own is called by those. */
  #define(frame: Frame, { given, step, kind }: Placed, name: string, values: Values): void {
    if (kind === 'block' || !Array.isArray(given.outputs)) {
      this.#names.define(frame, name, values, step.pointer);
      return;
    }
    const own = given.outputs.filter((output) => output !== '');
    for (const [index, output] of own.entries()) this.#names.define(frame, output, [values[index] as string], step.pointer);
  }

  #place(frame: Frame, step: Step): Placed {
    const { pointer, given } = step;
    if (!step.open) return { step, given, kind: kindOf(given, pointer) };
    const closed = Object.fromEntries(
      Object.entries(given).map(([key, value]) => [
        key,
        key === 'with' ? value : substitute(value, (name) => parameterOf(frame.parameters as Bindings, name, at(pointer, key))),
      ]),
    );
    const kind = kindOf(closed, pointer);
    checkKind(closed, kind, pointer);
    return { step, given: closed, kind };
  }

  #inputs(frame: Frame, { given, kind, step }: Placed, before: Before | undefined): string[] {
    const spot = at(step.pointer, 'from');
    const from = given.from as Source | readonly (Source | null)[] | undefined;
    const [least, most] = kind === 'block' ? [1, Number.POSITIVE_INFINITY] : kind.reads;
    const inputs =
      from === undefined
        ? [this.#previous(step, before)]
        : Array.isArray(from)
          ? from.map((source, index) => this.#source(frame, source, `${step.name}.from.${index}`, at(spot, index)))
          : [this.#source(frame, from as Source, `${step.name}.from.0`, spot)];
    if (inputs.length < least || inputs.length > most) {
      const message = `${String(given.type)} reads ${arity(least, most, inputs.length)}, not ${inputs.length}`;
      invalid(from === undefined ? step.pointer : spot, from === undefined ? `${message}; name them in "from"` : message);
    }
    return inputs;
  }

  #previous({ pointer }: Step, before: Before | undefined): string {
    if (!before) return invalid(pointer, 'there is not exactly one input, so the first layer must say "from" which it reads');
    return single(before.values, before.name, pointer);
  }

  #source(frame: Frame, source: Source | null, suffix: string, pointer: string): string {
    if (source === null) return '';
    if (typeof source === 'string') return this.#names.resolve(frame, source, pointer);
    const name = frame.path + suffix;
    this.#lowering.literal(name, source, pointer);
    return name;
  }

  #repeat(frame: Frame, placed: Placed, inputs: readonly string[]): Values {
    const { step, given } = placed;
    if (inputs.length !== 1) invalid(at(step.pointer, 'repeat'), 'only a layer that reads one value can be repeated');
    this.#copies.add(frame.path + step.name);
    let values: Values = inputs;
    for (let copy = 0; copy < (given.repeat as number); copy++) {
      const name = `${step.name}/${copy}`;
      values = this.#put(frame, placed, name, [single(values, `${step.name}/${copy - 1}`, step.pointer)]);
      if (given.outputs === undefined) this.#names.define(frame, name, values, step.pointer);
    }
    return values;
  }

  #put(frame: Frame, placed: Placed, name: string, inputs: readonly string[]): Values {
    const { kind, given, step } = placed;
    const lender = this.#lender(frame, placed, name);
    if (kind === 'block') return this.#block(frame, placed, name, inputs, lender);
    // The schemas of all kinds but blocks say so.
    const outputs = given.outputs as readonly string[] | undefined;
    const place = { pointer: step.pointer, type: String(given.type), path: frame.path, name, inputs, outputs, lender };
    const layer = new LayerLowering(this.#lowering, this.#parameters, place);
    const values = kind.lower(layer, fillIn(kind.schema, given));
    return typeof values === 'string' ? [values] : values;
  }

  /** The full name of the layer or block instance that lends this one its parameters. */
  #lender(frame: Frame, { given, step }: Placed, name: string): string | undefined {
    const own = name.slice(step.name.length);
    if (given.weights === undefined) return frame.lender === undefined ? undefined : frame.lender + name;
    const full = frame.path + String(given.weights);
    return this.#copies.has(full) ? full + own : full;
  }

  #block(frame: Frame, { given, step }: Placed, name: string, inputs: readonly string[], lender: string | undefined): Values {
    const use = given as BlockUse;
    const plan = this.#blocks.get(use.block);
    const spot = at(step.pointer, 'block');
    if (!plan) return invalid(spot, `there is no block ${JSON.stringify(use.block)}${suggestion(use.block, this.#blocks.keys())}`);
    if (this.#open.includes(use.block)) invalid(spot, `a block cannot hold itself: ${[...this.#open, use.block].join(' > ')}`);
    if (this.#open.length >= this.#limits.depth) exceeded(`blocks nest deeper than ${this.#limits.depth}`, step.pointer);
    const inner: Frame = {
      path: `${frame.path}${name}/`,
      parameters: bind(plan, use, frame.parameters, step.pointer),
      lender: lender === undefined ? undefined : `${lender}/`,
      later: new Set(plan.steps.map((next) => next.name)),
    };
    this.#names.define(inner, 'input', inputs, step.pointer);
    this.#open.push(use.block);
    const last = this.sequence(inner, plan.steps, { name: 'input', values: inputs });
    this.#open.pop();
    return this.#outputs(inner, plan, last);
  }

  #outputs(inner: Frame, { block, pointer }: BlockPlan, last: Values): Values {
    const spot = at(pointer, 'output');
    if (block.output === undefined) return last;
    if (typeof block.output === 'string') return [this.#names.resolve(inner, block.output, spot)];
    return block.output.map((name, index) => this.#names.resolve(inner, name, at(spot, index)));
  }
}

function arity(least: number, most: number, given: number): string {
  const limit = given < least ? least : most;
  const bound = least === most ? '' : given < least ? 'at least ' : 'at most ';
  return `${bound}${limit} ${limit === 1 ? 'value' : 'values'}`;
}
