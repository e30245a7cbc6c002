import { element, px } from './svg.ts';

/** Shapes that tell series apart where colours do not. */
const SHAPES: readonly ((x: number, y: number, r: number) => string)[] = [
  (x, y, r) => `M${px(x - r)} ${px(y)}a${px(r)} ${px(r)} 0 1 0 ${px(2 * r)} 0a${px(r)} ${px(r)} 0 1 0 ${px(-2 * r)} 0Z`,
  (x, y, r) => `M${px(x - r)} ${px(y - r)}h${px(2 * r)}v${px(2 * r)}h${px(-2 * r)}Z`,
  (x, y, r) => `M${px(x)} ${px(y - 1.2 * r)}l${px(1.2 * r)} ${px(2.2 * r)}h${px(-2.4 * r)}Z`,
  (x, y, r) => `M${px(x)} ${px(y - 1.4 * r)}l${px(1.4 * r)} ${px(1.4 * r)}l${px(-1.4 * r)} ${px(1.4 * r)}l${px(-1.4 * r)} ${px(-1.4 * r)}Z`,
  (x, y, r) => `M${px(x)} ${px(y + 1.2 * r)}l${px(1.2 * r)} ${px(-2.2 * r)}h${px(-2.4 * r)}Z`,
  (x, y, r) =>
    `M${px(x - 1.3 * r)} ${px(y)}l${px(0.7 * r)} ${px(-r)}h${px(1.2 * r)}l${px(0.7 * r)} ${px(r)}l${px(-0.7 * r)} ${px(r)}h${px(-1.2 * r)}Z`,
];

/** The n-th shape around a point, of about the radius r. */
export function mark(n: number, x: number, y: number, r: number, className: string): string {
  const shape = SHAPES[n % SHAPES.length] as (x: number, y: number, r: number) => string;
  return element('path', { class: className, d: shape(x, y, r) });
}

/** A cross where something does not work. */
export function fault(x: number, y: number): string {
  const d = `M${px(x - 4)} ${px(y - 4)}L${px(x + 4)} ${px(y + 4)}M${px(x + 4)} ${px(y - 4)}L${px(x - 4)} ${px(y + 4)}`;
  return element('path', { class: 'casing', d }) + element('path', { class: 'line strong', d });
}
