import t from 'tap';
import { ramp } from '../../../src/analysis/figures/ramp.ts';
import { DARK, LIGHT, SERIES, styleSheet, type Theme } from '../../../src/analysis/figures/theme.ts';

/** Relative luminance (WCAG 2.2). */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((i) => Number.parseInt(color.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const THEMES: readonly (readonly [string, Theme])[] = [
  ['light', LIGHT],
  ['dark', DARK],
];

t.test('texts and marks are legible', async (t) => {
  for (const [name, { paper, panel, ink, soft, series }] of THEMES) {
    for (const ground of [paper, panel]) {
      t.ok(contrast(ink, ground) >= 4.5, `${name}: ink on ${ground}`);
      t.ok(contrast(soft, ground) >= 4.5, `${name}: soft on ${ground}`);
      for (const color of series) t.ok(contrast(color, ground) >= 3, `${name}: ${color} on ${ground}`);
    }
    t.equal(series.length, SERIES);
    t.equal(new Set(series).size, SERIES);
  }
});

t.test('every colour is declared for light and for dark, and stands where variables are not known', async (t) => {
  const css = styleSheet('fovea-0');
  const [light, dark] = css.split('@media(prefers-color-scheme:dark)') as [string, string];
  const used = new Set([...css.matchAll(/var\(--(\w+)\)/g)].map(([, name]) => name));
  t.ok(used.size >= 10);
  for (const name of used) {
    t.match(light, new RegExp(`--${name}:#`));
    t.match(dark.slice(0, dark.indexOf('}')), new RegExp(`--${name}:#`));
  }
  for (const [declaration, name] of css.matchAll(/(?:fill|stroke):#[0-9a-f]{6};(?:fill|stroke):var\(--(\w+)\)/g)) {
    t.ok(declaration.includes(new RegExp(`--${name}:(#[0-9a-f]{6})`).exec(light)?.[1] ?? '-'), declaration);
  }
  t.equal(css.match(/var\(/g)?.length, css.match(/(?:fill|stroke):#[0-9a-f]{6};(?:fill|stroke):var/g)?.length);
});

t.test('rules reach their own figure alone', async (t) => {
  const css = styleSheet('fovea-0').replace(/@media\([^)]*\)\{(.*?\})\}/, '$1');
  for (const [, selector] of css.matchAll(/([^{}]+)\{/g)) t.match(selector, /^#fovea-0( |$)/);
});

t.test('the ramp rises evenly', async (t) => {
  const lightness = Array.from({ length: 24 }, (_, i) => luminance(ramp(i / 23))).map((y) => 116 * Math.cbrt(y) - 16);
  const steps = lightness.slice(1).map((value, i) => value - (lightness[i] as number));
  t.ok(Math.min(...steps) > 1.5, 'each step is lighter');
  t.ok(Math.max(...steps) < 6, 'none by much');
  t.equal(ramp(-1), ramp(0));
  t.equal(ramp(2), ramp(1));
});
