export type Activation = 'none' | 'gelu' | 'tanh' | 'relu';

/** Names of a dense layer's weight (O x I, as PyTorch stores it) and bias [O]. */
export interface DenseWeights {
  readonly weight: string;
  readonly bias?: string | undefined;
}

export interface AttentionWeights {
  readonly query: DenseWeights;
  readonly key: DenseWeights;
  readonly value: DenseWeights;
}

/**
 * The operations that a BERT needs. `T` is a tensor (eager) or a node of a graph (emitted): code written over this
 * interface cannot tell. Values are float32 except where ids are meant; an interpreter may compute `dense` and
 * `selfAttention` in its engine's precision. Shapes broadcast as in NumPy, but a length that is not known before the
 * run is never taken for a 1.
 */
export interface TensorOps<T> {
  /** A weight of the model by its name. */
  weight(name: string): T;
  /** A float32 constant. */
  constant(data: readonly number[], shape: readonly number[]): T;
  /** Rows of `table` [V, H] by `ids` [...]: [..., H]. */
  gather(table: T, ids: T): T;
  add(a: T, b: T): T;
  multiply(a: T, b: T): T;
  divide(a: T, b: T): T;
  sqrt(x: T): T;
  /** Sum over one axis; the axis is kept with length 1 where `keepAxis`. */
  sum(x: T, axis: number, keepAxis: boolean): T;
  /** A length of null takes the input's length at that axis. */
  reshape(x: T, shape: readonly (number | null)[]): T;
  /** The slice at `position` of axis 1: [B, T, H] to [B, H]. */
  takeAxis1(x: T, position: number): T;
  toFloat(x: T): T;
  /** x [..., I] times the weight plus the bias, then the activation (GELU is the exact one, with erf): [..., O]. */
  dense(x: T, weights: DenseWeights, activation: Activation): T;
  /**
   * Multi-head self-attention without its output projection: every token of x [B, T, H] looks at the tokens of its
   * row whose `mask` [B, T] is 1, never at those where it is 0. Scores are scaled by 1 / sqrt(H / heads).
   */
  selfAttention(x: T, weights: AttentionWeights, mask: T, heads: number): T; // [B, T, H]
  /** Over the last axis, then times `gamma` [H] plus `beta` [H]. */
  layerNorm(x: T, gamma: T, beta: T, epsilon: number): T;
  /** Only while training: zeroes some numbers of `x` and scales up the others. Absent in every other interpreter. */
  dropout?(x: T): T;
}

/**
 * What is added to the score of a token that must not be looked at: exp of it is 0 in every number format, and float16
 * still holds it.
 */
export const maskedScore = -30_000;
