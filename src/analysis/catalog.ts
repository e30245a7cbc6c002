import { conventions } from '../core/cost/conventions/index.ts';
import { operators } from '../core/operators/index.ts';
import { devices } from '../core/roofline/devices/index.ts';
import { formats } from '../formats/index.ts';

// What Fovea knows, read from its registries: the same through both transports.

export function operatorCatalog() {
  return operators().map(({ op, nonlinear, view, value }) => ({
    op,
    nonlinear: nonlinear ?? false,
    view: view ?? false,
    folds: value !== undefined,
  }));
}

export function formatCatalog() {
  return formats().map(({ id, title, extensions, reads }) => ({ id, title, extensions, reads }));
}

export function conventionCatalog() {
  return conventions().map(({ id, version, unit, summary, source, note }) => ({ id, version, unit, summary, source, note: note ?? null }));
}

export function deviceCatalog() {
  return devices().map(({ note, ...device }) => ({ ...device, note: note ?? null }));
}
