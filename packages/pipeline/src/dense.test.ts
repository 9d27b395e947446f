import type { MentionInContext, VectorStore } from '@referent/core';
import { createReferenceIndex, gaussianRows } from '@referent/testing';
import { describe, expect, test } from 'vitest';
import { entities, fakeStore, letterEncoder } from '../test/fakes.js';
import { createDenseSource, createVectorScorer, memoizeMentionEncoder } from './index.js';

const dimensions = 6;
const rows = gaussianRows({ count: entities.length, dimensions });
const allKeys = Uint32Array.from(entities.keys());

async function filledIndex() {
  const index = createReferenceIndex({ dimensions });
  await index.add(allKeys, rows);
  return index;
}

const vectors: VectorStore = {
  dimensions,
  read: async (keys) => ({
    data: Float32Array.from({ length: keys.length * dimensions }, (_, i) => {
      return rows.data[keys[Math.floor(i / dimensions)]! * dimensions + (i % dimensions)]!;
    }),
    count: keys.length,
  }),
};

const mentions: MentionInContext[] = [
  { contextLeft: 'by the Seine in ', surface: 'Paris', contextRight: '' },
  { contextLeft: '', surface: 'Paris', contextRight: ' carried Helen off', world: 'myth' },
  { contextLeft: 'a ranch near ', surface: 'Paris', contextRight: ', Texas', world: 'earth' },
  { contextLeft: '', surface: 'Paris', contextRight: '', world: 'nowhere' },
];

describe('createDenseSource', () => {
  test('finds what a plain sort of all inner products finds, within the world', async () => {
    const { encoder } = letterEncoder(dimensions);
    const source = createDenseSource({ encoder, index: await filledIndex(), store: fakeStore() });
    const answers = await source.retrieve(mentions, { limit: 2 });
    const everything = await createVectorScorer({ name: 'dense', encoder, vectors }).score(
      mentions,
      mentions.map(() => allKeys),
    );
    mentions.forEach(({ world }, i) => {
      const expected = [...allKeys]
        .filter((key) => world === undefined || entities[key]!.world === world)
        .sort((a, b) => everything[i]![b]! - everything[i]![a]!)
        .slice(0, 2);
      expect([...answers[i]!.keys]).toEqual(expected);
      expected.forEach((key, j) => {
        expect(answers[i]!.scores[j]).toBeCloseTo(everything[i]![key]!, 5);
      });
    });
    expect(answers[3]!.keys).toHaveLength(0);
  });

  test('asks the store for a world once, and again after a failure', async () => {
    let asked = 0;
    const keysOfWorld = async () => {
      if (++asked === 1) throw new Error('disk');
      return allKeys;
    };
    const { encoder } = letterEncoder(dimensions);
    const source = createDenseSource({ encoder, index: await filledIndex(), store: { keysOfWorld } });
    await expect(source.retrieve([mentions[1]!], { limit: 1 })).rejects.toThrow('disk');
    await source.retrieve([mentions[1]!], { limit: 1 });
    await source.retrieve([mentions[1]!], { limit: 1 });
    expect(asked).toBe(2);
  });

  test('encodes nothing for an empty index', async () => {
    const { encoder, calls } = letterEncoder(dimensions);
    const index = createReferenceIndex({ dimensions });
    const [answer] = await createDenseSource({ encoder, index, store: fakeStore() }).retrieve(mentions, { limit: 3 });
    expect(answer!.keys).toHaveLength(0);
    expect(calls).toEqual([]);
  });

  test('reports encoding and searching apart', async () => {
    const { encoder } = letterEncoder(dimensions);
    const stages: string[] = [];
    await createDenseSource({ encoder, index: await filledIndex(), store: fakeStore() }).retrieve(mentions, {
      limit: 1,
      onTiming: (stage) => stages.push(stage),
    });
    expect(stages).toEqual(['encode', 'search']);
  });
});

describe('createVectorScorer', () => {
  test('gives cosines where asked, and 0 for a vector of zeros', async () => {
    const encoder = { dimensions: 2, encodeMentions: async () => ({ data: Float32Array.of(3, 4), count: 1 }) };
    const read = async () => ({ data: Float32Array.of(6, 8, -4, 3, 0, 0), count: 3 });
    const options = { name: 'topic', encoder, vectors: { dimensions: 2, read } };
    const keys = [Uint32Array.of(1, 2, 3)];
    const [dots] = await createVectorScorer(options).score([mentions[0]!], keys);
    const [cosines] = await createVectorScorer({ ...options, similarity: 'cosine' }).score([mentions[0]!], keys);
    expect([...dots!]).toEqual([50, 0, 0]);
    expect([...cosines!]).toEqual([1, 0, 0]);
  });
});

describe('memoizeMentionEncoder', () => {
  test('encodes each mention object once, and gives what the encoder gives', async () => {
    const { encoder, calls } = letterEncoder(dimensions);
    const memoized = memoizeMentionEncoder(encoder);
    const [a, b, c] = mentions as [MentionInContext, MentionInContext, MentionInContext];
    await memoized.encodeMentions([a, b]);
    const again = await memoized.encodeMentions([b, c, a, b]);
    expect(calls).toEqual([[a, b], [c]]);
    expect(again).toEqual(await encoder.encodeMentions([b, c, a, b]));
    expect(await memoized.encodeMentions([])).toEqual({ data: new Float32Array(), count: 0 });
  });
});
