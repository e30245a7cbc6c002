import { defineConvention, type Rule, variant } from './convention.ts';
import { byMode, byOutputPositions, either, leftTimesColumns, macs, nothing, perInput, perOutput } from './rules.ts';

const FREE = ['Reshape', 'Slice', 'Shape', 'Gather', 'ScatterND', 'Tile', 'Transpose', 'Sign', 'Squeeze', 'Unsqueeze', 'Split', 'Cast'];

export const onnxOpcounter = defineConvention({
  id: 'onnx-opcounter',
  version: '0.0.4',
  unit: 'MAC',
  summary: 'onnx-opcounter: contractions, without bias, norms and interpolation; every other operator costs one for each output',
  source: 'https://github.com/gmalivenko/onnx-opcounter/blob/master/onnx_opcounter/onnx_opcounter.py',
  note: 'transposed convolutions count by input positions, products with both operands broadcast, and contractions that the tool does not know (Einsum, Attention, recurrent, quantised and fused layers) by their products; what depends on weights alone is not counted',
  rules: {
    Conv: macs,
    ConvTranspose: macs,
    Gemm: macs,
    MatMul: macs,
    BatchNormalization: perOutput(2),
    Relu: perInput(1),
    Add: perOutput(1),
    Resize: byMode({ linear: perOutput(11), bilinear: perOutput(11), trilinear: perOutput(11) }),
    ...(Object.fromEntries(FREE.map((op) => [op, nothing])) satisfies Record<string, Rule>),
  },
  otherwise: either(({ operations }) => operations.mac !== 0, macs, perOutput(1)),
});

export const onnxOpcounter004 = variant(onnxOpcounter, {
  id: 'onnx-opcounter@0.0.4',
  version: '0.0.4',
  note: 'transposed convolutions count by output positions, a product by its left operand, a sum by its first, and a contraction that the tool does not know (Einsum, Attention, recurrent, quantised and fused layers) is one for each output',
  rules: {
    ConvTranspose: byOutputPositions,
    Gemm: leftTimesColumns,
    MatMul: leftTimesColumns,
    Add: perInput(1),
  },
  otherwise: perOutput(1),
});
