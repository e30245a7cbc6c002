/** The element types of ONNX, by NumPy's names; sizes in bits. */
export const DTYPE_BITS = {
  float32: 32,
  uint8: 8,
  int8: 8,
  uint16: 16,
  int16: 16,
  int32: 32,
  int64: 64,
  string: 0,
  bool: 8,
  float16: 16,
  float64: 64,
  uint32: 32,
  uint64: 64,
  complex64: 64,
  complex128: 128,
  bfloat16: 16,
  float8e4m3fn: 8,
  float8e4m3fnuz: 8,
  float8e5m2: 8,
  float8e5m2fnuz: 8,
  uint4: 4,
  int4: 4,
  float4e2m1: 4,
  float8e8m0: 8,
  uint2: 2,
  int2: 2,
} as const;

export type DType = keyof typeof DTYPE_BITS;

/** Whether a tensor of this type can hold weights as they were trained. */
export function isFloat(dtype: DType | null): boolean {
  return dtype !== null && (dtype.startsWith('float') || dtype.startsWith('bfloat') || dtype.startsWith('complex'));
}

/** A size: known, unknown with a name that a caller can bind (`'H'`), or unknown. */
export type Dim = number | string | null;

/** Sizes along the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly Dim[];

/** What is known of a tensor before its data: `shape: null` means that not even the rank is known. */
export interface TensorType {
  readonly dtype: DType | null;
  readonly shape: Shape | null;
}

/** A tensor whose data is in the file. Only small ones keep their data: weights never do. */
export interface Constant {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Elements in row-major order, booleans as 0 and 1; null where they were not kept. 64-bit integers beyond 2^53 are the nearest double. */
  readonly data: readonly number[] | null;
  /** Whether the front end made it of an argument (a bound of Clip, the axes of a reduction): no parameter, whatever its type. */
  readonly synthetic?: true;
}

export type Attribute = number | bigint | string | readonly (number | bigint)[] | readonly string[] | Constant | Graph | readonly Graph[];

/** One operator applied to named values. */
export interface Node {
  /** Unique in its graph: the node's name, else its first output's name, else `op_index`. */
  readonly id: string;
  /** The name in the file; may be empty. */
  readonly name: string;
  /** Dotted or slashed path of modules this node came from; empty where the file does not say. */
  readonly scope: string;
  /** ONNX operator name; operators of other domains than `ai.onnx` carry it: `com.microsoft.Gelu`. */
  readonly op: string;
  /** Only what the file says: defaults are the operator's business. Names are data, hence a Map. */
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** Value names; the empty string is an optional input that was left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface GraphInput {
  readonly name: string;
  readonly dtype: DType | null;
  readonly shape: Shape | null;
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly node?: string;
}

/** A network: nodes in topological order over named values. The vocabulary is that of ONNX's newest operator set. */
export interface Graph {
  readonly name: string;
  readonly nodes: readonly Node[];
  /** Data inputs: initializers are never among them. */
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly { readonly name: string; readonly dtype: DType | null; readonly shape: Shape | null }[];
  /** Initializers, by name. */
  readonly constants: ReadonlyMap<string, Constant>;
  /** Types that the file states beside its operators (ONNX value_info): a second witness, never the truth. */
  readonly declared?: ReadonlyMap<string, TensorType>;
  /** What the front end noticed while reading. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A graph and where it came from. */
export interface Network {
  readonly graph: Graph;
  readonly format: string;
  readonly name: string;
  /** Size and digest of what was sent. */
  readonly bytes: number;
  readonly sha256: string;
  readonly producer?: string;
  readonly opset?: number;
  /** How many edits were made to what was sent. */
  readonly edits?: number;
}
