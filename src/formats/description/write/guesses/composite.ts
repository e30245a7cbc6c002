import { dataOf, int, ints, string } from '../../../../core/operators/call.ts';
import type { Call } from '../../../../core/operators/operator.ts';
import type { Json } from '../json.ts';
import type { Survey } from '../survey.ts';
import { fromFront, type Guess, oneOrAll } from './guess.ts';
import { windows } from './window.ts';

/** The first node of a layer that makes several, and those after it. */
interface Start {
  readonly call: Call;
  /** The layer's name, by which the nodes are called. */
  readonly name: string;
  readonly survey: Survey;
  /** The call so many nodes further. */
  next(offset: number): Call | undefined;
}

const selfAttention =
  (bias: boolean) =>
  ({ survey, name }: Start): Guess => ({
    type: 'MultiheadAttention',
    args: { num_heads: heads(survey, name), bias },
  });

/** Of a query, keys and values that differ. */
const crossAttention = ({ survey, name, next }: Start): Guess => {
  const bias = next(1)?.node.op === 'Split';
  const products = bias ? [2, 4, 6] : [1, 2, 3];
  const reads = products.map((offset) => next(offset)?.node.inputs[0] ?? '');
  return { type: 'MultiheadAttention', args: { num_heads: heads(survey, name), bias }, reads };
};

function heads(survey: Survey, name: string): number | undefined {
  return survey.graph.constants.get(`${name}.query_heads.shape`)?.data?.[2];
}

const attention = ({ call, next }: Start): Guess => {
  const [scaled, product] = [next(1), next(4)];
  const reads = [scaled?.node.inputs[0] ?? '', call.node.inputs[0] ?? '', product?.node.inputs[1] ?? ''];
  const size = scaled?.inputs[0]?.shape?.at(-1);
  const scale = scaled && dataOf(scaled, 1)?.[0];
  const usual = typeof size === 'number' && scale === 1 / Math.sqrt(size);
  return { type: 'ScaledDotProductAttention', args: { scale: usual ? undefined : scale }, reads };
};

const shuffle = ({ survey, name }: Start): Guess => ({
  type: 'ChannelShuffle',
  args: { groups: survey.graph.constants.get(`${name}.grouped.shape`)?.data?.[1] },
});

/** Axes that are not the last ones, as one or as several. */
const replaceAxes = ({ call, survey, name }: Start): Guess => {
  const shape = survey.graph.constants.get(`${name}.shape`)?.data ?? [];
  const start = shape.findIndex((size) => size !== 0);
  const sizes = shape.slice(start);
  if (sizes.length === 1) return { type: 'Flatten', args: { start_dim: start, end_dim: int(call, 'start', 1) - 1 } };
  return { type: 'Unflatten', args: { dim: start, unflattened_size: sizes } };
};

const MODES: ReadonlyMap<string, Json> = new Map([
  ['reflect', 'reflect'],
  ['edge', 'replicate'],
  ['wrap', 'circular'],
]);

/** A convolution that pads with something else than zeros. */
const paddedConvolution = ({ call, next }: Start): Guess | undefined => {
  const conv = next(1);
  const [guess] = conv?.node.op === 'Conv' ? (windows.Conv?.(conv) ?? []) : [];
  const pads = dataOf(call, 1);
  if (!guess || !pads) return undefined;
  const axes = ints(conv as Call, 'kernel_shape')?.length ?? 0;
  const pairs = Array.from({ length: axes }, (_, axis): Json => [pads[axis + 2] as number, pads[axis + axes + 4] as number]);
  const even = pairs.every((pair) => Array.isArray(pair) && pair[0] === pair[1]);
  const padding = even ? oneOrAll(pairs.map((pair) => (pair as Json[])[0] as number)) : pairs;
  return {
    type: guess.type,
    args: { ...guess.args, padding, padding_mode: MODES.get(string(call, 'mode', 'constant')) },
    reads: call.node.inputs.slice(0, 1),
  };
};

/** Layers by what the name of their first node ends with. */
const COMPOSITES: readonly (readonly [suffix: string, guess: (start: Start) => Guess | undefined])[] = [
  ['.in_proj.matmul', selfAttention(true)],
  ['.in_proj', selfAttention(false)],
  ['.in_proj_weights', crossAttention],
  ['.key_transpose', attention],
  ['.sigmoid', () => ({ type: 'SiLU', args: {} })],
  ['.split', ({ call }) => ({ type: 'GLU', args: { dim: fromFront(call, int(call, 'axis', 0)) } })],
  ['.grouped.tail', shuffle],
  ['.tail', replaceAxes],
  ['.pad', paddedConvolution],
];

/** The layers of several nodes that might begin with a node: those of descriptions, whose names tell. */
export function compositesAt(survey: Survey, first: number): readonly Guess[] {
  const call = survey.calls[first] as Call;
  const { id } = call.node;
  const next = (offset: number) => survey.calls[first + offset];
  return COMPOSITES.filter(([suffix]) => id.endsWith(suffix) && id.length > suffix.length).flatMap(([suffix, guess]) => {
    return guess({ call, survey, next, name: id.slice(0, -suffix.length) }) ?? [];
  });
}
