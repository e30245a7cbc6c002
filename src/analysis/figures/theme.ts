/** What a colour is for. `paper` lies under everything; the others are chosen against it. */
export interface Theme {
  /** Behind everything: a figure may stand in a dark cell of a page that asks for light. */
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  /** Grid lines and other lines that carry nothing. */
  readonly rule: string;
  /** Areas a shade off the paper. */
  readonly panel: string;
  readonly series: readonly [string, string, string, string, string, string];
}

export const LIGHT: Theme = {
  paper: '#ffffff',
  ink: '#1f2328',
  soft: '#59636e',
  rule: '#d1d9e0',
  panel: '#f1f4f7',
  series: ['#0969da', '#bc4c00', '#1a7f37', '#8250df', '#bf3989', '#1b7c83'],
};

export const DARK: Theme = {
  paper: '#0d1117',
  ink: '#f0f6fc',
  soft: '#9ea7b3',
  rule: '#3d444d',
  panel: '#1a212a',
  series: ['#58a6ff', '#f0883e', '#3fb950', '#bc8cff', '#f778ba', '#39c5cf'],
};

/** Colours of series; more series than these start again, with other marks. */
export const SERIES = LIGHT.series.length;

/** Sizes of text in pixels of a figure 400 pixels wide. */
export const SMALL = 11;
export const BODY = 12;
export const HEAD = 14;

/** Fills that are told apart without colour: `hatch` and `dots` for themselves, `weave1` to `weave5` over the colours of series. */
export const TEXTURES: readonly { readonly name: string; readonly size: number; readonly class: string; readonly d: string }[] = [
  { name: 'hatch', size: 9, class: 'softline', d: 'M-1 1L1 -1M0 9L9 0M8 10L10 8' },
  { name: 'dots', size: 6, class: 'softline', d: 'M2 3H4' },
  { name: 'weave1', size: 6, class: 'weft', d: 'M-1 1L1 -1M0 6L6 0M5 7L7 5' },
  { name: 'weave2', size: 6, class: 'weft', d: 'M2 3H4' },
  { name: 'weave3', size: 4, class: 'weft', d: 'M2 0V4' },
  { name: 'weave4', size: 6, class: 'weft', d: 'M-1 5L1 7M0 0L6 6M5 -1L7 1' },
  { name: 'weave5', size: 4, class: 'weft', d: 'M0 2H4' },
];

const FONT = "'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif";

/**
 * The rules of one figure. Every selector begins with the figure's id: in a notebook the figures stand inside one page, where a
 * rule of one would reach all.
 */
export function styleSheet(id: string): string {
  const rule = (selector: string, ...declarations: string[]) => `#${id} ${selector}{${declarations.join(';')}}`;
  return [
    `#${id}{${variables(LIGHT)};max-width:100%;height:auto}`,
    `@media(prefers-color-scheme:dark){#${id}{${variables(DARK)}}}`,
    rule('text', `font-family:${FONT}`, `font-size:${BODY}px`, 'font-variant-numeric:tabular-nums', ...paint('fill', 'ink', LIGHT.ink)),
    rule('.h', `font-size:${HEAD}px`, 'font-weight:700'),
    rule('.b', 'font-weight:700'),
    rule('.s', `font-size:${SMALL}px`),
    rule('.soft', ...paint('fill', 'soft', LIGHT.soft)),
    rule('.halo', 'paint-order:stroke', 'stroke-width:3px', 'stroke-linejoin:round', ...paint('stroke', 'paper', LIGHT.paper)),
    rule('.paper', ...paint('fill', 'paper', LIGHT.paper), ...paint('stroke', 'rule', LIGHT.rule)),
    rule('.panel', ...paint('fill', 'panel', LIGHT.panel)),
    ...TEXTURES.map(({ name }) => rule(`.${name}`, `fill:url(#${id}-${name})`)),
    rule('.weft', 'fill:none', 'stroke-width:1.5', ...paint('stroke', 'paper', LIGHT.paper)),
    rule('.rule', 'fill:none', ...paint('stroke', 'rule', LIGHT.rule)),
    rule('.line', 'fill:none', 'stroke-width:1.25', ...paint('stroke', 'ink', LIGHT.ink)),
    rule('.softline', 'fill:none', ...paint('stroke', 'soft', LIGHT.soft)),
    rule('.casing', 'fill:none', 'stroke-width:3', ...paint('stroke', 'paper', LIGHT.paper)),
    rule('.cells', 'fill:none', 'stroke-width:1', 'shape-rendering:crispEdges'),
    rule('.mass', 'fill:none', 'stroke:#ffffff', 'stroke-width:1.5'),
    rule('.masscasing', 'fill:none', 'stroke:#000000', 'stroke-width:3.5', 'stroke-opacity:.5'),
    rule('.m1', 'stroke-dasharray:5 3'),
    rule('.m2', 'stroke-dasharray:1.5 2.5'),
    rule('.dash', 'stroke-dasharray:5 3'),
    rule('.dot', 'stroke-dasharray:1.5 2.5'),
    rule('.dashdot', 'stroke-dasharray:6 2 1.5 2'),
    rule('.long', 'stroke-dasharray:10 3'),
    rule('.fine', 'stroke-dasharray:3 1.5'),
    rule('.strong', 'stroke-width:2'),
    rule('.solid', ...paint('fill', 'ink', LIGHT.ink)),
    rule('.veil', 'fill-opacity:.28'),
    ...LIGHT.series.flatMap((color, i) => [
      rule(`.f${i}`, ...paint('fill', `c${i}`, color)),
      rule(`.s${i}`, 'stroke-width:2', 'stroke-linejoin:round', ...paint('stroke', `c${i}`, color)),
    ]),
    rule('.thin', 'stroke-width:1.25'),
    rule('.none', 'fill:none'),
  ].join('');
}

function variables({ series, ...theme }: Theme): string {
  const colors = [...Object.entries(theme), ...series.map((color, i) => [`c${i}`, color] as const)];
  return colors.map(([name, color]) => `--${name}:${color}`).join(';');
}

/** Twice, as there are renderers (librsvg, Inkscape) that know no variables: they keep the first. */
function paint(property: string, name: string, color: string): string[] {
  return [`${property}:${color}`, `${property}:var(--${name})`];
}
