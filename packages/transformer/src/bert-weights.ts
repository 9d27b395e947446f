import { ReferentError } from '@referent/core';
import type { WeightSource } from '@referent/tensor-ops';
import type { BertHead } from './bert.js';
import type { BertConfig } from './bert-config.js';

/**
 * The weights of a checkpoint under the names that this package uses: the oldest checkpoints call a layer norm's
 * weight and bias gamma and beta. Checks every shape first, so that a wrong file is refused before anything runs.
 * @throws `WEIGHTS_MISSING` a weight is absent
 * @throws `WEIGHTS_WRONG_SHAPE` a weight's shape is not what the configuration says
 */
export function bertWeights(source: WeightSource, config: BertConfig, head: BertHead): WeightSource {
  const modern = (name: string) => {
    if (source.has(name)) return name;
    const old = name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta');
    return source.has(old) ? old : name;
  };
  const weights: WeightSource = {
    get fingerprint() {
      return source.fingerprint;
    },
    has: (name) => source.has(modern(name)),
    get: (name) => source.get(modern(name)),
  };
  for (const [name, shape] of bertShapes(config, head)) {
    const found = weights.get(name).shape;
    if (`${found}` !== `${shape}`) throw wrongShape(name, shape, found);
  }
  const { projection } = head;
  if (projection) {
    const { shape } = weights.get(projection.weight);
    const expected = [shape[0] ?? 0, config.hiddenSize];
    if (`${shape}` !== `${expected}`) throw wrongShape(projection.weight, expected, shape);
    if (projection.bias !== undefined) {
      const bias = weights.get(projection.bias).shape;
      if (`${bias}` !== `${[shape[0]]}`) throw wrongShape(projection.bias, [shape[0]!], bias);
    }
  }
  return weights;
}

/** Length of the vectors that a head gives. */
export function headDimensions(weights: WeightSource, config: BertConfig, head: BertHead): number {
  return head.projection ? weights.get(head.projection.weight).shape[0]! : config.hiddenSize;
}

/** Names and shapes of the weights that a BERT has; those of the pooler only where it is used. */
export function* bertShapes(
  config: BertConfig,
  { pooling }: Pick<BertHead, 'pooling'> = { pooling: 'cls' },
): Generator<readonly [name: string, shape: readonly number[]]> {
  const { hiddenSize: H, intermediateSize: I } = config;
  const norm = function* (name: string) {
    yield [`${name}.weight`, [H]] as const;
    yield [`${name}.bias`, [H]] as const;
  };
  const dense = function* (name: string, outputs: number, inputs: number) {
    yield [`${name}.weight`, [outputs, inputs]] as const;
    yield [`${name}.bias`, [outputs]] as const;
  };
  yield ['embeddings.word_embeddings.weight', [config.vocabularySize, H]];
  yield ['embeddings.position_embeddings.weight', [config.positions, H]];
  yield ['embeddings.token_type_embeddings.weight', [config.segments, H]];
  yield* norm('embeddings.LayerNorm');
  for (let i = 0; i < config.layers; i++) {
    const layer = `encoder.layer.${i}`;
    for (const part of ['query', 'key', 'value']) yield* dense(`${layer}.attention.self.${part}`, H, H);
    yield* dense(`${layer}.attention.output.dense`, H, H);
    yield* norm(`${layer}.attention.output.LayerNorm`);
    yield* dense(`${layer}.intermediate.dense`, I, H);
    yield* dense(`${layer}.output.dense`, H, I);
    yield* norm(`${layer}.output.LayerNorm`);
  }
  if (pooling === 'pooler') yield* dense('pooler.dense', H, H);
}

function wrongShape(name: string, expected: readonly number[], found: readonly number[]): ReferentError {
  return new ReferentError('WEIGHTS_WRONG_SHAPE', {
    what: `The weight ${name} is [${found}]; the configuration says [${expected}].`,
    fix: 'Check that the weights and the configuration belong together.',
    details: { name, expected, found },
  });
}
