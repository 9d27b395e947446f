import type { AsyncClosing, WorkOptions } from '@referent/core';
import type { Program, Tensor, WeightSource } from './program.js';

/** Number format of the matrix products. Sums, layer norms and softmax stay in float32. */
export type Precision = 'float32' | 'bfloat16' | 'float16';

/** Whatever can run a program: TensorFlow through a SavedModel, or TensorFlow.js operation by operation. */
export interface Engine {
  /** "tfjs-node-gpu", "tfjs-node", "wasm", "eager": shown in reports and errors. */
  readonly name: string;
  readonly precision: Precision;
  /** Prepares a program for running many times. Weights are read once. */
  compile(program: Program, weights: WeightSource, options?: WorkOptions): Promise<Executable>;
  /** Frees what the engine holds. May be called twice. */
  close(): Promise<void>;
}

export interface Executable extends AsyncClosing {
  /** Inputs and outputs by the names of the program. Calls may overlap; they are answered in order. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  close(): Promise<void>;
}
