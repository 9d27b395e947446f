import type { CandidateScorer, MentionDetector } from '@referent/core';
import {
  createFakeEncoder,
  createFakePairScorer,
  createFakeSource,
  createMemoryStore,
  createReferenceIndex,
  createReferenceNames,
  sampleMentions,
  testCandidateScorer,
  testCandidateSource,
  testEntityEncoder,
  testEntityStore,
  testMentionDetector,
  testMentionEncoder,
  testNamesIndex,
  testPairScorer,
  testVectorIndex,
} from '../src/index.js';

testVectorIndex('reference', {
  create: async (dimensions) => createReferenceIndex({ dimensions }),
  optional: ['remove', 'update'],
  connection: 'none',
  minimumRecall: 1,
});
testEntityStore('memory', { create: async (entities) => createMemoryStore(entities) });
testNamesIndex('reference', { create: async (entities) => createReferenceNames(entities) });
testMentionEncoder('fake', { create: async () => createFakeEncoder() });
testEntityEncoder('fake', { create: async () => createFakeEncoder({ dimensions: 16 }) });
testPairScorer('fake', { create: async () => createFakePairScorer() });
testCandidateSource('fake', {
  create: async () => createFakeSource({ Paris: [0, 2, 1], 'New York': [4] }),
  mentions: sampleMentions,
});
testCandidateScorer('constant per key', {
  create: async () => keyScorer,
  mentions: sampleMentions,
  keys: Uint32Array.of(3, 1, 2),
  unknownKey: 99,
});
testMentionDetector('capitals', {
  create: async () => capitals,
  examples: [{ text: 'Near Paris, Texas 😀.', surfaces: ['Near', 'Paris', 'Texas'] }],
});

const keyScorer: CandidateScorer = {
  name: 'key',
  async score(mentions, keys, { signal } = {}) {
    signal?.throwIfAborted();
    return mentions.map((_, row) => Float32Array.from(keys[row]!, (key) => (key < 50 ? key : Number.NaN)));
  },
};

const capitals: MentionDetector = {
  name: 'capitals',
  async detect(text, { signal } = {}) {
    signal?.throwIfAborted();
    return Array.from(text.matchAll(/\p{Lu}\p{Ll}+/gu), ({ 0: surface, index }) => ({
      start: index,
      end: index + surface.length,
      surface,
    }));
  },
};
