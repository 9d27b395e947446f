import assert from 'node:assert/strict';
import { createCrossEncoder } from '@referent/cross-encoder';
import { createEagerEngine } from '@referent/tensor-ops';
import { createTokenizer } from '@referent/tokenizer';
import {
  bertShapes,
  createTransformer,
  parseBertConfig,
  readSafetensors,
  writeSafetensors,
} from '@referent/transformer';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

// A cross-encoder of the smallest size, with weights that nobody trained.
const vocabulary = '[PAD] [unused0] [unused1] [unused2] [UNK] [CLS] [SEP] paris a city prince of troy fought'.split(
  ' ',
);
const config = parseBertConfig({
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 16,
  vocab_size: vocabulary.length,
  max_position_embeddings: 512,
  type_vocab_size: 2,
});
const head = { pooling: 'pooler', projection: { weight: 'classifier.weight', bias: 'classifier.bias' } };
const shapes = [...bertShapes(config, head), [head.projection.weight, [1, 8]], [head.projection.bias, [1]]];
const tensors = Object.fromEntries(
  shapes.map(([name, shape]) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return [name, { shape, data: Float32Array.from({ length }, (_, i) => Math.sin(i * 7 + name.length)) }];
  }),
);
await tf.setBackend('cpu');
const transformer = await createTransformer({
  config,
  weights: readSafetensors(writeSafetensors(tensors)),
  engine: createEagerEngine({ tf }),
  head,
});
const scorer = createCrossEncoder({ tokenizer: createTokenizer({ vocabulary: vocabulary.join('\n') }), transformer });
const mention = { contextLeft: '', surface: 'Paris', contextRight: ' fought' };
const scores = await scorer.scorePairs([
  { mention, entity: { title: 'Paris', text: 'a city' } },
  { mention, entity: { title: 'Paris', text: 'a prince of Troy' } },
]);
assert.equal(scores.length, 2);
assert.notEqual(scores[0], scores[1]);
console.log(scores);
