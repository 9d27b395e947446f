/** AdamW (Loshchilov and Hutter 2019), step for step as `torch.optim.AdamW` computes it, over TensorFlow variables. */
import type { WeightTensor } from '@referent/tensor-ops';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { TrainingTensorFlow } from './training-ops.js';

export interface AdamWOptions {
  readonly tf: TrainingTensorFlow;
  readonly variables: ReadonlyMap<string, tfjs.Variable>;
  /** @default 0.9 */
  readonly beta1?: number;
  /** @default 0.999 */
  readonly beta2?: number;
  /** @default 1e-8 */
  readonly epsilon?: number;
  /** Times the learning rate; of matrices and tables only, never of biases and layer norms. @default 0.01 */
  readonly weightDecay?: number;
  /** Without it, as in BLINK (pytorch-transformers 1.2, correct_bias=False), the first steps are longer. @default true */
  readonly correctBias?: boolean;
  /** Gradients are scaled down where their norm over all trained weights is larger; 0 for never. @default 1 */
  readonly clipNorm?: number;
}

export interface AdamW {
  /**
   * One step down the gradients, which are disposed. A variable without a gradient stays as it is.
   * Gives the gradients' norm before clipping; where that is not finite, nothing is changed.
   */
  step(gradients: Map<string, tfjs.Tensor>, learningRate: number): Promise<number>;
  /** Moments and step count, for a checkpoint. */
  state(): Promise<AdamWState>;
  restore(state: AdamWState): void;
  dispose(): void;
}

export interface AdamWState {
  readonly steps: number;
  /** `<variable>/first` and `<variable>/second`. */
  readonly moments: Readonly<Record<string, WeightTensor>>;
}

interface Moments {
  first: tfjs.Tensor;
  second: tfjs.Tensor;
}

export function createAdamW({
  tf,
  variables,
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
  weightDecay = 0.01,
  correctBias = true,
  clipNorm = 1,
}: AdamWOptions): AdamW {
  const moments = new Map<string, Moments>();
  let steps = 0;

  const momentsOf = (name: string, shape: number[]): Moments => {
    const known = moments.get(name);
    if (known) return known;
    const fresh = { first: tf.keep(tf.zeros(shape)), second: tf.keep(tf.zeros(shape)) };
    moments.set(name, fresh);
    return fresh;
  };

  function update(name: string, variable: tfjs.Variable, gradient: tfjs.Tensor, scale: number, learningRate: number) {
    const old = momentsOf(name, variable.shape);
    const correction1 = correctBias ? 1 - beta1 ** steps : 1;
    const correction2 = correctBias ? 1 - beta2 ** steps : 1;
    const decay = variable.rank > 1 ? learningRate * weightDecay : 0;
    const [first, second, value] = tf.tidy(() => {
      const clipped = scale === 1 ? gradient : tf.mul(gradient, scale);
      const first = tf.add(old.first, tf.mul(tf.sub(clipped, old.first), 1 - beta1));
      const second = tf.add(tf.mul(old.second, beta2), tf.mul(tf.square(clipped), 1 - beta2));
      const spread = tf.add(tf.mul(tf.sqrt(second), 1 / Math.sqrt(correction2)), epsilon);
      const change = tf.mul(tf.div(first, spread), learningRate / correction1);
      const kept = decay === 0 ? variable : tf.mul(variable, 1 - decay);
      return [first, second, tf.sub(kept, change)] as const;
    }) as [tfjs.Tensor, tfjs.Tensor, tfjs.Tensor];
    tf.dispose([old.first, old.second, gradient]);
    moments.set(name, { first: tf.keep(first), second: tf.keep(second) });
    variable.assign(value);
    value.dispose();
  }

  return {
    async step(gradients, learningRate) {
      const norm = await gradientNorm(tf, gradients);
      if (!Number.isFinite(norm)) {
        tf.dispose([...gradients.values()]);
        return norm;
      }
      steps++;
      // The small term is torch.nn.utils.clip_grad_norm_'s.
      const scale = clipNorm > 0 && norm > clipNorm ? clipNorm / (norm + 1e-6) : 1;
      for (const [name, gradient] of gradients) update(name, variables.get(name)!, gradient, scale, learningRate);
      return norm;
    },
    async state() {
      const copies: Record<string, WeightTensor> = {};
      for (const [name, { first, second }] of moments) {
        for (const [part, tensor] of [
          ['first', first],
          ['second', second],
        ] as const) {
          copies[`${name}/${part}`] = { shape: tensor.shape, data: Float32Array.from(await tensor.data<'float32'>()) };
        }
      }
      return { steps, moments: copies };
    },
    restore(state) {
      const tensor = (name: string) => {
        const moment = state.moments[name];
        return moment && tf.keep(tf.tensor(moment.data.slice(), [...moment.shape], 'float32'));
      };
      for (const { first, second } of moments.values()) tf.dispose([first, second]);
      moments.clear();
      steps = state.steps;
      for (const name of variables.keys()) {
        const first = tensor(`${name}/first`);
        const second = tensor(`${name}/second`);
        if (first && second) moments.set(name, { first, second });
      }
    },
    dispose() {
      for (const { first, second } of moments.values()) tf.dispose([first, second]);
      moments.clear();
    },
  };
}

/** Euclidean norm over all gradients together. */
export async function gradientNorm(
  tf: TrainingTensorFlow,
  gradients: ReadonlyMap<string, tfjs.Tensor>,
): Promise<number> {
  const squares = tf.tidy(() => tf.stack([...gradients.values()].map((gradient) => tf.sum(tf.square(gradient)))));
  const values = await squares.data<'float32'>();
  squares.dispose();
  return Math.sqrt(values.reduce((sum, value) => sum + value, 0));
}
