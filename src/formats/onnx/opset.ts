import type { Diagnostic } from '../../core/graph.ts';
import type { FunctionRecord, ModelRecord } from './records.ts';

/** The newest operator set that Fovea's operators follow. */
const NEWEST = 28;

/** The operator set that a file says, and the one that it is read as. What differs is told in `diagnostics`. */
export function opsetOf(model: ModelRecord, diagnostics: Diagnostic[]): { said?: number; used: number } {
  const warn = (code: string, message: string): void => void diagnostics.push({ code, severity: 'warning', message });
  const said = saidBy(model);
  if (said === undefined) {
    const needed = model.opsets.length === 0 || model.graph?.nodes.some(isStandard);
    if (needed) warn('no-opset', `the file does not say which operator set it uses: it is read as ${NEWEST}`);
    return { used: NEWEST };
  }
  if (said > NEWEST) warn('new-opset', `operator set ${said} is newer than ${NEWEST}: it is read as ${NEWEST}`);
  return { said, used: Math.min(said, NEWEST) };
}

/** The operator set of a function's nodes: its own, or that of the file around it. */
export function opsetOfFunction(called: FunctionRecord, around: number, diagnostics: Diagnostic[]): number {
  const said = Number(called.opsets.findLast(isStandard)?.version ?? around);
  const message = `function '${called.name}' is of operator set ${said}, which is newer than ${NEWEST}: it is read as ${NEWEST}`;
  if (said > NEWEST && !diagnostics.some((known) => known.message === message)) {
    diagnostics.push({ code: 'new-opset', severity: 'warning', message });
  }
  return Math.min(said, NEWEST);
}

/** Whether something belongs to the standard domain, which has two names. */
export function isStandard({ domain }: { readonly domain: string }): boolean {
  return domain === '' || domain === 'ai.onnx';
}

function saidBy(model: ModelRecord): number | undefined {
  const entry = model.opsets.findLast(isStandard);
  if (entry) return Number(entry.version);
  // Early IR versions knew one operator set only; a file of today may use none but those of other domains.
  return model.opsets.length === 0 && model.irVersion < 3 ? 1 : undefined;
}
