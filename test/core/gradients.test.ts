import t from 'tap';
import { gradientsOf } from '../../src/core/gradients.ts';
import type { Constant, Graph, Node } from '../../src/core/graph.ts';
import { countParams } from '../../src/core/params.ts';
import { traceGraph } from '../../src/core/trace.ts';

const node = (id: string, op: string, ...inputs: string[]): Node => {
  return { id, name: '', scope: '', op, attributes: new Map(), inputs, outputs: [id] };
};

t.test('training finds no gradients of scales', async (t) => {
  const constants: Constant[] = [
    { name: 'w', dtype: 'int8', shape: [4, 4], data: null },
    { name: 'ws', dtype: 'float32', shape: [4], data: null },
    { name: 'head', dtype: 'float32', shape: [4, 4], data: null },
  ];
  const graph: Graph = {
    name: '',
    nodes: [node('dw', 'DequantizeLinear', 'w', 'ws'), node('y', 'MatMul', 'x', 'dw'), node('z', 'MatMul', 'y', 'head')],
    inputs: [{ name: 'x', dtype: 'float32', shape: [1, 4] }],
    outputs: [{ name: 'z', dtype: null, shape: null }],
    constants: new Map(constants.map((constant) => [constant.name, constant])),
    diagnostics: [],
  };
  const traced = traceGraph(graph, {});
  const { trained, needed } = gradientsOf(traced, countParams(graph.constants, traced.calls), []);
  t.same([...trained.keys()], ['head']);
  t.same([...needed], ['head', 'z']);
});
