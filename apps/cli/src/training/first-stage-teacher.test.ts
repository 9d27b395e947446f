import type { Entity } from '@referent/core';
import { createExactIndex } from '@referent/index-exact';
import { createMemoryKnowledge } from '@referent/knowledge-base';
import { createLinker } from '@referent/linker';
import { createFakeEncoder } from '@referent/testing';
import { expect, it } from 'vitest';
import { teacherFromFirstStage } from './first-stage-teacher.js';

const entities: readonly Entity[] = [
  { id: 'paris-fr', title: 'Paris', text: 'the capital of France on the river Seine' },
  { id: 'paris-troy', title: 'Paris', text: 'the prince of Troy who took Helen' },
  { id: 'helen', title: 'Helen', text: 'the wife of Menelaus, taken to Troy', aliases: ['Helen of Troy'] },
  { id: 'stem', title: 'stem cell', text: 'a cell that becomes others', aliases: ['mother cell'] },
];
const mentions = [
  { contextLeft: 'The prince of Troy was ', surface: 'Paris', contextRight: ', who took Helen.' },
  { contextLeft: 'Later ', surface: 'Helen of Troy', contextRight: ' wept.' },
  { contextLeft: 'how ', surface: 'mother cells', contextRight: ' grow' },
];
const encoder = createFakeEncoder();
const linking = {
  nameScores: { title: 0.9, alias: 0.8, 'normalized-alias': 0.7 },
  fusion: {
    weights: { dense: 1, topic: 0.5 },
    having: { score: 'names', weights: { names: 1, topic: 1 }, inLowerCase: { weights: { dense: 1, names: 0.3 } } },
  },
  decision: { temperature: 0.1 },
};

it.each([
  ['with a topic', { name: encoder, topic: encoder }],
  ['without', { name: encoder }],
])('gives the scores of the pipeline, %s', async (_, mentionEncoders) => {
  const model = { name: 'fake', entityEncoder: encoder, mentionEncoders, linking };
  const { store, names, keys } = createMemoryKnowledge(entities);
  const rows = await encoder.encodeEntities(entities);
  const { dimensions } = encoder;
  const index = createExactIndex({ dimensions });
  await index.add(keys, rows);
  const read = async (asked: Uint32Array) => ({
    data: Float32Array.from(
      [...asked].flatMap((key) => [...rows.data.subarray((key - 1) * dimensions, key * dimensions)]),
    ),
    count: asked.length,
  });
  const knowledgeBase = { store, names, index, vectors: { dimensions, read } };
  const pipeline = await createLinker({ model, knowledgeBase });

  const taught = await teacherFromFirstStage(model).score(mentions.map((mention) => ({ mention, entities })));
  for (const [i, mention] of mentions.entries()) {
    const { candidates } = await pipeline.linkMention(mention);
    const expected = entities.map(({ id }) => candidates.find(({ entity }) => entity.id === id)!.retrievalScore / 0.1);
    expect(taught[i]!.length).toBe(entities.length);
    taught[i]!.forEach((score, at) => {
      expect(score).toBeCloseTo(expected[at]!, 3);
    });
  }
});
