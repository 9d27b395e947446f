import { createEagerEngine } from '@referent/tensor-ops';
import { testPairScorer, tinyBertConfig, tinyBertWeights, tinyVocabulary } from '@referent/testing';
import { createTokenizer, layoutEntity, layoutMention } from '@referent/tokenizer';
import { type BertHead, bertProgram, bertWeights, createTransformer, parseBertConfig } from '@referent/transformer';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { expect, it } from 'vitest';
import { createCrossEncoder } from '../src/index.js';

const tokenizer = createTokenizer({ vocabulary: tinyVocabulary });
const config = parseBertConfig(tinyBertConfig);
const weights = tinyBertWeights();
const projection = { weight: 'classifier.weight', bias: 'classifier.bias' };
const lengths = { maximumContextLength: 32, maximumLength: 64 };

async function openEngine() {
  await tf.setBackend('cpu');
  return createEagerEngine({ tf });
}

for (const [layout, pooling] of [
  ['blink', 'pooler'],
  ['compact', 'cls'],
] as const) {
  testPairScorer(`tiny BERT, ${layout}, ${pooling}`, {
    async create() {
      const head: BertHead = { pooling, projection };
      const transformer = await createTransformer({ config, weights, engine: await openEngine(), head });
      return createCrossEncoder({ tokenizer, transformer, layout, maximumContextLength: 16, maximumLength: 32 });
    },
  });
}

it('scores as BLINK does, whose input has padding in its middle', async () => {
  const head: BertHead = { pooling: 'pooler', projection };
  const engine = await openEngine();
  const transformer = await createTransformer({ config, weights, engine, head });
  const mention = { contextLeft: 'near', surface: 'paris', contextRight: ', texas' };
  const entity = { title: 'paris', text: 'a town in texas' };
  const scorer = createCrossEncoder({ tokenizer, transformer, ...lengths });
  const [score] = await scorer.scorePairs([{ mention, entity }]);

  const context = layoutMention(tokenizer, mention, { maximumLength: 32 }).ids;
  const candidate = layoutEntity(tokenizer, entity, { maximumLength: 33 }).ids.slice(1);
  const padding = (count: number) => new Array<number>(count).fill(0);
  expect(context.length).toBeLessThan(32);
  const ids = [...context, ...padding(32 - context.length), ...candidate, ...padding(32 - candidate.length)];
  const tensor = (values: number[]) => ({ shape: [1, 64], data: Int32Array.from(values) });
  const blink = await engine.compile(bertProgram({ config, head }), bertWeights(weights, config, head));
  const { vectors } = await blink.run({
    ids: tensor(ids),
    segments: tensor(ids.map((id, position) => (id > 0 && position >= 32 ? 1 : 0))),
    positions: tensor(ids.map((_, position) => position)),
    mask: tensor(ids.map((id) => (id > 0 ? 1 : 0))),
  });
  expect(Math.abs(vectors!.data[0]! - score!)).toBeLessThan(1e-5);

  const [compact] = await createCrossEncoder({ tokenizer, transformer, layout: 'compact', ...lengths }).scorePairs([
    { mention, entity },
  ]);
  expect(Math.abs(compact! - score!)).toBeGreaterThan(1e-4); // the positions do matter
});
