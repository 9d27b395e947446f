import { ReferentError } from '@referent/core';
import { maskedScore, type TensorOps, type WeightSource, type WeightTensor } from '@referent/tensor-ops';
import { type BertConfig, type BertHead, bertStates, bertVectors, bertWeights } from '@referent/transformer';
import type * as tfjs from '@tensorflow/tfjs-core';
import { compiledLayer } from './compiled-layer.js';
import type { LayerGraphs } from './layer-graphs.js';
import { type NewProjection, withNewProjection } from './new-projection.js';
import { createTrainingOps, type Dropout, type TrainingTensorFlow } from './training-ops.js';
import { usedWeights } from './used-weights.js';

export interface TowerOptions {
  readonly tf: TrainingTensorFlow;
  /** Names the tower in checkpoints: "encoder", "mention", "entity". */
  readonly name: string;
  readonly config: BertConfig;
  readonly head: BertHead;
  /** What training starts from. */
  readonly weights: WeightSource;
  /** Begins the head's projection anew where `weights` has none: a re-ranker from an encoder. @default it must be there */
  readonly newProjection?: NewProjection;
  /** @default nothing */
  readonly frozen?: Frozen;
  /** Computes layers as whole graphs, some times faster, where there is no dropout. @default operation by operation */
  readonly graphs?: LayerGraphs | undefined;
}

/** What is not trained. */
export interface Frozen {
  /** Word, position and segment tables and their layer norm. @default false */
  readonly embeddings?: boolean;
  /** So many layers from below. @default 0 */
  readonly layers?: number;
}

/** One BERT whose weights are TensorFlow variables. */
export interface Tower {
  readonly name: string;
  readonly config: BertConfig;
  readonly head: BertHead;
  /** By name, `<tower>/<weight>`: what an optimiser changes. */
  readonly variables: ReadonlyMap<string, tfjs.Variable>;
  /** Vectors of a batch, [B, D]. Call it inside `tf.tidy`; differentiable in the variables. */
  encode(inputs: TowerInputs, dropout?: Dropout): tfjs.Tensor2D;
  /** A copy of all weights, frozen ones included, under their own names. */
  weights(): Promise<Record<string, WeightTensor>>;
  dispose(): void;
}

export interface TowerInputs {
  readonly ids: tfjs.Tensor; // [B, T]
  readonly segments: tfjs.Tensor; // [B, T]
  readonly positions: tfjs.Tensor; // [B, T]
  readonly mask: tfjs.Tensor; // [B, T]
}

/**
 * @throws `WEIGHTS_MISSING`, `WEIGHTS_WRONG_SHAPE` as `bertWeights`
 * @throws `TRAINING_NOTHING_TO_TRAIN` all of it is frozen
 */
export function createTower(options: TowerOptions): Tower {
  const { tf, name, config, head, newProjection, frozen = {}, graphs } = options;
  const weights = newProjection ? withNewProjection(options.weights, config, head, newProjection) : options.weights;
  const checked = bertWeights(weights, config, head);
  const tensors = new Map<string, tfjs.Tensor>();
  const variables = new Map<string, tfjs.Variable>();
  for (const weight of usedWeights(config, head)) {
    const { shape, data } = checked.get(weight);
    const initial = tf.tensor(data.slice(), [...shape], 'float32');
    if (isFrozen(weight, frozen)) {
      tensors.set(weight, tf.keep(initial));
      continue;
    }
    const variable = tf.variable(initial);
    initial.dispose();
    tensors.set(weight, variable);
    variables.set(`${name}/${weight}`, variable);
  }
  if (variables.size === 0) {
    throw new ReferentError('TRAINING_NOTHING_TO_TRAIN', {
      what: `All weights of the tower "${name}" are frozen.`,
      fix: `Freeze fewer than its ${config.layers} layers.`,
      details: { tower: name, frozen },
    });
  }
  const weight = (name: string) => tensors.get(name)!;
  const lowestTrained = variables.size === 0 || !frozen.embeddings ? -1 : (frozen.layers ?? 0);

  function statesByGraphs(ops: TensorOps<tfjs.Tensor>, inputs: TowerInputs, graphs: LayerGraphs): tfjs.Tensor {
    const [rows, tokens] = inputs.mask.shape as [number, number];
    const mask = tf.reshape(tf.mul(tf.sub(1, tf.cast(inputs.mask, 'float32')), maskedScore), [rows, 1, 1, tokens]);
    let states = bertStates<tfjs.Tensor>(ops, inputs, { ...config, layers: 0 })[0]!;
    for (let layer = 0; layer < config.layers; layer++) {
      states = compiledLayer({ tf, graphs, x: states, mask, layer, weight, lowest: layer === lowestTrained });
    }
    return states;
  }

  return {
    name,
    config,
    head,
    variables,
    encode(inputs, dropout) {
      const ops = createTrainingOps({ tf, weight, dropout });
      const states =
        graphs && !dropout?.rate
          ? statesByGraphs(ops, inputs, graphs)
          : bertStates<tfjs.Tensor>(ops, inputs, config).at(-1)!;
      return bertVectors<tfjs.Tensor>(ops, states, inputs, head) as tfjs.Tensor2D;
    },
    async weights() {
      const copies: Record<string, WeightTensor> = {};
      for (const [weight, tensor] of tensors) {
        copies[weight] = { shape: tensor.shape, data: Float32Array.from(await tensor.data<'float32'>()) };
      }
      return copies;
    },
    dispose() {
      for (const tensor of tensors.values()) tensor.dispose();
      tensors.clear();
      variables.clear();
    },
  };
}

function isFrozen(weight: string, { embeddings = false, layers = 0 }: Frozen): boolean {
  if (weight.startsWith('embeddings.')) return embeddings;
  const layer = /^encoder\.layer\.(\d+)\./.exec(weight)?.[1];
  return layer !== undefined && Number(layer) < layers;
}
