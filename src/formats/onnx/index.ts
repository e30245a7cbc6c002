import type { Format } from '../format.ts';
import { detectOnnx } from './detect.ts';
import { openOnnx } from './reader.ts';

/** ONNX files (https://onnx.ai), of every IR version and operator set; weights are dropped while they stream by. */
export const onnx: Format = {
  id: 'onnx',
  title: 'ONNX',
  extensions: ['.onnx'],
  reads:
    'The graph, its types and small constants, of any IR version and of operator sets up to 28; weights and external data are never read.',
  detect: detectOnnx,
  open: openOnnx,
};
