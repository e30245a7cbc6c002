import { addPrimitives, NO_OPERATIONS, type Primitives } from './cost/counters.ts';
import { add, type Count } from './count.ts';
import type { LayerFacts } from './layers.ts';

/** Running sums over the layers of a network, all taken in one pass. What is not known of a layer is left out of the sums. */
export class Tally {
  operations = NO_OPERATIONS;
  validMacs: Count = 0;
  validFlops: Count = 0;
  cost: Count = 0;
  /** Elements and bytes of outputs that own memory. */
  elements: Count = 0;
  bytes: Count = 0;
  nonlinearities = 0;
  /** Most contractions with weights on any one path: the "50" of ResNet-50. */
  depth = 0;
  /** Whether something of a layer was left out. */
  lacksOperations = false;
  lacksCost = false;
  lacksMemory = false;
  lacksOperator = false;
  /** The depth of each value, by its number. */
  readonly #depths: number[] = [];

  add(fact: LayerFacts): void {
    const { operator, repeats } = fact.call;
    if (fact.operations) this.operations = addPrimitives(this.operations, fact.operations);
    if (!fact.operations || repeats === null) this.lacksOperations = true;
    this.validMacs = add(this.validMacs, fact.valid?.macs ?? 0);
    this.validFlops = add(this.validFlops, fact.valid?.flops ?? 0);
    this.cost = add(this.cost, fact.cost ?? 0);
    if (fact.cost === null || repeats === null) this.lacksCost = true;
    if (!operator) this.lacksOperator = true;
    if (operator?.nonlinear) this.nonlinearities += 1;
    if (!fact.view) this.#own(fact.outputs);
    this.#deepen(fact);
  }

  #own(outputs: LayerFacts['outputs']): void {
    for (const { elements, bytes } of outputs) {
      this.elements = add(this.elements, elements ?? 0);
      this.bytes = add(this.bytes, bytes ?? 0);
      if (bytes === null) this.lacksMemory = true;
    }
  }

  #deepen({ call, operations }: LayerFacts): void {
    let before = 0;
    for (const value of call.reads) before = Math.max(before, this.#depths[value] ?? 0);
    const depth = before + (learns(call.inputs, operations) ? 1 : 0);
    for (const value of call.writes) if (value !== 0) this.#depths[value] = depth;
    this.depth = Math.max(this.depth, depth);
  }
}

function learns(inputs: LayerFacts['call']['inputs'], operations: Primitives | null): boolean {
  return operations !== null && operations.mac > 0 && inputs.some((input) => input?.constant);
}
