import type {
  CandidateScorer,
  CandidateSource,
  EntityStore,
  MentionDetector,
  MentionEncoder,
  NamesIndex,
  PairScorer,
  Rows,
} from '@referent/core';
import { describe, expect, it } from 'vitest';
import { candidateScorerPromises, candidateSourcePromises } from '../src/candidate-contracts.js';
import { brokenPromises, type ContractPromise } from '../src/contract.js';
import { mentionEncoderPromises } from '../src/encoder-contract.js';
import { entityStorePromises } from '../src/entity-store-contract.js';
import {
  createFakeEncoder,
  createFakePairScorer,
  createFakeSource,
  createMemoryStore,
  createReferenceNames,
  sampleMentions,
} from '../src/index.js';
import { mentionDetectorPromises } from '../src/mention-detector-contract.js';
import { namesIndexPromises } from '../src/names-index-contract.js';
import { pairScorerPromises } from '../src/pair-scorer-contract.js';

type Table<T> = Record<string, [fault: (right: T) => Partial<T>, noticedBy: string]>;

/** Every fault, put into a right implementation, must break the promise that is meant for it. */
function testFaults<T extends object>(
  name: string,
  promisesOf: (spoil: (right: T) => T) => ContractPromise[],
  faults: Table<T>,
): void {
  describe(`the ${name} contract`, () => {
    it('is kept without a fault', async () => {
      expect(await brokenPromises(promisesOf((right) => right))).toEqual([]);
    });
    it.each(Object.entries(faults))('notices %s', async (_, [fault, noticedBy]) => {
      const promises = promisesOf((right) => ({ ...right, ...fault(right) }));
      expect(await brokenPromises(promises.filter(({ title }) => title.includes(noticedBy)))).not.toEqual([]);
    });
  });
}

testFaults<EntityStore>(
  'EntityStore',
  (spoil) => entityStorePromises({ create: async (entities) => spoil(createMemoryStore(entities)) }),
  {
    'answers in the order of the store': [
      (right) => ({ get: (keys) => right.get(Uint32Array.from(keys).sort()) }),
      'in the order of the keys',
    ],
    'unknown keys left out': [
      (right) => ({ get: async (keys) => (await right.get(keys)).filter((it) => it !== undefined) }),
      'says undefined',
    ],
    'ids as properties of an object': [
      (right) => ({ keysOf: async (ids) => (await right.keysOf(ids)).map((key, at) => ({})[ids[at]!] ?? key) }),
      'says undefined',
    ],
    'aliases lost': [
      (right) => ({ get: async (keys) => (await right.get(keys)).map((it) => it && { ...it, aliases: [] }) }),
      'gives every entity back as it came',
    ],
    'keys of a world descending': [
      (right) => ({ keysOfWorld: async (world) => (await right.keysOfWorld(world)).toReversed() }),
      'lists the keys of a world',
    ],
    'at most 1000 keys at once': [(right) => ({ get: (keys) => right.get(keys.slice(0, 1000)) }), 'thousands of keys'],
    'a size of its own': [() => ({ size: 3 }), 'counts its entities'],
    'a world shared between calls': [
      (right) => {
        const cache = new Map<string, Promise<Uint32Array>>();
        return {
          keysOfWorld: (world) => {
            if (!cache.has(world)) cache.set(world, right.keysOfWorld(world));
            return cache.get(world)!;
          },
        };
      },
      'that the caller may change',
    ],
  },
);

testFaults<NamesIndex>(
  'NamesIndex',
  (spoil) => namesIndexPromises({ create: async (entities) => spoil(createReferenceNames(entities)) }),
  {
    'the limit ignored': [
      (right) => ({ lookup: (surface, options) => right.lookup(surface, { ...options, limit: 99 }) }),
      'at most as many as asked for',
    ],
    'the world ignored': [(right) => ({ lookup: (surface, { limit }) => right.lookup(surface, { limit }) }), 'world'],
    'the world applied after the limit': [
      (right) => ({
        lookup: async (surface, { limit, world }) =>
          (await right.lookup(surface, { limit: world ? 1 : limit })).slice(0, limit),
      }),
      'keeps to a world',
    ],
    'every match called a title': [
      (right) => ({
        lookup: async (...wanted) => (await right.lookup(...wanted)).map(({ key }) => ({ key, kind: 'title' })),
      }),
      'tells title from alias',
    ],
    'bearers by key alone': [
      (right) => ({ lookup: async (...wanted) => (await right.lookup(...wanted)).sort((a, b) => a.key - b.key) }),
      'as written first',
    ],
    'the shortest name taken': [
      (right) => ({
        scan: async (words) => (await right.scan(words)).map(({ from }) => ({ from, to: from + 1 })),
      }),
      'scans for the longest names',
    ],
    'overlapping spans': [
      (right) => ({
        scan: async (words) => (await right.scan(words)).flatMap((span) => [span, { ...span, from: span.to - 1 }]),
      }),
      'without overlap',
    ],
  },
);

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
let turn = 0;
testFaults<MentionDetector>(
  'MentionDetector',
  (spoil) =>
    mentionDetectorPromises({
      create: async () => spoil(capitals),
      examples: [{ text: 'Near Paris, Texas.', surfaces: ['Near', 'Paris', 'Texas'] }],
    }),
  {
    'positions in code points': [
      (right) => ({
        detect: async (text, options) =>
          (await right.detect(text, options)).map((mention) => {
            const start = [...text.slice(0, mention.start)].length;
            return { ...mention, start, end: start + mention.surface.length };
          }),
      }),
      'counts positions in UTF-16 units',
    ],
    'positions in bytes': [
      (right) => ({
        detect: async (text, options) =>
          (await right.detect(text, options)).map((mention) => {
            const start = new TextEncoder().encode(text.slice(0, mention.start)).length;
            return { ...mention, start, end: start + mention.surface.length };
          }),
      }),
      'counts positions in UTF-16 units',
    ],
    'positions of the trimmed text': [
      (right) => ({ detect: (text, options) => right.detect(text.trimStart(), options) }),
      'counts positions in UTF-16 units',
    ],
    'mentions in reverse': [
      (right) => ({ detect: async (...wanted) => (await right.detect(...wanted)).reverse() }),
      'finds what its examples say',
    ],
    'mentions twice': [
      (right) => ({ detect: async (...wanted) => (await right.detect(...wanted)).flatMap((it) => [it, it]) }),
      'finds what its examples say',
    ],
    'a mention in an empty text': [
      (right) => ({
        detect: async (...wanted) => [...(await right.detect(...wanted)), { start: 0, end: 0, surface: '' }],
      }),
      'takes every text',
    ],
    'an error for half a surrogate pair': [
      (right) => ({
        detect: async (text, options) => {
          encodeURIComponent(text);
          return right.detect(text, options);
        },
      }),
      'takes every text',
    ],
    'state between calls': [
      (right) => ({ detect: async (...wanted) => (await right.detect(...wanted)).slice(turn++ % 2) }),
      'says the same each time',
    ],
    'a signal ignored': [(right) => ({ detect: (text) => right.detect(text) }), 'signal'],
  },
);

const dimensions = 64;
const changeRows = (change: (vector: Float32Array, row: number, count: number) => void) => (right: MentionEncoder) => ({
  async encodeMentions(...wanted: Parameters<MentionEncoder['encodeMentions']>): Promise<Rows> {
    const rows = await right.encodeMentions(...wanted);
    for (let row = 0; row < rows.count; row++) {
      change(rows.data.subarray(row * dimensions, (row + 1) * dimensions), row, rows.count);
    }
    return rows;
  },
});
testFaults<MentionEncoder>(
  'MentionEncoder',
  (spoil) => mentionEncoderPromises({ create: async () => spoil(createFakeEncoder({ dimensions })) }),
  {
    'padding that leaks into a vector': [
      changeRows((vector, _, count) => vector.set([vector[0]! + count / 100])),
      'alone and in a batch',
    ],
    'a place in the batch that leaks into a vector': [
      changeRows((vector, row) => vector.set([vector[0]! + row / 100])),
      'keeps the order',
    ],
    'NaN for an empty text': [
      (right) => ({
        encodeMentions: async (mentions, options) => {
          const rows = await right.encodeMentions(mentions, options);
          mentions.forEach(({ surface }, row) => {
            if (surface === '') rows.data[row * dimensions] = Number.NaN;
          });
          return rows;
        },
      }),
      'takes every text',
    ],
    'the same vector for all': [changeRows((vector) => vector.fill(1)), 'different inputs different vectors'],
    'no vectors at all': [changeRows((vector) => vector.fill(0)), 'one finite vector'],
    'batches sorted and not sorted back': [
      (right) => ({
        encodeMentions: (mentions, options) =>
          right.encodeMentions(
            mentions.toSorted((a, b) => a.contextRight.length - b.contextRight.length),
            options,
          ),
      }),
      'alone and in a batch',
    ],
    'an error for no inputs': [
      (right) => ({
        encodeMentions: async (mentions, options) => {
          if (mentions.length === 0) throw new Error('empty batch');
          return right.encodeMentions(mentions, options);
        },
      }),
      'gives no vectors for no inputs',
    ],
    'wrong dimensions': [() => ({ dimensions: 63 }), 'one finite vector of its dimensions'],
    'a signal ignored': [(right) => ({ encodeMentions: (mentions) => right.encodeMentions(mentions) }), 'signal'],
  },
);

testFaults<PairScorer>(
  'PairScorer',
  (spoil) => pairScorerPromises({ create: async () => spoil(createFakePairScorer()) }),
  {
    'scores normalized over the batch': [
      (right) => ({
        scorePairs: async (...wanted) => {
          const scores = await right.scorePairs(...wanted);
          const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
          return scores.map((score) => Math.exp(score) / sum);
        },
      }),
      'alone and in a batch',
    ],
    'the order lost': [
      (right) => ({ scorePairs: async (...wanted) => (await right.scorePairs(...wanted)).sort() }),
      'alone and in a batch',
    ],
    'the same for all': [
      (right) => ({ scorePairs: async (...wanted) => (await right.scorePairs(...wanted)).fill(0.5) }),
      'not the same to all',
    ],
    'a score too few': [
      (right) => ({ scorePairs: async (...wanted) => (await right.scorePairs(...wanted)).slice(1) }),
      'one finite score per pair',
    ],
    'a signal ignored': [(right) => ({ scorePairs: (pairs) => right.scorePairs(pairs) }), 'signal'],
  },
);

testFaults<CandidateSource>(
  'CandidateSource',
  (spoil) =>
    candidateSourcePromises({
      create: async () => spoil(worldly(createFakeSource({ Paris: [0, 2, 1], 'New York': [4] }))),
      mentions: sampleMentions,
      world: { name: 'earth', keys: Uint32Array.of(0, 1, 4) },
    }),
  {
    'the limit ignored': [
      (right) => ({ retrieve: (mentions, options) => right.retrieve(mentions, { ...options, limit: 99 }) }),
      'at most as many as asked for',
    ],
    'the world ignored': [
      (right) => ({
        retrieve: (mentions, options) =>
          right.retrieve(
            mentions.map(({ world, ...mention }) => mention),
            options,
          ),
      }),
      "keeps to a mention's world",
    ],
    'the first world for the whole batch': [
      (right) => ({
        retrieve: (mentions, options) => {
          const world = mentions.find((mention) => mention.world)?.world;
          return right.retrieve(
            mentions.map((mention) => ({ ...mention, ...(world && { world }) })),
            options,
          );
        },
      }),
      'beside mentions without one',
    ],
    'an unknown world taken as none': [
      (right) => ({
        retrieve: (mentions, options) =>
          right.retrieve(
            mentions.map(({ world, ...mention }) => (world === 'earth' ? { ...mention, world } : mention)),
            options,
          ),
      }),
      'a world that it does not know',
    ],
    'mentions without candidates left out': [
      (right) => ({
        retrieve: async (...wanted) => (await right.retrieve(...wanted)).filter(({ keys }) => keys.length > 0),
      }),
      'gives every mention its candidates',
    ],
    'worst first': [
      (right) => ({
        retrieve: async (...wanted) =>
          (await right.retrieve(...wanted)).map(({ keys, scores }) => ({ keys, scores: scores.toReversed() })),
      }),
      'best first',
    ],
    'a key twice': [
      (right) => ({
        retrieve: async (...wanted) =>
          (await right.retrieve(...wanted)).map(({ keys, scores }) => ({ keys: keys.fill(keys[0] ?? 0), scores })),
      }),
      'each once',
    ],
  },
);

const keyScorer: CandidateScorer = {
  name: 'key',
  async score(mentions, keys, { signal } = {}) {
    signal?.throwIfAborted();
    return mentions.map((_, row) => Float32Array.from(keys[row]!, (key) => (key < 50 ? key : Number.NaN)));
  },
};
testFaults<CandidateScorer>(
  'CandidateScorer',
  (spoil) =>
    candidateScorerPromises({
      create: async () => spoil(keyScorer),
      mentions: sampleMentions,
      keys: Uint32Array.of(3, 1, 2),
      unknownKey: 99,
    }),
  {
    'zero where it has nothing to say': [
      (right) => ({
        score: async (...wanted) => (await right.score(...wanted)).map((row) => row.map((score) => score || 0)),
      }),
      'says NaN',
    ],
    'scores best first': [
      (right) => ({ score: async (...wanted) => (await right.score(...wanted)).map((row) => row.sort()) }),
      'in order',
    ],
    'mentions without keys left out': [
      (right) => ({ score: async (...wanted) => (await right.score(...wanted)).filter((row) => row.length > 0) }),
      'mentions without keys',
    ],
  },
);

/** A source whose keys 0, 1 and 4 are of the world `earth`. */
function worldly(source: CandidateSource): CandidateSource {
  const worlds: Record<string, number[]> = { earth: [0, 1, 4] };
  return {
    ...source,
    retrieve: async (mentions, options) =>
      (await source.retrieve(mentions, options)).map(({ keys, scores }, at) => {
        const world = mentions[at]!.world;
        const within = (key: number) => world === undefined || (worlds[world] ?? []).includes(key);
        return { keys: keys.filter(within), scores: scores.filter((_, rank) => within(keys[rank]!)) };
      }),
  };
}
