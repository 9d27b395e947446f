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

const cls: BertHead = { pooling: 'cls' };
const mean: BertHead = { pooling: 'mean', normalize: true };

testMentionEncoder('tiny BERT, blink, cls', {
  create: async () => createMentionEncoder({ tokenizer, transformer: await openTransformer(cls), maximumLength: 24 }),
});
testMentionEncoder('tiny BERT, sentence, mean', {
  create: async () =>
    createMentionEncoder({
      tokenizer,
      transformer: await openTransformer(mean),
      layout: 'sentence',
      maximumLength: 24,
    }),
});
testEntityEncoder('tiny BERT, blink, cls', {
  create: async () => createEntityEncoder({ tokenizer, transformer: await openTransformer(cls), maximumLength: 24 }),
});
testEntityEncoder('tiny BERT, separated, mean', {
  create: async () =>
    createEntityEncoder({
      tokenizer,
      transformer: await openTransformer(mean),
      layout: 'separated',
      maximumLength: 24,
    }),
});
