import { Fault, type Spot } from '../core/fault.ts';

/** A fault as it passes between threads, where classes do not. */
export interface FaultData {
  readonly code: string;
  readonly message: string;
  readonly spot: Spot;
}

export function faultData({ code, message, spot }: Fault): FaultData {
  return { code, message, spot };
}

export function faultFrom({ code, message, spot }: FaultData): Fault {
  return new Fault(code, message, spot);
}
