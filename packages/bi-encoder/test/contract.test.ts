import { createEagerEngine } from '@referent/tensor-ops';
import {
  testEntityEncoder,
  testMentionEncoder,
  tinyBertConfig,
  tinyBertWeights,
  tinyVocabulary,
} from '@referent/testing';
import { createTokenizer } from '@referent/tokenizer';
import { type BertHead, createTransformer, parseBertConfig } from '@referent/transformer';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { createEntityEncoder, createMentionEncoder } from '../src/index.js';

const tokenizer = createTokenizer({ vocabulary: tinyVocabulary });

async function openTransformer(head: BertHead) {
  await tf.setBackend('cpu');
  const engine = createEagerEngine({ tf });
  return createTransformer({ config: parseBertConfig(tinyBertConfig), weights: tinyBertWeights(), engine, head });
}

for (const head of [{ pooling: 'cls' }, { pooling: 'mean', normalize: true }] as const) {
  for (const layout of ['blink', 'sentence', 'mention-first'] as const) {
    testMentionEncoder(`tiny BERT, ${layout}, ${head.pooling}`, {
      create: async () =>
        createMentionEncoder({ tokenizer, transformer: await openTransformer(head), layout, maximumLength: 48 }),
    });
  }
  for (const layout of ['blink', 'separated'] as const) {
    testEntityEncoder(`tiny BERT, ${layout}, ${head.pooling}`, {
      create: async () =>
        createEntityEncoder({ tokenizer, transformer: await openTransformer(head), layout, maximumLength: 48 }),
    });
  }
}
