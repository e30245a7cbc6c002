/** Viridis (Smith and van der Walt 2015, CC0) at 0, 1/8, ..., 1: lightness rises evenly, also without colour and for the colour-blind. */
const TABLE: readonly (readonly [number, number, number])[] = [
  [68, 1, 84],
  [71, 45, 123],
  [59, 82, 139],
  [44, 114, 142],
  [33, 145, 140],
  [40, 174, 128],
  [94, 201, 98],
  [173, 220, 48],
  [253, 231, 37],
];

/** The colour of a share of the largest value, from 0 to 1. */
export function ramp(share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (TABLE.length - 1);
  const i = Math.min(TABLE.length - 2, Math.floor(place));
  const [low, high] = [TABLE[i], TABLE[i + 1]] as [readonly [number, number, number], readonly [number, number, number]];
  return `#${low.map((from, c) => hex(from + ((high[c] as number) - from) * (place - i))).join('')}`;
}

function hex(value: number): string {
  return Math.round(value).toString(16).padStart(2, '0');
}
