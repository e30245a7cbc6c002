import fc from 'fast-check';
import type { Test } from 'tap';
import { all, bounds, type Element, parse } from './drawing.ts';

/** What is wrong with a figure, whatever it shows; nothing for a good one. */
export function faultsOf(svg: string): string[] {
  let root: Element;
  try {
    root = parse(svg);
  } catch (error) {
    return [`no XML: ${error}`];
  }
  return [...rootFaults(root), ...contentFaults(svg, root), ...placeFaults(root)];
}

function rootFaults(root: Element): string[] {
  const { xmlns, role, viewBox } = root.attributes;
  const faults: string[] = [];
  if (root.name !== 'svg' || xmlns !== 'http://www.w3.org/2000/svg' || role !== 'img') faults.push('the root is no image');
  if (!/^0 0 400 \d+$/.test(viewBox ?? '')) faults.push(`viewBox ${viewBox}`);
  const named = (root.attributes['aria-labelledby'] ?? '')
    .split(' ')
    .map((id) => root.children.find((child) => child.attributes.id === id));
  if (named.map((child) => child?.name).join() !== 'title,desc' || named.some((child) => !child?.text.trim()))
    faults.push('no text alternative');
  return faults;
}

const ELEMENTS = ['svg', 'title', 'desc', 'style', 'defs', 'pattern', 'rect', 'circle', 'path', 'text'];

function contentFaults(svg: string, root: Element): string[] {
  const faults: string[] = [];
  const elements = all(root);
  const ids = elements.flatMap(({ attributes }) => (attributes.id === undefined ? [] : [attributes.id]));
  const style = elements.find(({ name }) => name === 'style')?.text ?? '';
  for (const { name, attributes } of elements) {
    if (!ELEMENTS.includes(name)) faults.push(`an element ${name}`);
    for (const [key, value] of Object.entries(attributes)) {
      if (/^on|href|^style$/.test(key)) faults.push(`an attribute ${key}`);
      if (key !== 'class' && /NaN|Infinity|undefined|null/.test(value)) faults.push(`${key}="${value}"`);
    }
    const texture = attributes.class?.match(/\b(hatch|dots|weave\d)\b/)?.[1];
    if (texture !== undefined && !ids.includes(`${root.attributes.id}-${texture}`)) faults.push(`no texture ${texture}`);
  }
  if (new Set(ids).size !== ids.length) faults.push('an id twice');
  if (/@import|url\((?!#)|https?:|expression/.test(style)) faults.push('the style refers to something else');
  const sizes = [...style.matchAll(/font-size:([\d.]+)px/g)].map((match) => Number(match[1]));
  if (sizes.length < 3 || Math.min(...sizes) < 11) faults.push(`text of ${Math.min(...sizes)} px`);
  if (Buffer.byteLength(svg) > 300_000) faults.push(`${svg.length} characters`);
  return faults;
}

/** Everything lies within the figure, and no text on another one. */
function placeFaults(root: Element): string[] {
  const [, , width = 0, height = 0] = (root.attributes.viewBox ?? '').split(' ').map(Number);
  const drawn = bounds(root);
  const out = drawn.filter(
    ({ box }) => !(box.left >= -0.01 && box.top >= -0.01 && box.right <= width + 0.01 && box.bottom <= height + 0.01),
  );
  const texts = drawn.filter(({ of }) => of.name === 'text');
  const over = texts.flatMap((a, i) =>
    texts
      .slice(i + 1)
      .filter((b) => a.box.left < b.box.right && b.box.left < a.box.right && a.box.top < b.box.bottom && b.box.top < a.box.bottom)
      .map((b) => `"${a.of.text}" lies on "${b.of.text}"`),
  );
  return [...out.map(({ of }) => `${of.name} ${JSON.stringify(of.attributes)} ${of.text} lies outside`), ...over];
}

/** Names that files from anywhere may hold. */
export const HOSTILE: readonly string[] = [
  '</text><script>alert(1)</script>',
  '"><svg onload="alert(1)">',
  ']]> <!-- & &amp; &#0; &nope; \' "',
  `${Array.from({ length: 0x20 }, (_, i) => String.fromCharCode(i)).join('')}\u007f\u009f\ufffe\uffff`,
  '\ud800 lone \udfff surrogates \ud83d',
  'x'.repeat(10_000),
  'W'.repeat(300),
  '漢字'.repeat(200),
  '😀👩‍👩‍👧‍👦'.repeat(50),
  '\u202eright to left\u2066',
  `z${'\u0301'.repeat(500)}`,
  ' '.repeat(50),
  '',
];

/** Any text, hostile ones often. */
export const anyText = fc.oneof(fc.string({ maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(...HOSTILE));

/** Any number, and what is none. */
export const anyNumber = fc.oneof(
  fc.double(),
  fc.integer({ min: -300, max: 3_000 }),
  fc.double({ min: 0, max: 1e13, noNaN: true }),
  fc.constantFrom(0, -0, 1, 0.5, Number.NaN, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53, 1e30, 1e-30),
);

/** Any number, or none. */
export const maybeNumber = fc.option(anyNumber, { nil: null });

/** Checks a figure over random inputs: it is always sound, and always the same. */
export function alwaysSound<T>(t: Test, figure: (input: T) => string, inputs: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(inputs, (input) => {
      const svg = figure(input);
      const faults = faultsOf(svg);
      if (faults.length > 0) throw new Error(faults.slice(0, 5).join('\n'));
      return figure(input) === svg;
    }),
    { numRuns: 300 },
  );
  t.pass('sound over random inputs');
}
