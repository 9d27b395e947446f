import type * as tfjs from '@tensorflow/tfjs-core';
import { keptStates, type LayerGraphs, type LayerWeight, layerWeights } from './layer-graphs.js';
import type { TrainingTensorFlow } from './training-ops.js';

export interface CompiledLayerOptions {
  readonly tf: TrainingTensorFlow;
  readonly graphs: LayerGraphs;
  readonly x: tfjs.Tensor; // [B, T, H]
  /** 0 where a token may be looked at. */
  readonly mask: tfjs.Tensor; // [B, 1, 1, T]
  readonly layer: number;
  readonly weight: (name: string) => tfjs.Tensor;
  /** Nothing below is trained: the gradient of `x` is not computed. */
  readonly lowest: boolean;
}

/** A layer by its graphs: [B, T, H], differentiable in `x` and the weights. */
export function compiledLayer({ tf, graphs, x, mask, layer, weight, lowest }: CompiledLayerOptions): tfjs.Tensor {
  const names = Object.keys(layerWeights) as LayerWeight[];
  const weights = names.map((name) => weight(`encoder.layer.${layer}.${layerWeights[name]}`));
  const byName = (values: readonly tfjs.Tensor[]) => Object.fromEntries(names.map((name, i) => [name, values[i]!]));
  const operation = tf.customGrad((...given: (tfjs.Tensor | tfjs.GradSaveFunc)[]) => {
    const save = given.pop() as tfjs.GradSaveFunc;
    const [x, ...weights] = given as [tfjs.Tensor, ...tfjs.Tensor[]];
    const { states, ...results } = graphs.forward.run({ x, mask, ...byName(weights) });
    save([x, ...weights, ...keptStates.map((name) => results[name]!)]);
    return {
      value: states!,
      gradFunc: (dy: tfjs.Tensor, saved: tfjs.Tensor[]) =>
        tf.tidy(() => {
          const [x, ...rest] = saved as [tfjs.Tensor, ...tfjs.Tensor[]];
          const weights = rest.slice(0, names.length);
          const kept = keptStates.map((name, i) => [name, rest[names.length + i]!] as const);
          const backward = lowest ? graphs.backwardToWeights : graphs.backward;
          const gradients = backward.run({ dy, x, ...byName(weights), ...Object.fromEntries(kept) });
          const ofInput = gradients.d_x ?? tf.zerosLike(x);
          return [ofInput, ...names.map((name) => gradients[`d_${name}`]!)];
        }),
    };
  });
  return operation(x, ...weights);
}
