export type Activation = 'none' | 'gelu' | 'tanh' | 'relu';

/**
 * The operations that a BERT needs. `T` is a tensor (eager) or a node of a graph (emitted): code written over this
 * interface cannot tell. Values are float32 except where ids are meant; an interpreter may compute `dense` and
 * `matmul` in its engine's precision.
 */
export interface TensorOps<T> {
  /** A weight of the model by its name. */
  weight(name: string): T;
  /** A constant. */
  constant(data: readonly number[], shape: readonly number[]): T;
  /** Rows of `table` [V, H] by `ids` [...]: [..., H]. */
  gather(table: T, ids: T): T;
  add(a: T, b: T): T;
  multiply(a: T, b: T): T;
  /** x [..., I] times w (O x I as PyTorch stores it) plus b [O], then the activation: [..., O]. */
  dense(x: T, weight: string, bias: string | undefined, activation: Activation): T;
  /** Batched product of the last two axes; `transposeB` swaps those of b. */
  matmul(a: T, b: T, transposeB: boolean): T;
  /** Over the last axis, then times `gamma` plus `beta`. */
  layerNorm(x: T, gamma: T, beta: T, epsilon: number): T;
  /** Over the last axis. */
  softmax(x: T): T;
  tanh(x: T): T;
  /** Sum over one axis; the axis is kept with length 1 where `keepAxis`. */
  sum(x: T, axis: number, keepAxis: boolean): T;
  divide(a: T, b: T): T;
  sqrt(x: T): T;
  /** One length may be -1; a length of null takes the input's length at that axis. */
  reshape(x: T, shape: readonly (number | null)[]): T;
  transpose(x: T, order: readonly number[]): T;
  /** The slice at `position` of axis 1: [B, T, H] to [B, H]. */
  takeAxis1(x: T, position: number): T;
  toFloat(x: T): T;
}
