import type { List } from './scalars.ts';

/** The messages of `onnx.proto`, with what Fovea reads of them. What a file leaves out is undefined, or empty. */

export interface ModelRecord {
  irVersion: number | bigint;
  producerName: string;
  producerVersion: string;
  opsets: OpsetRecord[];
  functions: FunctionRecord[];
  graph: GraphRecord | undefined;
}

/** A function that the file defines: nodes that call it stand for its own. */
export interface FunctionRecord {
  name: string;
  domain: string;
  overload: string;
  inputs: string[];
  outputs: string[];
  /** Attributes that a call may leave out. */
  defaults: AttributeRecord[];
  nodes: NodeRecord[];
  opsets: OpsetRecord[];
}

export interface OpsetRecord {
  domain: string;
  version: number | bigint;
}

export interface GraphRecord {
  name: string;
  nodes: NodeRecord[];
  initializers: TensorRecord[];
  sparse: SparseRecord[];
  inputs: ValueRecord[];
  outputs: ValueRecord[];
  /** What the file says of values in between. */
  values: ValueRecord[];
}

export interface NodeRecord {
  name: string;
  op: string;
  domain: string;
  /** Tells functions of one name apart. */
  overload: string;
  inputs: string[];
  outputs: string[];
  attributes: AttributeRecord[];
}

export interface AttributeRecord {
  name: string;
  type: number | bigint;
  float: number | undefined;
  int: number | bigint | undefined;
  /** Null where it was too long to keep. */
  string: string | null | undefined;
  tensor: TensorRecord | undefined;
  graph: GraphRecord | undefined;
  sparse: SparseRecord | undefined;
  floats: List | undefined;
  ints: List | undefined;
  strings: (string | null)[] | undefined;
  graphs: GraphRecord[] | undefined;
  /** Within a function: the attribute of the call that stands here. */
  ref: string;
}

export interface TensorRecord {
  name: string;
  dims: List;
  type: number | bigint;
  external: boolean;
  /** Bytes of `raw_data` in the file; 0 where there are none. */
  rawSize: number;
  raw: Uint8Array | null;
  /** The typed fields, by their field number. */
  typed: Map<number, List> | undefined;
}

export interface SparseRecord {
  /** Its name is that of the whole. */
  values: TensorRecord | undefined;
  dims: List;
}

export interface ValueRecord {
  name: string;
  type: TypeRecord | undefined;
}

export interface TypeRecord {
  /** Undefined where the value is not a tensor. */
  tensor: TensorTypeRecord | undefined;
}

export interface TensorTypeRecord {
  element: number | bigint;
  /** Undefined where not even the rank is known. */
  shape: DimRecord[] | undefined;
}

export interface DimRecord {
  value: number | bigint | undefined;
  param: string | undefined;
}

export const newModel = (): ModelRecord => ({
  irVersion: 0,
  producerName: '',
  producerVersion: '',
  opsets: [],
  functions: [],
  graph: undefined,
});

export const newFunction = (): FunctionRecord => ({
  name: '',
  domain: '',
  overload: '',
  inputs: [],
  outputs: [],
  defaults: [],
  nodes: [],
  opsets: [],
});

export const newGraph = (): GraphRecord => ({
  name: '',
  nodes: [],
  initializers: [],
  sparse: [],
  inputs: [],
  outputs: [],
  values: [],
});

export const newNode = (): NodeRecord => ({ name: '', op: '', domain: '', overload: '', inputs: [], outputs: [], attributes: [] });

export const newAttribute = (): AttributeRecord => ({
  name: '',
  type: 0,
  float: undefined,
  int: undefined,
  string: undefined,
  tensor: undefined,
  graph: undefined,
  sparse: undefined,
  floats: undefined,
  ints: undefined,
  strings: undefined,
  graphs: undefined,
  ref: '',
});

export const newList = (): List => ({ values: [] });

export const newTensor = (): TensorRecord => ({
  name: '',
  dims: newList(),
  type: 0,
  external: false,
  rawSize: 0,
  raw: null,
  typed: undefined,
});
