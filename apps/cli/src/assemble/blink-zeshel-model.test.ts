import type { Entity } from '@referent/core';
import { createExactIndex } from '@referent/index-exact';
import { createMemoryKnowledge } from '@referent/knowledge-base';
import { createDenseSource, createPipeline } from '@referent/pipeline';
import { createFakeEncoder, createFakePairScorer } from '@referent/testing';
import { expect, it } from 'vitest';
import { readingAsBlinkZeshel } from './blink-zeshel-model.js';

const kingdom = 'of the old kingdom '.repeat(14); // 266 characters
const desert = 'of some far desert '.repeat(14);
const entities: readonly Entity[] = [
  { id: 'by-title', title: 'Ostrich', text: desert, world: 'w' },
  { id: 'by-end', title: 'Bird', text: `${kingdom}which lays enormous eggs`, world: 'w' },
  { id: 'by-start', title: 'Plain', text: `A wide plain without trees ${kingdom}`, world: 'w' },
];
const mentions = [
  { gold: 'by-title', contextLeft: '', surface: 'ostrich', contextRight: ' of the old kingdom' },
  { gold: 'by-end', contextLeft: 'it ', surface: 'lays enormous eggs', contextRight: ' in the desert' },
  { gold: 'by-start', contextLeft: 'a ', surface: 'wide plain without trees', contextRight: '' },
];

/** Ids of the best candidates, retrieved and re-ranked. */
async function best(isCompatible: boolean): Promise<(string | undefined)[]> {
  const plain = { hash: 'h', entityEncoder: createFakeEncoder(), pairScorer: createFakePairScorer() };
  const model = isCompatible ? readingAsBlinkZeshel(plain) : plain;
  const { store, keys } = createMemoryKnowledge(entities);
  const index = createExactIndex({ dimensions: model.entityEncoder.dimensions });
  await index.add(keys, await model.entityEncoder.encodeEntities(entities));
  const pipeline = createPipeline({
    detector: { name: 'none', detect: async () => [] },
    sources: [createDenseSource({ encoder: createFakeEncoder(), index, store })],
    fusion: { weights: { dense: 1 } },
    store,
    reranker: { scorer: model.pairScorer },
  });
  const linked = await Promise.all(mentions.map(({ gold: _, ...mention }) => pipeline.linkMention(mention)));
  await index.close();
  return linked.map(({ entity }) => entity?.id);
}

it('finds what stands in the title or after 256 characters only in the default mode: 3 of 3 right, 1 of 3 compatible', async () => {
  const right = (answers: readonly (string | undefined)[]) => answers.filter((id, i) => id === mentions[i]!.gold);
  expect(right(await best(false))).toEqual(['by-title', 'by-end', 'by-start']);
  expect(right(await best(true))).toEqual(['by-start']);
});

it('bears another hash, so that no knowledge base is taken for the other', () => {
  const plain = { hash: 'h', entityEncoder: createFakeEncoder() };
  expect(readingAsBlinkZeshel(plain).hash).not.toBe('h');
  expect(readingAsBlinkZeshel(plain)).not.toHaveProperty('pairScorer');
});
