import {
  type AsyncClosing,
  assertKnownOptions,
  asyncClosing,
  ReferentError,
  type Rows,
  type TokenSequence,
  type WorkOptions,
  workOptionNames,
} from '@referent/core';
import type { Engine, Tensor, WeightSource } from '@referent/tensor-ops';
import type { BertHead } from './bert.js';
import type { BertConfig } from './bert-config.js';
import { bertProgram } from './bert-program.js';
import { bertWeights, headDimensions } from './bert-weights.js';
import { type InputBatch, inputBatches } from './input-batches.js';

export interface TransformerOptions extends WorkOptions {
  readonly config: BertConfig;
  readonly weights: WeightSource;
  /** Stays the caller's: it is not closed with the transformer. */
  readonly engine: Engine;
  readonly head: BertHead;
  /**
   * Tokens of a batch, padding included. A processor is fastest while a batch stays in its caches; a GPU wants more.
   * @default 1024
   */
  readonly maximumTokens?: number;
}

/** Turns token sequences into vectors. */
export interface Transformer {
  readonly dimensions: number;
  /** The longest sequence that can be encoded. */
  readonly maximumLength: number;
  /**
   * One vector per sequence, in order. A vector depends on its sequence only, not on its neighbours.
   * @throws `SEQUENCE_TOO_LONG` a position beyond the position table
   * @throws `SEQUENCE_INVALID` empty, unequal lengths, or an id or segment that the model does not have
   */
  encode(sequences: readonly TokenSequence[], options?: WorkOptions): Promise<Rows>; // [N, dimensions]
  close(): Promise<void>;
}

const optionNames = ['config', 'weights', 'engine', 'head', 'maximumTokens', ...workOptionNames];

/**
 * @throws `WEIGHTS_MISSING`, `WEIGHTS_WRONG_SHAPE` the weights do not fit the configuration and the head
 * @throws `UNKNOWN_OPTION`
 */
export async function createTransformer({
  config,
  weights,
  engine,
  head,
  maximumTokens = 1024,
  ...work
}: TransformerOptions): Promise<Transformer & AsyncClosing> {
  assertKnownOptions('createTransformer', work, optionNames);
  const checked = bertWeights(weights, config, head);
  const dimensions = headDimensions(checked, config, head);
  const maximumLength = config.positions;
  const executable = await engine.compile(bertProgram({ config, head }), checked, work);

  return asyncClosing<Transformer>({
    dimensions,
    maximumLength,
    async encode(sequences, { signal, onProgress } = {}) {
      const data = new Float32Array(sequences.length * dimensions);
      let done = 0;
      for (const batch of inputBatches(sequences, { config, maximumTokens })) {
        signal?.throwIfAborted();
        const { vectors } = await executable.run(batch.inputs);
        scatter(vectors, batch, data, dimensions);
        done += batch.indices.length;
        onProgress?.({ step: 'encode', done, total: sequences.length, unit: 'sequences' });
      }
      return { data, count: sequences.length };
    },
    close: () => executable.close(),
  });
}

function scatter(vectors: Tensor | undefined, { indices }: InputBatch, data: Float32Array, dimensions: number): void {
  if (vectors?.data.length !== indices.length * dimensions) {
    throw new ReferentError('ENGINE_WRONG_RESULT', {
      what: `The engine gave ${vectors?.data.length ?? 'no'} numbers for ${indices.length} vectors of ${dimensions}.`,
      fix: 'This is a fault of the engine: run `referent doctor`.',
    });
  }
  for (const [row, index] of indices.entries()) {
    data.set(vectors.data.subarray(row * dimensions, (row + 1) * dimensions), index * dimensions);
  }
}
