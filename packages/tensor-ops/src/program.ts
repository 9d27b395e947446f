import { ReferentError } from '@referent/core';
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

/**
 * The check that every engine makes first.
 * @throws `PROGRAM_INVALID_INPUT` an input is missing, or has another type or shape than the program says
 */
export function assertInputs(program: Program, inputs: Readonly<Record<string, Tensor>>): void {
  for (const [name, { type, shape }] of Object.entries(program.inputs)) {
    const input = inputs[name];
    if (!input) throw invalidInput(program, name, 'it is missing.');
    const found = input.data instanceof Int32Array ? 'int32' : 'float32';
    if (found !== type) throw invalidInput(program, name, `it must be ${type}, not ${found}.`);
    const fits =
      shape.length === input.shape.length && shape.every((size, i) => (size ?? input.shape[i]) === input.shape[i]);
    if (!fits)
      throw invalidInput(
        program,
        name,
        `its shape must be [${shape.map((size) => size ?? 'any')}], not [${input.shape}].`,
      );
    const elements = input.shape.reduce((product, size) => product * size, 1);
    if (elements !== input.data.length) {
      throw invalidInput(program, name, `[${input.shape}] needs ${elements} numbers, not ${input.data.length}.`);
    }
  }
}

function invalidInput(program: Program, name: string, why: string): ReferentError {
  return new ReferentError('PROGRAM_INVALID_INPUT', {
    what: `Input "${name}" of ${program.name} cannot be used: ${why}`,
    details: { program: program.name, input: name },
  });
}
