/**
 * Gradient caching (Gao et al. 2021, "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup", section
 * 3.2): the vectors first, without gradients; the loss's gradient with respect to them; then each chunk again, with that
 * gradient. Memory is a chunk's, the gradient is the whole batch's.
 */
import type { TokenSequence } from '@referent/core';
import { type InputBatch, inputBatches } from '@referent/transformer';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Random } from './random.js';
import type { Tower } from './tower.js';
import type { Dropout, TrainingTensorFlow } from './training-ops.js';

/** Sequences that one tower encodes for a loss. */
export interface EncodedPart {
  readonly tower: Tower;
  readonly sequences: readonly TokenSequence[];
}

export interface LossGradientsOptions {
  readonly tf: TrainingTensorFlow;
  readonly parts: readonly EncodedPart[];
  /** The loss of the parts' vectors, one [N, D] per part, in the order of its sequences. */
  readonly loss: (vectors: readonly tfjs.Tensor2D[]) => tfjs.Scalar;
  readonly dropoutRate: number;
  /** Decides the dropout. */
  readonly random: Random;
  /** Padded tokens of a chunk: memory is in proportion to it. */
  readonly chunkTokens: number;
  /** Up to so many padded tokens, the chunks' intermediate results are kept instead of computed twice. */
  readonly keptTokens: number;
}

export interface LossGradients {
  readonly loss: number;
  /** By variable name; the caller disposes them. */
  readonly gradients: Map<string, tfjs.Tensor>;
  /** Tokens read, padding not counted. */
  readonly tokens: number;
}

interface Chunk {
  readonly part: number;
  readonly batch: InputBatch;
  encode(): tfjs.Tensor2D;
}

export async function lossGradients(options: LossGradientsOptions): Promise<LossGradients> {
  const { tf, parts, keptTokens } = options;
  const chunks = parts.flatMap((part, index) => chunksOf(options, part, index));
  const variables = new Map(parts.flatMap(({ tower }) => [...tower.variables]));
  const padded = chunks.reduce((sum, { batch }) => sum + batch.indices.length * batch.length, 0);
  const compute = padded <= keptTokens ? keptGradients : cachedGradients;
  const total = createGradientSum(tf, variables);
  const lossTensor = compute(options, chunks, total);
  const [loss] = await lossTensor.data();
  lossTensor.dispose();
  const tokens = parts.reduce((sum, part) => sum + part.sequences.reduce((own, { ids }) => own + ids.length, 0), 0);
  return { loss: loss!, gradients: total.gradients, tokens };
}

function chunksOf(options: LossGradientsOptions, { tower, sequences }: EncodedPart, part: number): Chunk[] {
  const { tf, dropoutRate, random, chunkTokens } = options;
  const { config } = tower;
  const batches = Array.from(inputBatches(sequences, { config, maximumTokens: chunkTokens }));
  return batches.map((batch, number) => ({
    part,
    batch,
    encode() {
      const given = Object.entries(batch.inputs).map(([name, { data, shape }]) => [
        name,
        tf.tensor(data, [...shape], 'int32'),
      ]);
      // Drawn from the labels each time, so that the second pass drops what the first one dropped.
      const dropout: Dropout = { rate: dropoutRate, random: random.fork('dropout', part, number) };
      return tower.encode(Object.fromEntries(given), dropout);
    },
  }));
}

/** All in one tape: no second pass, but every chunk's intermediate results at once. */
function keptGradients({ tf, parts, loss }: LossGradientsOptions, chunks: readonly Chunk[], total: GradientSum) {
  return total.add(() =>
    loss(
      parts.map((_, part) => {
        const own = chunks.filter((chunk) => chunk.part === part);
        // What the gradients do not need is let go with its chunk, not with the tape.
        const vectors = own.map((chunk) => tf.tidy(() => chunk.encode()));
        const joined = vectors.length === 1 ? vectors[0]! : tf.concat(vectors, 0);
        return tf.gather(joined, placesOf(own)) as tfjs.Tensor2D;
      }),
    ),
  );
}

function cachedGradients({ tf, parts, loss }: LossGradientsOptions, chunks: readonly Chunk[], total: GradientSum) {
  const cached = parts.map((_, part) =>
    tf.tidy(() => {
      const own = chunks.filter((chunk) => chunk.part === part);
      const vectors = own.map((chunk) => tf.tidy(() => chunk.encode()));
      return tf.gather(tf.concat(vectors, 0), placesOf(own)) as tfjs.Tensor2D;
    }),
  );
  const { value, grads } = tf.valueAndGrads((...vectors: tfjs.Tensor[]) => loss(vectors as tfjs.Tensor2D[]))(cached);
  for (const { part, batch, encode } of chunks) {
    const surrogate = total.add(() => {
      const upstream = tf.gather(grads[part]!, [...batch.indices]);
      return tf.sum(tf.mul(encode(), upstream)) as tfjs.Scalar;
    });
    surrogate.dispose();
  }
  tf.dispose([...cached, ...grads]);
  return value as tfjs.Scalar;
}

/** Where each sequence of a part stands among the rows of its chunks. */
function placesOf(chunks: readonly Chunk[]): number[] {
  const places: number[] = [];
  let row = 0;
  for (const index of chunks.flatMap(({ batch }) => batch.indices)) places[index] = row++;
  return places;
}

interface GradientSum {
  readonly gradients: Map<string, tfjs.Tensor>;
  /** Adds a value's gradients to the sums and returns the value. */
  add(value: () => tfjs.Scalar): tfjs.Scalar;
}

function createGradientSum(tf: TrainingTensorFlow, variables: ReadonlyMap<string, tfjs.Variable>): GradientSum {
  const gradients = new Map<string, tfjs.Tensor>();
  return {
    gradients,
    add(compute) {
      const { value, grads } = tf.variableGrads(compute, [...variables.values()]);
      for (const [name, variable] of variables) {
        const gradient = grads[variable.name];
        if (!gradient) continue;
        const sum = gradients.get(name);
        gradients.set(name, sum ? tf.add(sum, gradient) : gradient);
        if (sum) tf.dispose([sum, gradient]);
      }
      return value;
    },
  };
}
