import type { TensorOps } from './tensor-ops.js';

export type ElementType = 'float32' | 'int32';

/** Numbers with a shape, in JavaScript's memory. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** null: any length. */
export interface InputSpec {
  readonly type: ElementType;
  readonly shape: readonly (number | null)[];
}

/**
 * A computation written once over `TensorOps` and run by any engine. It must be a pure function of its inputs and
 * weights: a graph engine calls `build` once and keeps what it emitted.
 */
export interface Program {
  /** Says what the program computes, settings included: two programs of one name and one weight source are the same. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  build<T>(ops: TensorOps<T>, inputs: Readonly<Record<string, T>>): Readonly<Record<string, T>>;
}

/** Named weights of a model, read when they are asked for. */
export interface WeightSource {
  /** Changes when any weight changes: a hash of the files. */
  readonly fingerprint: string;
  /** @throws `WEIGHTS_MISSING` with the names that exist */
  get(name: string): WeightTensor;
  has(name: string): boolean;
}

export interface WeightTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
