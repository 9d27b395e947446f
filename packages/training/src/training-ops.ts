/**
 * TensorOps for training: the eager operations, with hand-written gradients where TensorFlow.js's own would keep every
 * intermediate tensor. B sequences, T tokens, H hidden, h heads, d = H / h.
 */
import { createEagerOps, type TensorOps } from '@referent/tensor-ops';
import type * as tfjs from '@tensorflow/tfjs-core';
import { dropoutMask, type Random } from './random.js';

/** Your TensorFlow.js, whose types are those of the peer `@tensorflow/tfjs-core`: that with a backend, tfjs-node, or tfjs-node-gpu. */
export type TrainingTensorFlow = typeof tfjs;

export interface Dropout {
  /** Probability that a number is dropped. */
  readonly rate: number;
  /** Draws the masks, one after the other: the same random gives the same dropout. */
  readonly random: Random;
}

export interface TrainingOpsOptions {
  readonly tf: TrainingTensorFlow;
  readonly weight: (name: string) => tfjs.Tensor;
  /** @default none */
  readonly dropout?: Dropout | undefined;
}

export function createTrainingOps({ tf, weight, dropout }: TrainingOpsOptions): TensorOps<tfjs.Tensor> {
  const eager = createEagerOps({ tf, weight });
  const keepMask = (shape: readonly number[]): tfjs.Tensor | undefined => {
    if (!dropout || dropout.rate === 0) return undefined;
    const count = shape.reduce((product, size) => product * size, 1);
    return tf.tensor(dropoutMask(count, dropout.rate, dropout.random), [...shape], 'float32');
  };
  const linear = (x: tfjs.Tensor, names: Parameters<typeof eager.dense>[1]): tfjs.Tensor => {
    const matrix = weight(names.weight) as tfjs.Tensor2D; // [O, I]
    const [outputs, inputs] = matrix.shape;
    const product = tf.fused.matMul({
      a: tf.reshape(x, [-1, inputs]) as tfjs.Tensor2D,
      b: matrix,
      transposeB: true,
      ...(names.bias !== undefined && { bias: weight(names.bias) }),
    });
    return tf.reshape(product, [...x.shape.slice(0, -1), outputs]);
  };

  return {
    ...eager,
    dense(x, names, activation) {
      const y = linear(x, names);
      if (activation === 'gelu') return gelu(tf, y);
      if (activation === 'tanh') return tf.tanh(y);
      return activation === 'relu' ? tf.relu(y) : y;
    },
    selfAttention(x, names, mask, heads) {
      const [rows, tokens, hidden] = x.shape as [number, number, number];
      const size = hidden / heads;
      const split = (projected: tfjs.Tensor) =>
        tf.transpose(tf.reshape(projected, [rows, tokens, heads, size]), [0, 2, 1, 3]);
      const [query, key, value] = [names.query, names.key, names.value].map((it) => split(linear(x, it))); // [B, h, T, d]
      const shift = tf.reshape(tf.mul(tf.sub(1, mask), -30_000), [rows, 1, 1, tokens]);
      const joined = attention(tf, [query!, key!, value!], shift, keepMask([rows, heads, tokens, tokens]));
      return tf.reshape(tf.transpose(joined, [0, 2, 1, 3]), [rows, tokens, hidden]);
    },
    layerNorm: (x, gamma, beta, epsilon) => tf.add(tf.mul(normalized(tf, x, epsilon), gamma), beta),
    ...(dropout && {
      dropout(x: tfjs.Tensor) {
        const mask = keepMask(x.shape);
        return mask ? tf.mul(x, mask) : x;
      },
    }),
  };
}

type Four = [tfjs.Tensor, tfjs.Tensor, tfjs.Tensor, tfjs.Tensor];
type Save = (tensors: tfjs.Tensor[]) => void;
type Gradient = { value: tfjs.Tensor; gradFunc: (dy: tfjs.Tensor, saved: tfjs.Tensor[]) => tfjs.Tensor[] };

/** An operation with its own gradient: only what `save` is given outlives it. */
function withGradient(
  tf: TrainingTensorFlow,
  inputs: tfjs.Tensor[],
  compute: (inputs: tfjs.Tensor[], save: Save) => Gradient,
): tfjs.Tensor {
  const operation = tf.customGrad((...given: (tfjs.Tensor | tfjs.GradSaveFunc)[]) => {
    const save = given.pop() as tfjs.GradSaveFunc;
    return compute(given as tfjs.Tensor[], save) as { value: tfjs.Tensor; gradFunc: Gradient['gradFunc'] };
  });
  return operation(...inputs);
}

/** x times the normal distribution's function of x; its derivative is that function plus x times the density. */
function gelu(tf: TrainingTensorFlow, input: tfjs.Tensor): tfjs.Tensor {
  return withGradient(tf, [input], ([x], save) => {
    const below = tf.mul(tf.add(tf.erf(tf.mul(x!, Math.SQRT1_2)), 1), 0.5);
    save([x!, below]);
    return {
      value: tf.mul(x!, below),
      gradFunc: (dy, saved) => [
        tf.tidy(() => {
          const [x, below] = saved as [tfjs.Tensor, tfjs.Tensor];
          const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
          return tf.mul(dy, tf.add(below, tf.mul(x, density)));
        }),
      ],
    };
  });
}

/** Mean 0 and variance 1 over the last axis. */
function normalized(tf: TrainingTensorFlow, input: tfjs.Tensor, epsilon: number): tfjs.Tensor {
  return withGradient(tf, [input], ([x], save) => {
    const centered = tf.sub(x!, tf.mean(x!, -1, true));
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), epsilon)); // [..., 1]
    const value = tf.mul(centered, scale);
    save([value, scale]);
    return {
      value,
      gradFunc: (dy, saved) => [
        tf.tidy(() => {
          const [value, scale] = saved as [tfjs.Tensor, tfjs.Tensor];
          const along = tf.mul(value, tf.mean(tf.mul(dy, value), -1, true));
          return tf.mul(scale, tf.sub(tf.sub(dy, tf.mean(dy, -1, true)), along));
        }),
      ],
    };
  });
}

/** softmax(q kT / sqrt(d) + shift), with dropout, times v. */
function attention(
  tf: TrainingTensorFlow,
  inputs: tfjs.Tensor[],
  shift: tfjs.Tensor,
  keep: tfjs.Tensor | undefined,
): tfjs.Tensor {
  const factor = 1 / Math.sqrt(inputs[0]!.shape.at(-1)!);
  const dropped = (x: tfjs.Tensor, mask = keep) => (mask ? tf.mul(x, mask) : x);
  return withGradient(tf, inputs, ([query, key, value], save) => {
    const scaled = tf.mul(query!, factor);
    const shares = tf.softmax(tf.add(tf.matMul(scaled, key!, false, true), shift)); // [B, h, T, T]
    save([scaled, key!, value!, shares, ...(keep ? [keep] : [])]);
    return {
      value: tf.matMul(dropped(shares), value!),
      gradFunc: (dy, saved) => {
        const [scaled, key, value, shares, mask] = saved as [...Four, tfjs.Tensor?];
        const dValue = tf.tidy(() => tf.matMul(dropped(shares, mask), dy, true, false));
        const dScores = tf.tidy(() => {
          const weighted = tf.mul(dropped(tf.matMul(dy, value, false, true), mask), shares);
          return tf.sub(weighted, tf.mul(shares, tf.sum(weighted, -1, true)));
        });
        const dQuery = tf.tidy(() => tf.mul(tf.matMul(dScores, key), factor));
        const dKey = tf.matMul(dScores, scaled, true, false);
        dScores.dispose();
        return [dQuery, dKey, dValue];
      },
    };
  });
}
