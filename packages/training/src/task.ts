import type { WorkOptions } from '@referent/core';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { MinedNegatives, TrainingBatch } from './examples.js';
import { type LossGradients, type LossGradientsOptions, lossGradients } from './loss-gradients.js';
import { type CandidateTable, klLoss, marginLoss, tableScores } from './losses.js';
import type { Random } from './random.js';
import type { CandidateList, Teacher } from './teacher.js';
import type { Tower } from './tower.js';
import type { TrainingTensorFlow } from './training-ops.js';

/** What is trained: towers and a loss over batches. */
export interface TrainingTask {
  readonly towers: readonly Tower[];
  /** The loss of a batch and its gradients. Everything random comes from `random`. */
  gradients(batch: TrainingBatch, context: BatchContext): Promise<LossGradients>;
}

export interface BatchContext extends WorkOptions {
  readonly random: Random;
  readonly mined: MinedNegatives;
}

/** How memory and time are traded: see `lossGradients`. */
export interface ComputeOptions {
  readonly tf: TrainingTensorFlow;
  /** Probability that a number is dropped, in every place where BERT drops some. @default 0.1 */
  readonly dropout?: number;
  /** Padded tokens that are encoded at once. @default 2048 */
  readonly chunkTokens?: number;
  /**
   * Batches of up to so many padded tokens keep all intermediate results; larger ones use gradient caching, which needs
   * the memory of one chunk and a third more time. About 0.65 MB a token for a model of 6 layers and 384 dimensions.
   * @default 8192
   */
  readonly keptTokens?: number;
}

/** Learning from a teacher's scores for the candidates of each mention. */
export interface DistillationOptions {
  readonly teacher: Teacher;
  /** `kl` compares the shares of the candidates, `margin` the distances of the gold from the others. @default 'kl' */
  readonly loss?: 'kl' | 'margin';
  /** Softens both sides' shares; for `kl`. @default 2 */
  readonly temperature?: number;
  /** Its share of the loss; the rest is the hard loss. @default 0.5 */
  readonly weight?: number;
}

interface MixedLossOptions {
  readonly tf: TrainingTensorFlow;
  readonly hard: () => tfjs.Scalar;
  readonly scores: () => tfjs.Tensor2D;
  readonly table: CandidateTable;
  /** One list per row of the table; undefined where there is no teacher. */
  readonly teacherScores: readonly Float32Array[] | undefined;
  readonly distillation: Omit<DistillationOptions, 'teacher'> | undefined;
}

/** The hard loss mixed with the distance from the teacher's scores; the hard loss alone without a teacher. */
function mixedLoss({
  tf,
  hard,
  scores,
  table,
  teacherScores,
  distillation: { loss = 'kl', temperature = 2, weight = 0.5 } = {},
}: MixedLossOptions): tfjs.Scalar {
  if (!teacherScores) return hard();
  const flat = Float32Array.from(teacherScores.flatMap((list) => [...list]));
  let place = 0;
  const places = new Int32Array(table.places.length);
  for (const [row, list] of teacherScores.entries()) {
    for (let i = 0; i < list.length; i++) places[row * table.width + i] = place++;
  }
  const wanted = tableScores(tf, tf.tensor1d(flat), { ...table, places });
  const soft = loss === 'kl' ? klLoss(tf, scores(), wanted, temperature) : marginLoss(tf, scores(), wanted, table);
  if (weight === 1) return soft;
  return tf.add(tf.mul(hard(), 1 - weight), tf.mul(soft, weight)) as tfjs.Scalar;
}

export interface TaughtGradientsOptions extends Omit<LossGradientsOptions, 'loss'>, Pick<WorkOptions, 'signal'> {
  readonly hard: (vectors: readonly tfjs.Tensor2D[]) => tfjs.Scalar;
  readonly scores: (vectors: readonly tfjs.Tensor2D[]) => tfjs.Tensor2D;
  readonly table: CandidateTable;
  /** What a teacher is asked about: one list per row of the table. */
  readonly lists: readonly CandidateList[];
  readonly distillation: DistillationOptions | undefined;
}

/** The gradients of a task's own loss, mixed with its teacher's where it has one. */
export async function taughtGradients({
  hard,
  scores,
  table,
  lists,
  distillation,
  signal,
  ...options
}: TaughtGradientsOptions): Promise<LossGradients> {
  const teacherScores = await distillation?.teacher.score(lists, { signal });
  return lossGradients({
    ...options,
    loss: (vectors) =>
      mixedLoss({
        tf: options.tf,
        hard: () => hard(vectors),
        scores: () => scores(vectors),
        table,
        teacherScores,
        distillation,
      }),
  });
}
