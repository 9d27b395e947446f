import { type CandidateSource, isReferentError, type PairScorer } from '@referent/core';
import { createReferenceIndex, gaussianRows } from '@referent/testing';
import { describe, expect, test } from 'vitest';
import {
  entities,
  fakeNames,
  fakePipeline,
  fakeStore,
  fixedScorer,
  fixedSource,
  letterEncoder,
} from '../test/fakes.js';
import { createDenseSource, createNamesSource, createVectorScorer, memoizeMentionEncoder } from './index.js';

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const scorerOf = (score: (text: string) => number): PairScorer => ({
  name: 'fake',
  scorePairs: async (pairs) => Float32Array.from(pairs, ({ entity }) => score(entity.text)),
});
const watched = (source: CandidateSource, see: (...asked: Parameters<CandidateSource['retrieve']>) => void) => ({
  ...source,
  retrieve(...asked: Parameters<CandidateSource['retrieve']>) {
    see(...asked);
    return source.retrieve(...asked);
  },
});

describe('link', () => {
  test('gives the mentions of the text at their places, best candidate first', async () => {
    const text = '😀 In Paris';
    const linked = await fakePipeline().link(text);
    expect(linked.map(({ surface }) => surface)).toEqual(['In', 'Paris']);
    for (const { start, end, surface } of linked) expect(text.slice(start, end)).toBe(surface);
    const { entity, score, probability, candidates } = linked[1]!;
    expect(entity!.id).toBe('paris-fr');
    expect(score).toBe(0.5);
    expect(candidates.map(({ key }) => key)).toEqual([0, 1, 4]);
    expect(probability).toBe(candidates[0]!.probability);
    expect(sum(candidates.map((candidate) => candidate.probability))).toBeCloseTo(1, 12);
  });

  test('has nothing to say about an empty text, or one without mentions', async () => {
    expect(await fakePipeline().link('')).toEqual([]);
    expect(await fakePipeline().link('no capitals here')).toEqual([]);
  });

  test('is NIL without candidates', async () => {
    const [linked] = await fakePipeline({ sources: [fixedSource('dense', {})] }).link('Rome');
    expect(linked).toEqual({
      start: 0,
      end: 4,
      surface: 'Rome',
      entity: null,
      score: 0,
      probability: 1,
      candidates: [],
    });
  });

  test('is NIL by threshold, with the candidates still shown', async () => {
    const [linked] = await fakePipeline({ decision: { nilScore: 0.9, nilThreshold: 0.5 } }).link('Paris');
    expect(linked!.entity).toBeNull();
    expect(linked!.candidates).toHaveLength(3);
    expect(linked!.probability + sum(linked!.candidates.map(({ probability }) => probability))).toBeCloseTo(1, 12);
  });

  test('fuses sources and scorers, and says who found what', async () => {
    const pipeline = fakePipeline({
      sources: [fixedSource('dense', { 0: 0.5, 3: 0.75 }), createNamesSource({ names: fakeNames() })],
      scorers: [fixedScorer('dense', (key) => key / 8), fixedScorer('topic', (key) => (key === 2 ? 0.5 : Number.NaN))],
      fusion: { weights: { dense: 1, names: 0.5, topic: 1 }, missing: { topic: -1 } },
    });
    const [linked] = await pipeline.link('Paris');
    expect(linked!.candidates).toEqual([
      expect.objectContaining({
        key: 2,
        sources: ['names'],
        scores: { names: 1, dense: 0.25, topic: 0.5 },
        retrievalScore: 1.25,
      }),
      expect.objectContaining({
        key: 0,
        sources: ['dense', 'names'],
        scores: { dense: 0.5, names: 1 },
        retrievalScore: 0,
      }),
      expect.objectContaining({ key: 3, sources: ['dense'], scores: { dense: 0.75 }, retrievalScore: -0.25 }),
      expect.objectContaining({
        key: 1,
        sources: ['names'],
        scores: { names: 1, dense: 0.125 },
        retrievalScore: -0.375,
      }),
    ]);
  });

  test('keeps the best candidates only, but asks a source for as many as its limit says', async () => {
    const asked: number[] = [];
    const source = fixedSource('dense', { 0: 5, 1: 4, 2: 3, 3: 2, 4: 1 });
    const pipeline = fakePipeline({
      sources: [watched(source, (_, { limit }) => asked.push(limit))],
      scorers: [fixedScorer('topic', (key) => 2 * key)],
      fusion: { weights: { dense: 1, topic: 1 } },
      candidates: 2,
      limits: { dense: 4 },
    });
    const [linked] = await pipeline.link('Paris');
    expect(asked).toEqual([4]);
    expect(linked!.candidates.map(({ key }) => key)).toEqual([3, 2]);
    const [kept] = await pipeline.link('Paris', { keep: 1 });
    expect(kept!.candidates).toEqual(linked!.candidates.slice(0, 1));
  });

  test('drops candidates that the store no longer knows', async () => {
    const [linked] = await fakePipeline({ store: fakeStore([0]) }).link('Paris');
    expect(linked!.candidates.map(({ key }) => key)).toEqual([1, 4]);
    expect(sum(linked!.candidates.map(({ probability }) => probability))).toBeCloseTo(1, 12);
  });

  test('links given spans, and names the one that is wrong', async () => {
    const linked = await fakePipeline().link('near paris, texas', { mentions: [{ start: 5, end: 10 }] });
    expect(linked.map(({ surface }) => surface)).toEqual(['paris']);
    await expect(fakePipeline().link('Paris', { mentions: [{ start: 3, end: 9 }] })).rejects.toThrow('3..9');
  });

  test('reads an abbreviation as what its text defines, and gives it back as it stands', async () => {
    const asked: string[] = [];
    const see = watched(fixedSource('dense', {}), (mentions) => {
      asked.push(...mentions.map(({ surface, abbreviation = '-' }) => `${surface} ${abbreviation}`));
    });
    const text = 'NYC grew. New York City (NYC) is old.';
    const read = async (options: { spellsOutAbbreviations?: boolean }) => {
      const pipeline = fakePipeline({ sources: [see], ...options });
      const linked = await pipeline.link(text);
      expect(linked.map(({ surface }) => surface)).toEqual(['NYC', 'New', 'York', 'City', 'NYC']);
      await pipeline.linkMention({ contextLeft: 'New York City (NYC) is ', surface: 'NYC', contextRight: '' });
      return asked.splice(0);
    };
    const inFull = 'New York City NYC';
    expect(await read({})).toEqual([inFull, 'New -', 'York -', 'City -', inFull, inFull]);
    expect(await read({ spellsOutAbbreviations: false })).toEqual([
      'NYC -',
      'New -',
      'York -',
      'City -',
      'NYC -',
      'NYC -',
    ]);
  });

  test('a world restricts every source', async () => {
    const index = createReferenceIndex({ dimensions: 6 });
    await index.add(Uint32Array.from(entities.keys()), gaussianRows({ count: entities.length, dimensions: 6 }));
    const pipeline = fakePipeline({
      sources: [
        createDenseSource({ encoder: letterEncoder().encoder, index, store: fakeStore() }),
        createNamesSource({ names: fakeNames() }),
      ],
      fusion: { weights: { dense: 1, names: 1 } },
    });
    const [linked] = await pipeline.link('Paris', { world: 'myth' });
    expect(linked!.candidates.map(({ entity }) => entity.world)).toEqual(['myth', 'myth', 'myth']);
    const [nowhere] = await pipeline.link('Paris', { world: 'nowhere' });
    expect(nowhere).toMatchObject({ entity: null, probability: 1 });
  });

  test('encodes a mention once, where source and scorer share a memoized encoder', async () => {
    const rows = gaussianRows({ count: entities.length, dimensions: 6 });
    const index = createReferenceIndex({ dimensions: 6 });
    await index.add(Uint32Array.of(0, 1, 2, 3, 4), rows);
    const { encoder, calls } = letterEncoder();
    const memoized = memoizeMentionEncoder(encoder);
    const read = async (keys: Uint32Array) => ({
      data: Float32Array.from([...keys].flatMap((key) => [...rows.data.subarray(key * 6, key * 6 + 6)])),
      count: keys.length,
    });
    const sources = [
      createDenseSource({ encoder: memoized, index, store: fakeStore() }),
      createNamesSource({ names: fakeNames() }),
    ];
    const options = { sources, fusion: { weights: { dense: 1, names: 1 } }, limits: { dense: 1 } };
    const scorers = [createVectorScorer({ name: 'dense', encoder: memoized, vectors: { dimensions: 6, read } })];
    const [linked] = await fakePipeline({ ...options, scorers }).link('to Paris');
    expect(calls.flat()).toHaveLength(1);
    expect(linked!.candidates.every(({ scores }) => Number.isFinite(scores.dense))).toBe(true);
    const complete = await index.search(await encoder.encodeMentions(calls[0]!), 5);
    for (const { key, scores } of linked!.candidates) {
      expect(scores.dense).toBeCloseTo(complete[0]!.scores[complete[0]!.keys.indexOf(key)]!, 5);
    }
  });
});

describe('re-ranking', () => {
  const depth2 = { scorer: scorerOf((text) => (text.includes('Texas') ? 4 : -4)), depth: 2 };

  test('puts what was read first, the rest behind it in the old order', async () => {
    const [linked] = await fakePipeline({ reranker: depth2 }).link('Paris');
    expect(linked!.candidates.map(({ key, rerankScore }) => [key, rerankScore])).toEqual([
      [1, 4],
      [0, -4],
      [4, undefined],
    ]);
    expect(linked!.score).toBe(4);
    expect(linked!.entity!.id).toBe('paris-tx');
    const probabilities = linked!.candidates.map(({ probability }) => probability);
    expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
    expect(sum(probabilities)).toBeCloseTo(1, 12);
  });

  test('mixes both scores where asked', async () => {
    const reranker = { ...depth2, weights: { rerank: 0.125, retrieval: 8 } };
    const [linked] = await fakePipeline({ reranker }).link('Paris');
    expect(linked!.entity!.id).toBe('paris-fr');
    expect(linked!.score).toBe(8 * 0.5 - 0.5);
  });

  test('is not asked where there is nothing to read', async () => {
    const scorer = { name: 'never', scorePairs: () => Promise.reject(new Error('asked')) };
    const pipeline = fakePipeline({ sources: [fixedSource('dense', {})], reranker: { scorer } });
    expect(await pipeline.link('Paris')).toMatchObject([{ entity: null }]);
  });
});

describe('linkMention', () => {
  test('counts positions in the three parts together', async () => {
    const linked = await fakePipeline().linkMention({
      contextLeft: 'near ',
      surface: 'Paris',
      contextRight: ', Texas',
    });
    expect(linked).toMatchObject({ start: 5, end: 10, surface: 'Paris' });
  });

  test('a mention longer than any window, and lone surrogates, reach the models cut and mended', async () => {
    const { encoder, calls } = letterEncoder();
    const index = createReferenceIndex({ dimensions: 6 });
    await index.add(Uint32Array.of(0), gaussianRows({ count: 1, dimensions: 6 }));
    const sources = [createDenseSource({ encoder, index, store: fakeStore() })];
    const surface = `\ud83d${'long '.repeat(4000)}`;
    const linked = await fakePipeline({ sources, contextCharacters: 100 }).linkMention({
      contextLeft: 'x'.repeat(1e6),
      surface,
      contextRight: '\ude00',
    });
    expect(linked.surface).toBe(surface);
    expect(linked.entity!.id).toBe('paris-fr');
    expect(calls[0]![0]!.surface).toBe(`\ufffd${'long '.repeat(20)}`.slice(0, 100));
    expect(calls[0]![0]!.contextLeft).toHaveLength(100);
    expect(calls[0]![0]!.contextRight).toBe('\ufffd');
  });
});

describe('long work', () => {
  test('10,000 mentions in 10 MB go through in batches, with progress and a profile', async () => {
    const text = `Paris ${'x'.repeat(1000)} `.repeat(10_000);
    const batches: number[] = [];
    const done: number[] = [];
    const times = new Map<string, number>();
    const counts: Record<string, number> = {};
    const source = fixedSource('dense', { 0: 1 });
    const pipeline = fakePipeline({
      sources: [watched(source, (mentions) => batches.push(mentions.length))],
    });
    const linked = await pipeline.link(text, {
      onProgress: (progress) => done.push(progress.done),
      onTiming: (stage, milliseconds, mentions = Number.NaN) => {
        times.set(stage, (times.get(stage) ?? 0) + milliseconds);
        counts[stage] = (counts[stage] ?? 0) + mentions;
      },
    });
    expect(linked).toHaveLength(10_000);
    expect(Math.max(...batches)).toBe(128);
    expect(done.at(-1)).toBe(10_000);
    expect([...times.keys()]).toEqual(['detect', 'retrieve dense', 'entities', 'decide']);
    expect(counts).toEqual({ detect: 10_000, 'retrieve dense': 10_000, entities: 10_000, decide: 10_000 });
  });

  test('stops between batches when told', async () => {
    const controller = new AbortController();
    const linking = fakePipeline({ batchSize: 1 }).link('Paris Paris Paris', {
      signal: controller.signal,
      onProgress: ({ done }) => done === 2 && controller.abort(new Error('stopped')),
    });
    await expect(linking).rejects.toThrow('stopped');
  });
});

describe('refuses', () => {
  const source = fixedSource('dense', {});
  test.each([
    ['no source', { sources: [] }],
    ['two sources of one name', { sources: [source, source] }],
    ['a limit for an unknown source', { limits: { names: 3 } }],
    ['no candidates', { candidates: 0 }],
    ['half a batch', { batchSize: 0.5 }],
    ['no depth', { reranker: { scorer: scorerOf(() => 0), depth: 0 } }],
    ['no temperature', { decision: { temperature: 0 } }],
    ['a threshold that is no probability', { decision: { nilThreshold: 1.5 } }],
    ['NIL always', { decision: { nilScore: Number.POSITIVE_INFINITY } }],
  ])('%s', (_, options) => {
    let error: unknown;
    try {
      fakePipeline(options);
    } catch (thrown) {
      error = thrown;
    }
    expect(isReferentError(error, 'PIPELINE_INVALID_OPTION')).toBe(true);
  });

  test.each([
    ['a source that forgets mentions', { sources: [{ ...source, retrieve: async () => [] }] }],
    ['a scorer that forgets keys', { scorers: [{ name: 'topic', score: async () => [new Float32Array(1)] }] }],
    ['a re-ranker that gives no numbers', { reranker: { scorer: scorerOf(() => Number.NaN) } }],
  ])('%s', async (_, options) => {
    const error = await fakePipeline(options)
      .link('Paris')
      .catch((thrown: unknown) => thrown);
    expect(isReferentError(error, 'PIPELINE_BROKEN_COMPONENT')).toBe(true);
  });
});
