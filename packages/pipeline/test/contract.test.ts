import type { VectorStore } from '@referent/core';
import {
  createFakeEncoder,
  createMemoryStore,
  createReferenceIndex,
  createReferenceNames,
  sampleEntities,
  sampleMentions,
  testCandidateScorer,
  testCandidateSource,
  testMentionEncoder,
} from '@referent/testing';
import { createDenseSource, createNamesSource, createVectorScorer, memoizeMentionEncoder } from '../src/index.js';

const encoder = createFakeEncoder();
const { dimensions } = encoder;
const rows = await encoder.encodeEntities(sampleEntities);
const keys = Uint32Array.from(sampleEntities.keys());
const store = createMemoryStore(sampleEntities);
const world = { name: 'myth', keys: await store.keysOfWorld('myth') };

const vectors: VectorStore = {
  dimensions,
  async read(wanted) {
    const data = new Float32Array(wanted.length * dimensions);
    wanted.forEach((key, i) => {
      data.set(rows.data.subarray(key * dimensions, (key + 1) * dimensions), i * dimensions);
    });
    return { data, count: wanted.length };
  },
};

testCandidateSource('dense', {
  mentions: sampleMentions,
  world,
  async create() {
    const index = createReferenceIndex({ dimensions });
    await index.add(keys, rows);
    return createDenseSource({ encoder: memoizeMentionEncoder(encoder), index, store });
  },
});

testCandidateSource('names', {
  mentions: sampleMentions,
  world,
  create: async () =>
    createNamesSource({ names: createReferenceNames(sampleEntities.map((entity, key) => ({ key, entity }))) }),
});

testCandidateScorer('vectors', {
  mentions: sampleMentions,
  keys,
  create: async () => createVectorScorer({ name: 'topic', encoder, vectors, similarity: 'cosine' }),
});

testMentionEncoder('memoized', { create: async () => memoizeMentionEncoder(encoder) });
