import type { WorkOptions } from '@referent/core';

/** Random access to the bytes of a file, wherever they are. */
export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /** Named in errors: a path, a URL. */
  readonly name?: string;
  /** Exactly `length` bytes from `offset`; only asked for ranges within `size`. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export type TorchDtype =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool';

/** What is known of a tensor before its numbers are read. */
export interface TensorInfo {
  /** Its key in the state dict; '' for the tensor of a file that holds nothing else. */
  readonly name: string;
  readonly dtype: TorchDtype;
  readonly shape: readonly number[];
}

/** A tensor's numbers, contiguous in row-major order. float16 and bfloat16 come as their bits, bool as 0 and 1. */
export interface TorchTensor extends TensorInfo {
  readonly data:
    | Float64Array
    | Float32Array
    | Uint16Array
    | BigInt64Array
    | Int32Array
    | Int16Array
    | Int8Array
    | Uint8Array;
}

/** Something in a checkpoint that is not a tensor of its state dict: a version, an epoch, an optimizer's state. */
export interface OtherValue {
  /** Path of keys, with dots. */
  readonly name: string;
  /** "int", "float", "str", "bool", "None", "list", "tuple", "dict", "Size", "dtype", "tensor" (outside the state dict). */
  readonly kind: string;
  /** The value itself where it is a number, a string, a boolean or None. */
  readonly value?: number | bigint | string | boolean | null;
}

export interface RowBlock {
  /** Number of the first row. */
  readonly start: number;
  readonly rows: number;
  readonly data: Float32Array; // [rows, columns]
}

export interface RowBlockOptions extends WorkOptions {
  /** Rows per block. @default as many as 8 MiB hold, at least one */
  readonly rows?: number;
  /** First row. @default 0 */
  readonly start?: number;
  /** Row after the last. @default all */
  readonly end?: number;
}

/** An open checkpoint. Nothing but its structure is in memory; tensors are read when asked for. */
export interface TorchCheckpoint {
  readonly serialization: 'zip' | 'legacy';
  /** Path of the state dict within the file, with dots; '' where the file is the state dict, or one tensor. */
  readonly stateDict: string;
  /** In the order of the file. */
  readonly tensors: readonly TensorInfo[];
  readonly others: readonly OtherValue[];
  has(name: string): boolean;
  /** @throws `TORCH_NO_TENSOR` there is no such tensor */
  info(name: string): TensorInfo;
  /**
   * One tensor, read by ranges: takes its own size and some MiB.
   * @throws `TORCH_NO_TENSOR` there is no such tensor
   * @throws `TORCH_TENSOR_TOO_LARGE` the memory does not have room for it: read it by rows
   */
  tensor(name: string, options?: WorkOptions): Promise<TorchTensor>;
  /** The same, converted to float32 (integers beyond 2^24 are rounded). */
  float32(name: string, options?: WorkOptions): Promise<Float32Array>;
  /**
   * Rows `start` up to and without `end` of a tensor, as float32. [end - start, columns]; columns are all further dimensions together
   * @throws `TORCH_NO_TENSOR` there is no such tensor, or it has no rows (a scalar)
   * @throws `TORCH_ROW_RANGE` the rows do not all exist
   */
  rows(name: string, start: number, end: number, options?: WorkOptions): Promise<Float32Array>;
  /** All rows in order, a block at a time. `onProgress` counts rows. Same errors as `rows`. */
  rowBlocks(name: string, options?: RowBlockOptions): AsyncGenerator<RowBlock, void, undefined>;
  /** The bytes of a tensor as they are, little-endian, contiguous, in pieces of a few MiB: for writers. */
  chunks(name: string, options?: WorkOptions): AsyncGenerator<Uint8Array, void, undefined>;
}

export interface OpenTorchOptions {
  /**
   * Path of the state dict within the file, with dots: "model". Without it: the file itself where it holds tensors,
   * else the only dictionary in it that does, preferring the names "model_state_dict", "state_dict", "model".
   */
  readonly stateDict?: string;
  readonly signal?: AbortSignal;
}

export interface SafetensorsPlanOptions extends WorkOptions {
  /**
   * New name of a tensor, or undefined to leave it out.
   * @default all, under their names
   */
  readonly rename?: (tensor: TensorInfo) => string | undefined;
  /** 'float32' converts every floating-point tensor; 'keep' leaves them as they are. float64 becomes float32 in both. @default 'keep' */
  readonly floats?: 'float32' | 'keep';
  /** Free text about the file, kept in its header. @default none */
  readonly metadata?: Readonly<Record<string, string>>;
}
