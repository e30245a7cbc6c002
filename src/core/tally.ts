import { addPrimitives, NO_OPERATIONS } from './cost/counters.ts';
import { add, type Count, times } from './count.ts';
import type { LayerFacts } from './layers.ts';

/**
 * Running sums over the layers of a network, all taken in one pass. What is not known of a layer is left out of the sums; a
 * layer in a loop counts as often as it runs, once where that is not known.
 */
export class Tally {
  operations = NO_OPERATIONS;
  validMacs: Count = 0;
  validFlops: Count = 0;
  cost: Count = 0;
  /** Elements and bytes of outputs that own memory. */
  elements: Count = 0;
  bytes: Count = 0;
  nonlinearities: Count = 0;
  /** Whether something of a layer was left out. */
  lacksOperations = false;
  lacksCost = false;
  lacksMemory = false;
  lacksActivations = false;
  lacksOperator = false;
  lacksNonlinearities = false;

  add(fact: LayerFacts): void {
    const { operator, repeats } = fact.call;
    if (fact.operations) this.operations = addPrimitives(this.operations, fact.operations);
    if (!fact.operations || repeats === null) this.lacksOperations = true;
    this.validMacs = add(this.validMacs, fact.valid?.macs ?? 0);
    this.validFlops = add(this.validFlops, fact.valid?.flops ?? 0);
    this.cost = add(this.cost, fact.cost ?? 0);
    if (fact.cost === null || repeats === null) this.lacksCost = true;
    if (!operator) this.lacksOperator = true;
    if (operator?.nonlinear) {
      this.nonlinearities = add(this.nonlinearities, repeats ?? 1);
      if (repeats === null) this.lacksNonlinearities = true;
    }
    if (!fact.view) this.#own(fact.outputs, repeats);
  }

  #own(outputs: LayerFacts['outputs'], repeats: Count | null): void {
    for (const { elements, bytes } of outputs) {
      this.elements = add(this.elements, times(elements ?? 0, repeats ?? 1));
      this.bytes = add(this.bytes, times(bytes ?? 0, repeats ?? 1));
      if (bytes === null) this.lacksMemory = true;
      if (repeats === null && bytes !== 0) this.lacksActivations = true;
    }
  }
}
