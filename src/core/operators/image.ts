import { choice, need } from './call.ts';
import { type Call, defineOperator } from './operator.ts';

const FORMATS = ['RGB', 'BGR', 'Grayscale'] as const;

const channels = (call: Call) => (choice(call, 'pixel_format', FORMATS) === 'Grayscale' ? 1 : 3);

/** Source: ONNX ImageDecoder. The size stands in the file that is decoded; decoding is no arithmetic that is counted. */
export const imageDecoder = defineOperator('ImageDecoder', {
  infer: (call) => {
    need(call, 0);
    return [{ dtype: 'uint8', shape: [null, null, channels(call)] }];
  },
  field: () => 'dataDependent',
  cost: () => null,
  defaults: () => ({ pixel_format: FORMATS[0] }),
});
