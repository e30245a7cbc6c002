import { type Count, countToJson, plus, times } from '../count.ts';
import { factsOf } from '../facts.ts';
import type { LayerFacts } from '../layers.ts';
import { elementsOf } from '../operators/shape.ts';
import { roleOf } from '../params.ts';
import type { CountJson } from '../report.ts';
import type { Trace } from '../trace.ts';
import type { Convention } from './conventions/convention.ts';

/** What two conventions make of the layers of one operator. */
export interface Reconciled {
  readonly op: string;
  /** Layers. */
  readonly count: number;
  readonly a: CountJson;
  readonly b: CountJson;
  /** b - a; a decimal string beyond 2^53 - 1. */
  readonly difference: CountJson;
  readonly why: string;
}

export interface Reconciliation {
  readonly a: Side;
  readonly b: Side;
  readonly difference: CountJson;
  /** By operator, the largest difference first; the differences add up to that of the totals. */
  readonly operators: readonly Reconciled[];
  /**
   * Layers that one of the two cannot price in full, because of a size, an operator or the runs of a loop that are not known.
   * Of a loop one run is in the totals, of the others nothing.
   */
  readonly unknown: number;
}

interface Side {
  readonly id: string;
  readonly version: string;
  readonly unit: Convention['unit'];
  readonly total: CountJson;
}

/** Sums over the layers of one operator. */
interface Sums {
  count: number;
  a: Count;
  b: Count;
  macs: Count;
  bias: Count;
  outputs: Count;
  inputs: Count;
  weights: Count;
}

/** Two conventions on one network, operator by operator; `exact` leaves out what causal masks hide. */
export function reconcile(trace: Trace, a: Convention, b: Convention, exact = false): Reconciliation {
  const [left, right] = [factsOf(trace, a, [], exact).facts, factsOf(trace, b, [], exact).facts];
  const sums = new Map<string, Sums>();
  let unknown = 0;
  for (const [i, fact] of left.entries()) {
    const other = right[i]?.cost ?? null;
    if (fact.cost === null || other === null) {
      unknown += 1;
      continue;
    }
    // Nothing, however often, is nothing.
    if (fact.call.repeats === null && (fact.cost !== 0 || other !== 0)) unknown += 1;
    addTo(sums, fact, fact.cost, other);
  }
  const operators = [...sums]
    .filter(([, { a, b }]) => a !== 0 || b !== 0)
    .sort(([p, x], [q, y]) => Number(size(y) - size(x)) || (p < q ? -1 : 1))
    .map(([op, of]): Reconciled => {
      const why = of.a === of.b ? `both count ${basisOf(of.a, of)}` : `${a.id}: ${basisOf(of.a, of)}; ${b.id}: ${basisOf(of.b, of)}`;
      return { op, count: of.count, a: countToJson(of.a), b: countToJson(of.b), difference: signedJson(of.a, of.b), why };
    });
  const total = (side: 'a' | 'b') => plus(...Array.from(sums.values(), (of) => of[side]));
  const about = ({ id, version, unit }: Convention, figure: Count): Side => ({ id, version, unit, total: countToJson(figure) });
  return { a: about(a, total('a')), b: about(b, total('b')), difference: signedJson(total('a'), total('b')), operators, unknown };
}

const size = ({ a, b }: Sums): bigint => (a < b ? BigInt(b) - BigInt(a) : BigInt(a) - BigInt(b));

/** b - a. */
function signedJson(a: Count, b: Count): CountJson {
  const difference = BigInt(b) - BigInt(a);
  const number = Number(difference);
  return Number.isSafeInteger(number) ? number : difference.toString();
}

function addTo(sums: Map<string, Sums>, { call, operations }: LayerFacts, a: Count, b: Count): void {
  const of = sums.get(call.node.op) ?? { count: 0, a: 0, b: 0, macs: 0, bias: 0, outputs: 0, inputs: 0, weights: 0 };
  sums.set(call.node.op, of);
  const repeats = call.repeats ?? 1;
  const repeated = (count: Count | null) => times(count ?? 0, repeats);
  of.count += 1;
  of.a = plus(of.a, a);
  of.b = plus(of.b, b);
  of.macs = plus(of.macs, operations?.mac ?? 0);
  of.bias = plus(of.bias, operations?.add ?? 0);
  of.outputs = plus(of.outputs, repeated(elementsOf(call.outputs[0])));
  of.inputs = plus(of.inputs, repeated(elementsOf(call.inputs[0])));
  const trained = call.inputs.filter((tensor, slot) => tensor?.constant && roleOf(call, slot) === 'weight');
  of.weights = plus(of.weights, ...trained.map((tensor) => repeated(elementsOf(tensor))));
}

/** Most that is looked for as so much for each element. */
const MAX_EACH = 300n;

/** In words, what a figure is of these sums. */
function basisOf(figure: Count, { macs, bias, outputs, inputs, weights }: Sums): string {
  if (figure === 0) return 'nothing';
  if (macs !== 0) {
    if (figure === macs) return 'multiply-accumulates';
    if (figure === times(2, macs)) return 'twice the multiply-accumulates';
    if (figure === plus(macs, bias)) return 'multiply-accumulates and bias';
    if (figure === plus(times(2, macs), bias)) return 'twice the multiply-accumulates, and bias';
  }
  const [perOutput, perInput] = [multiple(figure, outputs), multiple(figure, inputs)];
  if (perOutput !== null && (perInput === null || perOutput <= perInput)) return `${perOutput} for each output`;
  if (perInput !== null) return `${perInput} for each input`;
  if (figure === plus(inputs, outputs)) return 'one for each input and each output';
  if (figure === weights) return 'one for each weight';
  return 'a rule of its own';
}

/** How often a figure holds another one, where that is a small whole number. */
function multiple(figure: Count, of: Count): bigint | null {
  if (of === 0 || BigInt(figure) % BigInt(of) !== 0n) return null;
  const ratio = BigInt(figure) / BigInt(of);
  return ratio <= MAX_EACH ? ratio : null;
}
