import type * as tfjs from '@tensorflow/tfjs-core';
import { type Activation, type DenseWeights, maskedScore, type TensorOps } from './tensor-ops.js';

/** What is used of TensorFlow.js: tfjs-core with a backend, tfjs-node, or anything with the same functions. */
export type EagerTensorFlow = Pick<
  typeof tfjs,
  | 'add'
  | 'cast'
  | 'dispose'
  | 'div'
  | 'erf'
  | 'gather'
  | 'keep'
  | 'matMul'
  | 'mean'
  | 'mul'
  | 'relu'
  | 'reshape'
  | 'rsqrt'
  | 'slice'
  | 'softmax'
  | 'sqrt'
  | 'sub'
  | 'sum'
  | 'tanh'
  | 'tensor'
  | 'tidy'
  | 'transpose'
>;

export interface EagerOpsOptions {
  readonly tf: EagerTensorFlow;
  /** Hands out weights by name. They may be variables: every operation has a gradient. */
  readonly weight: (name: string) => tfjs.Tensor;
}

/**
 * The interpreter that computes at once, in float32: for training, for any TensorFlow.js backend, and the twin that
 * the graph is tested against. Call it inside `tf.tidy`.
 */
export function createEagerOps({ tf, weight }: EagerOpsOptions): TensorOps<tfjs.Tensor> {
  const activate = (x: tfjs.Tensor, activation: Activation): tfjs.Tensor => {
    if (activation === 'gelu') return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
    if (activation === 'tanh') return tf.tanh(x);
    return activation === 'relu' ? tf.relu(x) : x;
  };
  const dense = (x: tfjs.Tensor, names: DenseWeights, activation: Activation): tfjs.Tensor => {
    const matrix = weight(names.weight); // [O, I]
    const [outputs, inputs] = matrix.shape as [number, number];
    const product = tf.matMul(tf.reshape(x, [-1, inputs]), matrix, false, true);
    const shifted = names.bias === undefined ? product : tf.add(product, weight(names.bias));
    return tf.reshape(activate(shifted, activation), [...x.shape.slice(0, -1), outputs]);
  };

  return {
    weight,
    dense,
    constant: (data, shape) => tf.tensor([...data], [...shape], 'float32'),
    gather: (table, ids) => tf.gather(table, ids as tfjs.Tensor1D),
    add: (a, b) => tf.add(a, b),
    multiply: (a, b) => tf.mul(a, b),
    divide: (a, b) => tf.div(a, b),
    sqrt: (x) => tf.sqrt(x),
    sum: (x, axis, keepAxis) => tf.sum(x, axis, keepAxis),
    reshape: (x, shape) =>
      tf.reshape(
        x,
        shape.map((length, axis) => length ?? x.shape[axis]!),
      ),
    takeAxis1(x, position) {
      const [rows, , ...rest] = x.shape as [number, number, ...number[]];
      const slice = tf.slice(x, [0, position], [rows, 1]);
      return tf.reshape(slice, [rows, ...rest]);
    },
    toFloat: (x) => tf.cast(x, 'float32'),
    selfAttention(x, names, mask, heads) {
      const [rows, tokens, hidden] = x.shape as [number, number, number];
      const size = hidden / heads;
      const split = (projected: tfjs.Tensor) =>
        tf.transpose(tf.reshape(projected, [rows, tokens, heads, size]), [0, 2, 1, 3]);
      const query = split(dense(x, names.query, 'none')); // [B, h, T, d]
      const key = split(dense(x, names.key, 'none')); // [B, h, T, d]
      const value = split(dense(x, names.value, 'none')); // [B, h, T, d]
      const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(size)); // [B, h, T, T]
      const shift = tf.reshape(tf.mul(tf.sub(1, mask), maskedScore), [rows, 1, 1, tokens]);
      const joined = tf.matMul(tf.softmax(tf.add(scores, shift)), value); // [B, h, T, d]
      return tf.reshape(tf.transpose(joined, [0, 2, 1, 3]), [rows, tokens, hidden]);
    },
    layerNorm(x, gamma, beta, epsilon) {
      const centered = tf.sub(x, tf.mean(x, -1, true));
      // Not squaredDifference: its gradient in TensorFlow.js 4.22 does not know broadcasting.
      const variance = tf.mean(tf.mul(centered, centered), -1, true);
      const scaled = tf.mul(centered, tf.rsqrt(tf.add(variance, epsilon)));
      return tf.add(tf.mul(scaled, gamma), beta);
    },
  };
}
