import { type DType, isFloat, type Node } from '../graph.ts';
import { known } from '../operators/call.ts';
import { weightOf } from './convolution.ts';
import type { Draft } from './draft.ts';
import { defineEdit, type EditContext } from './kind.ts';
import { optional, type Told } from './parameters.ts';
import { refuse } from './refusal.ts';
import { forEachLayer } from './select.ts';

const parameters = {
  layer: optional('layers', 'Ids or patterns of batch norms; by default all. A pattern names those that can be folded.'),
};

/** Layers whose weights can take the factors of a batch norm, and which get its terms as a bias. */
const LINEAR: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm']);

/** The layer that a batch norm is folded into; refuses where nothing else may know of the change. */
function hostOf(draft: Draft, norm: Node): Node {
  if (norm.op !== 'BatchNormalization') refuse('it is no batch norm', norm);
  if (Number(norm.attributes.get('training_mode') ?? 0) !== 0) refuse('its statistics are those of each batch', norm);
  if (norm.outputs.slice(1).some((name) => name !== '')) refuse('it gives out its statistics', norm);
  const [input = '', ...vectors] = norm.inputs;
  if (!vectors.every((name) => draft.tensor(name).constant)) refuse('its factors are computed from data', norm);
  const host = draft.maker(input);
  if (!host || !LINEAR.has(host.op)) return refuse('no convolution or dense layer stands before it', norm);
  if (draft.isFixed(input) || draft.readers(input).length > 1) refuse(`something else reads what ${host.op} '${host.id}' gives out`, norm);
  return host;
}

function channelsOf(draft: Draft, norm: Node): number {
  const [channels] = known(draft.tensor(norm.inputs[1] ?? '').shape) ?? [];
  return channels ?? refuse('its channels are not known', norm);
}

/** The weight of a layer scaled: the same tensor, or one of its own where other layers read it too. */
function scaled(draft: Draft, node: Node): string {
  const { name, shape, dtype } = weightOf(draft, node, 1);
  const shared = draft.readers(name).length > 1 || draft.isFixed(name);
  return shared ? draft.weight(`${node.id}.weight`, shape, dtype) : name;
}

/** The bias of a layer shifted: its own tensor if it has one for each of these channels, else a new one. */
function shifted(draft: Draft, node: Node, channels: number, dtype: DType): string {
  const name = node.inputs[2] ?? '';
  const bias = name === '' ? null : draft.tensor(name);
  if (bias && !bias.constant) refuse('its bias is computed from data', node);
  const sizes = bias && known(bias.shape);
  const fits = sizes?.at(-1) === channels && draft.constants.has(name) && isFloat(bias?.dtype ?? null);
  const own = fits && draft.readers(name).length === 1 && !draft.isFixed(name);
  return own ? name : draft.weight(`${node.id}.bias`, sizes && fits ? sizes : [channels], dtype);
}

/** Takes out nodes that compute on constants for nobody. */
function prune(draft: Draft, tensor: string): void {
  const maker = draft.maker(tensor);
  if (!maker || maker.outputs.some((name) => draft.isFixed(name) || draft.readers(name).length > 0)) return;
  draft.replace(maker, []);
  for (const name of maker.inputs) prune(draft, name);
}

function fold(draft: Draft, norm: Node): void {
  const host = hostOf(draft, norm);
  const { dtype } = weightOf(draft, host, 1);
  const bias = shifted(draft, host, channelsOf(draft, norm), dtype);
  const inputs = [host.inputs[0] as string, scaled(draft, host), bias];
  draft.replace(norm, []);
  draft.replace(host, [{ ...host, inputs, outputs: norm.outputs.slice(0, 1) }]);
  for (const name of [...norm.inputs.slice(1), ...host.inputs.slice(1)]) prune(draft, name);
  draft.touched.add(host.id);
}

function apply(draft: Draft, { layer = 'op:BatchNormalization' }: Told<typeof parameters>, { suggest }: EditContext): void {
  forEachLayer(draft, layer, suggest, (node) => fold(draft, node));
}

/**
 * Folds batch norms into the layers before them, as for inference: y = g (Wx + b - m) / s + t is one layer with the weights
 * gW / s and the bias g (b - m) / s + t. Source: torch.nn.utils.fusion, fuse_conv_bn_weights and fuse_linear_bn_weights.
 */
export const foldBatchNorm = defineEdit(
  'fold-batch-norm',
  'Folds batch norms into the convolutions and dense layers before them, as for inference: these get a bias, the norms and their statistics are gone.',
  parameters,
  apply,
  { refits: false },
);
