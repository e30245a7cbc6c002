import type { Diagnostic } from '../../core/graph.ts';
import type { ModelRecord } from './records.ts';

/** The newest operator set that Fovea's operators follow. */
const NEWEST = 28;
/** Operators broadcast as NumPy does from this one on; what is older is lifted only in part. */
const OLDEST = 7;

/** The operator set that a file says, and the one that it is read as. What differs is told in `diagnostics`. */
export function opsetOf(model: ModelRecord, diagnostics: Diagnostic[]): { said?: number; used: number } {
  const warn = (code: string, message: string): void => void diagnostics.push({ code, severity: 'warning', message });
  if (model.functions > 0) {
    warn('local-functions', `the file defines ${model.functions} functions of its own: nodes that call them are unknown operators`);
  }
  const said = saidBy(model);
  if (said === undefined) {
    warn('no-opset', `the file does not say which operator set it uses: it is read as ${NEWEST}`);
    return { used: NEWEST };
  }
  if (said > NEWEST) warn('new-opset', `operator set ${said} is newer than ${NEWEST}: it is read as ${NEWEST}`);
  if (said < OLDEST) warn('old-opset', `operator set ${said} is older than ${OLDEST}: not everything in it is read as it was meant`);
  return { said, used: Math.min(said, NEWEST) };
}

function saidBy(model: ModelRecord): number | undefined {
  const entries = model.opsets.filter(({ domain }) => domain === '' || domain === 'ai.onnx');
  const entry = entries.at(-1);
  if (entry) return Number(entry.version);
  // A file of an IR version without operator sets, or with none for the default domain as it uses none of it.
  return model.opsets.length === 0 && model.irVersion < 3 ? 1 : undefined;
}
