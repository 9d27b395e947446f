import type { Entity, MentionDetector } from '@referent/core';
import { createExactIndex } from '@referent/index-exact';
import { createMemoryKnowledge } from '@referent/knowledge-base';
import { createFakeEncoder, createFakePairScorer } from '@referent/testing';
import { describe, expect, it } from 'vitest';
import { createLinker, type LinkerKnowledge, type LinkerModel, type LinkerOptions } from './index.js';

const entities: readonly Entity[] = [
  { id: 'paris-fr', title: 'Paris', text: 'the capital of France on the river Seine' },
  { id: 'paris-troy', title: 'Paris', text: 'the prince of Troy who took Helen' },
  { id: 'helen', title: 'Helen', text: 'the wife of Menelaus, taken to Troy', aliases: ['Helen of Troy'] },
];
const encoder = createFakeEncoder();
const linking = {
  nameScores: { title: 0.9, alias: 0.8 },
  fusion: {
    weights: { dense: 1, topic: 0.5 },
    having: { score: 'names', weights: { names: 1, topic: 1 }, inLowerCase: { weights: { dense: 1 } } },
  },
  decision: { temperature: 0.1, nilScore: 0.6 },
};
const model: LinkerModel = { name: 'fake', mentionEncoders: { name: encoder, topic: encoder }, linking };
const text = 'The prince of Troy was Paris, who took Helen.';

async function knowledge(list: readonly Entity[] = entities): Promise<LinkerKnowledge> {
  const { store, names, keys } = createMemoryKnowledge(list);
  const { dimensions } = encoder;
  const rows = await encoder.encodeEntities(list);
  const index = createExactIndex({ dimensions });
  await index.add(keys, rows);
  const read = async (asked: Uint32Array) => ({
    data: Float32Array.from({ length: asked.length * dimensions }, (_, i) => {
      return rows.data[(asked[Math.floor(i / dimensions)]! - 1) * dimensions + (i % dimensions)]!;
    }),
    count: asked.length,
  });
  return { store, names, index, vectors: { dimensions, read } };
}

const linker = async (options: Partial<LinkerOptions> = {}) =>
  createLinker({ model, knowledgeBase: await knowledge(), ...options });

async function links(options: Partial<LinkerOptions> = {}, given = text) {
  const linked = await (await linker(options)).link(given);
  return linked.map(({ surface, entity }) => `${surface} ${entity?.id ?? 'NIL'}`);
}

describe('createLinker', () => {
  it('tells namesakes apart by what stands around them', async () => {
    expect(await links({ detector: 'names' })).toEqual(['Paris paris-troy', 'Helen helen']);
    expect(await links({ detector: 'names' }, 'The capital of France on the river is Paris.')).toEqual([
      'Paris paris-fr',
    ]);
  });

  it('finds mentions as it is told, by kind or by a detector of the user', async () => {
    const first: MentionDetector = {
      name: 'first',
      detect: async (given) => [{ start: 0, end: 3, surface: given.slice(0, 3) }],
    };
    expect(await links({ detector: 'marked' }, 'Helen and [[Paris]].')).toHaveLength(1);
    expect((await links({ detector: 'statistical' })).length).toBeGreaterThan(0);
    expect((await links({ detector: first })).map((it) => it.slice(0, 3))).toEqual(['The']);
  });

  it('takes titles in small letters for terms, not for proper names', async () => {
    const terms = [{ id: 'cell', title: 'stem cell', text: 'a cell that becomes others' }];
    const pipeline = await createLinker({ model, knowledgeBase: await knowledge(terms) });
    expect(await pipeline.link('how a stem cell grows')).toMatchObject([{ surface: 'stem cell' }]);
  });

  it.each([
    [['dense'], ['dense']],
    [['names'], ['dense', 'names', 'topic']],
    [
      ['dense', 'names'],
      ['dense', 'names', 'topic'],
    ],
  ] as const)('with the sources %j has the scores %j', async (sources, scores) => {
    const [mention] = await (await linker({ sources })).link('[[Paris]] in France');
    expect(Object.keys(mention!.candidates[0]!.scores).sort()).toEqual(scores);
  });

  it('takes candidates from a lexical source where it is told to, and fuses as it is told', async () => {
    const lexical = {
      name: 'lexical',
      retrieve: async (mentions: readonly unknown[]) =>
        mentions.map(() => ({ keys: Uint32Array.of(3), scores: Float32Array.of(0.5) })),
    };
    const knowledgeBase = { ...(await knowledge()), lexical };
    const [mention] = await (
      await linker({
        knowledgeBase,
        sources: ['names', 'lexical'],
        fusion: { weights: { lexical: 2 }, reciprocalRank: 0 },
      })
    ).link('[[Paris]] in France');
    expect(mention!.candidates[0]).toMatchObject({ key: 3, sources: ['lexical'], retrievalScore: 2 });
    expect(mention!.candidates).toHaveLength(3);
    const [without] = await (await linker({ knowledgeBase, sources: ['names'] })).link('[[Paris]] in France');
    expect(without!.candidates).toHaveLength(2);
  });

  it('lets all namesakes in, however few candidates are asked for', async () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ id: `p${i}`, title: 'Paris', text: `town number${i}` }));
    const pipeline = await createLinker({ model, knowledgeBase: await knowledge(many), candidates: 2 });
    const [mention] = await pipeline.link('the town number33 called [[Paris]]');
    expect(mention?.entity?.id).toBe('p33');
    expect(mention?.candidates).toHaveLength(2);
  });

  it('re-ranks where the model can, as deep as it is told', async () => {
    const reranking = { ...model, pairScorer: createFakePairScorer() };
    const readBy = async (rerank?: number | 'off') => {
      const [mention] = await (await linker({ model: reranking, rerank })).link('[[Paris]] and Helen');
      return mention!.candidates.filter(({ rerankScore }) => rerankScore !== undefined).length;
    };
    expect(await readBy()).toBe(3);
    expect(await readBy(1)).toBe(1);
    expect(await readBy('off')).toBe(0);
  });

  it('leaves what is less probable than the threshold unlinked', async () => {
    const [surely, hardly] = await Promise.all([0, 1].map((threshold) => links({ detector: 'names', threshold })));
    expect(surely![0]).toBe('Paris paris-troy');
    expect(hardly![0]).toBe('Paris NIL');
  });

  it('reads no more of the context than it is told', async () => {
    const seen: string[] = [];
    const listening = {
      ...encoder,
      encodeMentions: (...args: Parameters<typeof encoder.encodeMentions>) => {
        seen.push(...args[0].map(({ contextLeft }) => contextLeft));
        return encoder.encodeMentions(...args);
      },
    };
    const heard = { ...model, mentionEncoders: { name: listening } };
    await links({ model: heard, contextCharacters: 5, batchSize: 1 });
    expect(Math.max(...seen.map(({ length }) => length))).toBe(5);
  });

  it.each([
    [{ rerank: 4 }, 'LINKER_NO_RERANKER', /fake has no re-ranker/],
    [{ detector: 'magic' }, 'LINKER_INVALID_OPTION', /no detector 'magic'/],
    [{ sources: ['dens'] }, 'LINKER_INVALID_OPTION', /no source 'dens'/],
    [{ sources: ['lexical'] }, 'LINKER_NO_LEXICAL', /addLexicalIndex/],
    [{ sources: [] }, 'PIPELINE_INVALID_OPTION', /at least one/],
    [{ treshold: 0.5 }, 'UNKNOWN_OPTION', /Did you mean "threshold"/],
  ])('refuses %j', async (options, code, message) => {
    const refused = linker(options as Partial<LinkerOptions>);
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
