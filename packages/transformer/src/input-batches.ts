import type { TokenSequence } from '@referent/core';
import type { Tensor } from '@referent/tensor-ops';
import { type Batch, cutBatches } from './batches.js';
import type { BertConfig } from './bert-config.js';
import { checkSequence } from './check-sequence.js';

export interface InputBatchOptions {
  readonly config: BertConfig;
  /** Tokens of a batch, padding included; a longer single sequence is a batch of its own. */
  readonly maximumTokens: number;
}

/** Some of the sequences, padded to one length: `indices` says which, row by row. */
export interface InputBatch {
  readonly indices: readonly number[];
  readonly length: number;
  /** For `bertProgram` and `bertStates`: `ids`, `segments`, `positions` and `mask`. */
  readonly inputs: Readonly<Record<string, Tensor>>; // each [indices.length, length]
}

/** Fewer different shapes to prepare kernels for, at the price of one or two tokens of padding. */
const lengthMultiple = 4;

/**
 * Sequences of like lengths together, longest first, each batch made when it is asked for.
 * @throws `SEQUENCE_TOO_LONG`, `SEQUENCE_INVALID` before the first batch
 */
export function* inputBatches(
  sequences: readonly TokenSequence[],
  { config, maximumTokens }: InputBatchOptions,
): Generator<InputBatch, void, undefined> {
  for (const [i, sequence] of sequences.entries()) checkSequence(sequence, i, config);
  const lengths = sequences.map(({ ids }) => ids.length);
  const limits = { maximumTokens, lengthMultiple, maximumLength: config.positions };
  for (const batch of cutBatches(lengths, limits)) yield { ...batch, inputs: inputsOf(sequences, batch) };
}

function inputsOf(sequences: readonly TokenSequence[], { indices, length }: Batch): Record<string, Tensor> {
  const shape = [indices.length, length];
  const ids = new Int32Array(indices.length * length);
  const segments = new Int32Array(ids.length);
  const positions = new Int32Array(ids.length);
  const mask = new Int32Array(ids.length);
  for (const [row, index] of indices.entries()) {
    const sequence = sequences[index]!;
    const start = row * length;
    ids.set(sequence.ids, start);
    if (sequence.segments) segments.set(sequence.segments, start);
    for (let t = 0; t < sequence.ids.length; t++) positions[start + t] = sequence.positions?.[t] ?? t;
    mask.fill(1, start, start + sequence.ids.length);
  }
  const tensor = (data: Int32Array): Tensor => ({ shape, data });
  return { ids: tensor(ids), segments: tensor(segments), positions: tensor(positions), mask: tensor(mask) };
}
