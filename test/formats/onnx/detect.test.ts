import t from 'tap';
import { detectFormat, formats, recognize } from '../../../src/formats/index.ts';
import { onnx } from '../../../src/formats/onnx/index.ts';
import * as e from './encode.ts';
import { fixtures, publicModels } from './fixtures.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

t.test('models are recognized by their first bytes', async (t) => {
  for (const { name, file } of [...fixtures, ...(publicModels ?? [])]) {
    for (const size of [16, 64, 4096]) t.equal(detectFormat(file.subarray(0, size)), onnx, `${name}, ${size} bytes`);
  }
  const graph = e.bytes(7, e.graph({ nodes: [e.node('Relu', [], ['y'])] }));
  const opset = e.message(8, e.text(1, ''), e.int(2, 17));
  for (const [name, file] of [
    ['the graph first', e.join(graph, e.int(1, 8), opset)],
    ['the operator set first', e.join(opset, e.int(1, 8), graph)],
    ['the producer first', e.join(e.text(2, 'pytorch'), e.int(1, 8), graph)],
    [
      'every field',
      e.join(
        e.int(1, 8),
        e.text(2, 'p'),
        e.text(3, '1'),
        e.text(4, 'd'),
        e.int(5, 300),
        e.text(6, 'a\nb'),
        e.message(14, e.text(1, 'k')),
        e.message(20),
        e.message(25),
        e.message(26),
        e.bytes(7, Buffer.alloc(0)),
      ),
    ],
    ['cut in a tag', e.join(e.int(1, 8), Uint8Array.of(0xa2))],
    ['cut in a length', e.join(e.int(1, 8), Uint8Array.of(0x3a, 0x80))],
  ] as const)
    t.ok(onnx.detect(file), name);
});

t.test('other files are not models', async (t) => {
  for (const [name, head] of [
    ['nothing', ''],
    ['one byte', '\x08'],
    ['JSON', '{ "version": 1, "layers": [] }'],
    ['a JSON string', '"a description of something"'],
    ['zip', 'PK\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00'],
    ['HDF5', '\x89HDF\r\n\x1a\n\x00\x00\x00\x00\x00\x08\x08\x00'],
    ['gzip', '\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03aaaaaa'],
    ['Git LFS', 'version https://git-lfs.github.com/spec/v1\noid'],
    ['pickle', '\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.'],
    ['TFLite', '\x1c\x00\x00\x00TFL3\x14\x00\x20\x00\x1c\x00\x18\x00'],
    ['safetensors', '\x40\x00\x00\x00\x00\x00\x00\x00{"weight":{"dtype"'],
    ['text', 'Bx\nthis is some text about networks'],
    ['text that starts with a tag', ':x\nhidden layers: 3'],
    ['a number', '2 layers of 3'],
    ['zeros', '\x00'.repeat(16)],
    ['CoreML', '\x08\x05\x12\x20\x0a\x10\x0a\x05image\x12\x07\x0a\x05'],
    ['a TensorFlow SavedModel', '\x08\x01\x12\xc0\x01\x0a\x20\x12\x05serve\x2a\x05'],
    ['a Caffe model', '\x0a\x05VGG16\x12\x08abcdefgh'],
    ['an IR version of 0', '\x08\x00\x3a\x10\x0a\x0eaaaaaaaaaaaa'],
    ['an IR version of 300', '\x08\xac\x02\x3a\x10\x0a\x0eaaaaaaaaaaa'],
    ['a varint without an end', `\x08${'\xff'.repeat(15)}`],
    ['a tag of two bytes that is none', '\x08\x07\xa2\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'],
    ['a graph that is none', '\x08\x07\x3a\x10\x08\x01aaaaaaaaaaaaaa'],
  ] as const) {
    t.notOk(onnx.detect(latin1(head)), name);
  }
});

t.test('what is known but not read', async (t) => {
  for (const [head, want] of [
    ['version https://git-lfs.github.com/spec/v1\n', /Git LFS pointer/],
    ['PK\x03\x04\x14\x00', /zip archive.*torch\.onnx\.export/],
    ['\x80\x02\x8a\x0al', /pickle/],
    ['\x80\x04\x95', /pickle/],
    ['\x89HDF\r\n\x1a\n\x00', /HDF5.*tf2onnx/],
    ['\x1c\x00\x00\x00TFL3', /TensorFlow Lite/],
    ['\x1f\x8b\x08', /gzip/],
    ['\x40\x00\x00\x00\x00\x00\x00\x00{"w":', /safetensors/],
    ['7767517\n10 10\n', /ncnn/],
    ['<?xml version="1.0"?>\n<net name="x">', /OpenVINO/],
  ] as const) {
    t.match(recognize(latin1(head)), want);
    t.equal(detectFormat(latin1(head)), undefined);
  }
  for (const head of ['', 'hello', '\x80\x09', '<html>']) t.equal(recognize(latin1(head)), null);
});

t.test('the registry', async (t) => {
  t.ok(formats().includes(onnx));
  t.equal(new Set(formats().map((f) => f.id)).size, formats().length);
});
