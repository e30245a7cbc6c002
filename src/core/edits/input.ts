import type { Draft } from './draft.ts';
import { defineEdit, type EditContext } from './kind.ts';
import { optional, required, type Told } from './parameters.ts';
import { refuse } from './refusal.ts';

const parameters = {
  size: required('sizes', 'Sizes of the axes of the input that are neither batch nor channels: one for all, or one for each.'),
  input: optional('name', 'Name of the input; by default the first one that has such axes.'),
};

function apply(draft: Draft, { size, input }: Told<typeof parameters>, { options, suggest }: EditContext): void {
  const spatial = draft.inputs.map(({ name, shape }) => ({ name, shape, axes: spatialAxes(draft.trace.axes.of(name)) }));
  const chosen = spatial.find(({ name, axes }) => (input === undefined ? axes.length > 0 : name === input));
  if (!chosen) {
    const names = spatial.map(({ name }) => name);
    refuse(input === undefined ? 'no input has a size to change' : `there is no input '${input}'${suggest(input, names)}`);
  }
  const { name, shape, axes } = chosen;
  if (options.inputs?.has(name)) refuse(`the option 'input' already gives '${name}' its size`);
  if (!shape || axes.length === 0) refuse(`the input '${name}' has no size to change`);
  const sizes = typeof size === 'number' ? axes.map(() => size) : size;
  if (sizes.length !== axes.length) refuse(`${sizes.length} sizes for the ${axes.length} axes of '${name}'`);
  draft.resizeInput(
    name,
    shape.map((dim, axis) => sizes[axes.indexOf(axis)] ?? dim),
  );
}

function spatialAxes(names: readonly string[]): readonly number[] {
  return names.flatMap((name, axis) => (name === 'N' || name === 'C' ? [] : [axis]));
}

/** Changes the size of an input. */
export const input = defineEdit(
  'input',
  'Changes the size of an input. Weights stay as they are, so that a dense layer behind a flattened map refuses another size.',
  parameters,
  apply,
  { refits: false },
);
