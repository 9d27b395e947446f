/**
 * Losses over scores. M mentions, E entities, K candidates of a mention, D dimensions. What must not count is shifted by
 * `excluded`: its share is 0 in float32.
 */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { TrainingTensorFlow } from './training-ops.js';

const excluded = -1e9;

/** Which entity each mention means, and which of the others must not be called wrong. */
export interface InBatchTargets {
  /** Column of each mention's gold entity. */
  readonly columns: Int32Array; // [M]
  /** 1 where the entity is right too (another id of the gold list): neither target nor negative. */
  readonly alsoRight: Float32Array; // [M, E]
}

export interface InBatchOptions {
  /** Scores are divided by it: 0.05 for cosines, 1 for inner products. */
  readonly temperature: number;
  /** Also asks each gold entity for its mention, and takes the mean of both losses. */
  readonly symmetric: boolean;
}

/** Cross-entropy of each mention's gold among all entities of the batch (Wu et al. 2020, section 4.1). */
export function inBatchLoss(
  tf: TrainingTensorFlow,
  [mentions, entities]: readonly [tfjs.Tensor2D, tfjs.Tensor2D],
  { columns, alsoRight }: InBatchTargets,
  { temperature, symmetric }: InBatchOptions,
): tfjs.Scalar {
  const [M, E] = [mentions.shape[0], entities.shape[0]];
  const scores = tf.div(tf.matMul(mentions, entities, false, true), temperature) as tfjs.Tensor2D; // [M, E]
  const targets = new Int32Array(columns);
  const forward = crossEntropy(tf, tf.add(scores, tf.mul(tf.tensor(alsoRight, [M, E]), excluded)), targets);
  if (!symmetric) return forward;
  // Row i: how well every mention j fits the gold of i; another mention of the same entity is no negative.
  const ofGold = tf.gather(tf.transpose(scores), tf.tensor1d(columns, 'int32')); // [M, M]
  const sameEntity = Float32Array.from({ length: M * M }, (_, cell) => {
    const [i, j] = [Math.floor(cell / M), cell % M];
    const column = columns[i]!;
    return i !== j && (columns[j] === column || alsoRight[j * E + column] === 1) ? excluded : 0;
  });
  const backward = crossEntropy(tf, tf.add(ofGold, tf.tensor(sameEntity, [M, M])), Int32Array.from(columns.keys()));
  return tf.mul(tf.add(forward, backward), 0.5);
}

/** Candidates of mentions as a table, padded at the end. */
export interface CandidateTable {
  readonly rows: number;
  readonly width: number;
  /** Where each cell's score stands in a flat array of scores; 0 in padding. */
  readonly places: Int32Array; // [M, K]
  /** 1 for a candidate, 0 for padding. */
  readonly present: Float32Array; // [M, K]
  /** Which candidate is the gold one. */
  readonly gold: Int32Array; // [M]
}

/** A table of lists of places. The gold candidate is each list's first. */
export function candidateTable(lists: readonly (readonly number[])[]): CandidateTable {
  const [rows, width] = [lists.length, Math.max(...lists.map((list) => list.length))];
  const places = new Int32Array(rows * width);
  const present = new Float32Array(rows * width);
  for (const [row, list] of lists.entries()) {
    places.set(list, row * width);
    present.fill(1, row * width, row * width + list.length);
  }
  return { rows, width, places, present, gold: new Int32Array(rows) };
}

/** The scores of a table's cells [M, K]; padding gets `excluded`. */
export function tableScores(
  tf: TrainingTensorFlow,
  flat: tfjs.Tensor,
  { rows, width, places, present }: CandidateTable,
): tfjs.Tensor2D {
  const scores = tf.gather(tf.reshape(flat, [-1]), tf.tensor2d(places, [rows, width], 'int32'));
  const mask = tf.tensor2d(present, [rows, width]);
  return tf.add(tf.mul(scores, mask), tf.mul(tf.sub(1, mask), excluded)) as tfjs.Tensor2D;
}

/** Cross-entropy of the gold candidate among each mention's candidates. */
export function listwiseLoss(tf: TrainingTensorFlow, scores: tfjs.Tensor2D, table: CandidateTable): tfjs.Scalar {
  return crossEntropy(tf, scores, table.gold);
}

/**
 * Kullback-Leibler divergence of the scores' shares from the teacher's, both softened by the temperature T, times T
 * squared so that its gradients keep their size (Hinton et al. 2015, section 2).
 */
export function klLoss(
  tf: TrainingTensorFlow,
  scores: tfjs.Tensor2D,
  teacher: tfjs.Tensor2D,
  temperature: number,
): tfjs.Scalar {
  const wanted = tf.div(teacher, temperature);
  const shares = tf.softmax(wanted);
  const difference = tf.sub(tf.logSoftmax(wanted), tf.logSoftmax(tf.div(scores, temperature)));
  const rows = scores.shape[0];
  return tf.mul(tf.sum(tf.mul(shares, difference)), temperature ** 2 / rows) as tfjs.Scalar;
}

/**
 * Mean squared difference between the student's and the teacher's margin of the gold over each other candidate
 * (Hofstätter et al. 2020, section 3.2).
 */
export function marginLoss(
  tf: TrainingTensorFlow,
  scores: tfjs.Tensor2D,
  teacher: tfjs.Tensor2D,
  { rows, width, present }: CandidateTable,
): tfjs.Scalar {
  const margins = (all: tfjs.Tensor2D) => tf.sub(tf.slice(all, [0, 0], [rows, 1]), all);
  const others = present.map((value, cell) => (cell % width === 0 ? 0 : value));
  const mask = tf.tensor2d(others, [rows, width]);
  // Padding is masked before it is squared: its margins are too large for float32.
  const difference = tf.mul(tf.sub(margins(scores), margins(teacher)), mask);
  const count = Math.max(
    1,
    others.reduce((sum, value) => sum + value, 0),
  );
  return tf.div(tf.sum(tf.square(difference)), count) as tfjs.Scalar;
}

function crossEntropy(tf: TrainingTensorFlow, scores: tfjs.Tensor, targets: Int32Array): tfjs.Scalar {
  const [rows, width] = scores.shape as [number, number];
  const chosen = new Float32Array(rows * width);
  for (const [row, target] of targets.entries()) chosen[row * width + target] = 1;
  const logShares = tf.logSoftmax(scores);
  return tf.mul(tf.sum(tf.mul(logShares, tf.tensor(chosen, [rows, width]))), -1 / rows) as tfjs.Scalar;
}
