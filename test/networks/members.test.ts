import { readFileSync } from 'node:fs';
import t from 'tap';
import { readConfig } from '../../src/config.ts';
import { analyze } from '../../src/core/analyze.ts';
import type { Graph } from '../../src/core/graph.ts';
import type { Report } from '../../src/core/report.ts';
import { readDescription } from '../../src/formats/description/index.ts';
import { onnx } from '../../src/formats/onnx/index.ts';
import { builtIns, describeRef, networkNames } from '../../src/networks/index.ts';
import { analyzed } from './analyzed.ts';

const { reader } = readConfig({}).limits;
const at = (path: string) => new URL(`../../${path}`, import.meta.url);

t.test('every name gives a network that can be read, and knows its own name', async (t) => {
  for (const name of networkNames()) {
    const described = describeRef(`zoo:${name}`);
    t.ok(described !== null && readDescription(described.description, reader).nodes.length > 5, name);
    const again = describeRef(`zoo:${described?.name}`);
    t.equal(JSON.stringify(again?.description), JSON.stringify(described?.description), `${name} is ${described?.name}`);
  }
});

t.test('every value of every parameter gives a complete report', async (t) => {
  for (const { id, parameters } of builtIns()) {
    for (const [name, parameter] of Object.entries(parameters)) {
      const values = 'values' in parameter ? parameter.values : [parameter.least, Math.min(parameter.most, 2 * parameter.default)];
      for (const value of values.filter((value) => value !== parameter.default)) {
        const { status, diagnostics } = analyzed(`${id},${name}=${value}`, { layers: false });
        t.equal(status, 'complete', `${id},${name}=${value}`);
        t.same(
          diagnostics.filter(({ severity }) => severity !== 'info'),
          [],
          `${id},${name}=${value} has nothing to warn of`,
        );
      }
    }
  }
});

t.test('a batch of two costs twice as much', async (t) => {
  for (const { id } of builtIns()) {
    const [one, two] = [1, 2].map((batch) => analyzed(id, { batch, layers: false }));
    t.equal(two?.status, 'complete', id);
    t.equal(Number(two?.totals.macs), 2 * Number(one?.totals.macs), id);
    t.same(two?.totals.params, one?.totals.params, id);
  }
});

t.test('levels of a pyramid fit each other at any size', async (t) => {
  const inputs = new Map([['image', [1, 3, 800, 1333]]]);
  for (const id of ['fpn', 'deeplabv3']) {
    const { status, outputs } = analyzed(id, { inputs, layers: false });
    t.equal(status, 'complete');
    t.same(outputs[0]?.shape?.slice(2), id === 'fpn' ? [200, 334] : [800, 1333], id);
  }
});

t.test('layers are called as torchvision calls its modules', async (t) => {
  const weights = (name: string) =>
    [...readDescription(describeRef(`zoo:${name}`)?.description, reader).constants.keys()].map((key) => key.replaceAll('/', '.'));
  const has = (name: string, ...keys: string[]) =>
    t.same(
      keys.filter((key) => !weights(name).includes(key)),
      [],
      name,
    );
  has(
    'resnet50',
    'conv1.weight',
    'bn1.running_mean',
    'layer1.0.downsample.0.weight',
    'layer3.5.conv2.weight',
    'layer4.2.bn3.bias',
    'fc.bias',
  );
  has('vgg16_bn', 'features.0.weight', 'features.41.running_var', 'classifier.6.bias');
  has('googlenet', 'conv1.conv.weight', 'inception3a.branch2.1.conv.weight', 'inception5b.branch4.1.bn.bias');
  has('inception_v3', 'Conv2d_1a_3x3.conv.weight', 'Mixed_5b.branch3x3dbl_3.bn.weight', 'Mixed_7c.branch_pool.conv.weight');
  has('densenet121', 'features.conv0.weight', 'features.denseblock4.denselayer16.norm2.weight', 'features.transition3.conv.weight');
  has('mobilenet_v2', 'features.1.conv.0.0.weight', 'features.1.conv.1.weight', 'features.17.conv.3.bias', 'features.18.1.weight');
  has('mobilenet_v3_large', 'features.4.block.2.fc1.weight', 'features.15.block.3.0.weight', 'classifier.3.weight');
  has('efficientnet_b0', 'features.2.0.block.2.fc2.bias', 'features.8.0.weight', 'classifier.1.weight');
  has('squeezenet1_1', 'features.12.expand3x3.weight', 'classifier.1.bias');
  has('shufflenet_v2_x1_0', 'stage2.0.branch1.2.weight', 'stage4.3.branch2.5.weight', 'conv5.0.weight');
  has('mnasnet1_0', 'layers.0.weight', 'layers.8.0.layers.3.weight', 'layers.14.weight', 'classifier.1.weight');
  has('convnext_tiny', 'features.1.2.block.3.weight', 'features.7.0.block.0.bias', 'classifier.2.weight');
  has(
    'swin_t',
    'features.0.0.weight',
    'features.1.1.attn.qkv.weight',
    'features.6.reduction.weight',
    'features.7.1.mlp.3.bias',
    'head.weight',
  );
  has('vit_b_16', 'conv_proj.weight', 'heads.head.bias');
  has('r3d_18', 'stem.0.weight', 'layer2.0.conv1.0.0.weight', 'layer2.0.downsample.1.weight');
});

/** What an example or an export of the same network must agree in. */
function essence({ totals: { params, macs, flops, depth, nonlinearities } }: Report): unknown {
  return { trainable: params.trainable, buffers: params.buffers, macs, flops, depth, nonlinearities };
}

function report(graph: Graph): Report {
  return analyze({ graph, format: '', name: '', bytes: 0, sha256: '' });
}

t.test('the examples, written by hand, are the same networks', async (t) => {
  for (const name of ['vgg16', 'resnet18', 'resnet50', 'mobilenet_v2', 'unet']) {
    const document: unknown = JSON.parse(readFileSync(at(`examples/${name}.json`), 'utf8'));
    t.same(essence(analyzed(name)), essence(report(readDescription(document, reader))), name);
  }
});

t.test("and so are PyTorch's exports", async (t) => {
  for (const name of ['vgg16', 'resnet18', 'resnet50', 'mobilenet_v2']) {
    const file = onnx.open(reader);
    file.push(readFileSync(at(`test/fixtures/${name}.onnx`)));
    const exported = report(file.end().graph).totals;
    const { totals } = analyzed(name);
    t.same(
      [totals.params.trainable, totals.params.buffers, totals.macs, totals.stride],
      [exported.params.trainable, exported.params.buffers, exported.macs, exported.stride],
      name,
    );
  }
});
