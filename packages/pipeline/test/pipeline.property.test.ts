import { isReferentError, mentionInContext, splitsCharacter } from '@referent/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuse } from '../src/fusion.js';
import { createNamesSource, type PipelineOptions } from '../src/index.js';
import { readableWindow } from '../src/window.js';
import { entities, fakeNames, fakePipeline, fixedScorer, fixedSource } from './fakes.js';

const text = fc
  .array(fc.constantFrom('Paris', 'Troy', 'Helen', 'ilium', 'in', ' ', '. ', '😀', '\ud83d', '\n', 'É'), {
    maxLength: 20,
  })
  .map((parts) => parts.join(''));
const score = fc.double({ min: -2, max: 2, noNaN: true });
const scores = fc.dictionary(fc.constantFrom('0', '1', '2', '3', '4'), score);
const options = fc.record({
  scores,
  topic: score,
  weights: fc.record({ dense: score, names: score, topic: score }),
  missing: fc.option(fc.record({ dense: score }), { nil: undefined }),
  decision: fc.record({
    temperature: fc.double({ min: 0.05, max: 5, noNaN: true }),
    nilScore: score,
    nilThreshold: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  candidates: fc.integer({ min: 1, max: 6 }),
  batchSize: fc.integer({ min: 1, max: 5 }),
});
type Drawn = typeof options extends fc.Arbitrary<infer T> ? T : never;

const pipelineOf = ({ scores: dense, topic, weights, missing, ...rest }: Drawn) =>
  fakePipeline({
    sources: [fixedSource('dense', dense), createNamesSource({ names: fakeNames() })],
    scorers: [fixedScorer('topic', (key) => topic * key)],
    fusion: { weights, ...(missing && { missing }) },
    ...rest,
  } as Partial<PipelineOptions>);

describe('link', () => {
  it('gives mentions in order at their places, candidates from best to worst, and probabilities that make 1 with NIL', async () => {
    await fc.assert(
      fc.asyncProperty(text, options, async (given, drawn) => {
        let end = 0;
        for (const { start, end: last, surface, entity, probability, candidates } of await pipelineOf(drawn).link(
          given,
        )) {
          expect(start).toBeGreaterThanOrEqual(end);
          end = last;
          expect(given.slice(start, last)).toBe(surface);
          expect(candidates.length).toBeLessThanOrEqual(drawn.candidates);
          expect(new Set(candidates.map(({ key }) => key)).size).toBe(candidates.length);
          const ordered = candidates.map((candidate) => candidate.probability);
          expect(ordered).toEqual(ordered.toSorted((a, b) => b - a));
          const total = ordered.reduce((sum, it) => sum + it, 0);
          expect(total).toBeLessThanOrEqual(1 + 1e-9);
          if (entity === null) {
            expect(probability).toBeCloseTo(1 - total, 9);
          } else {
            expect(candidates[0]).toMatchObject({ entity, probability });
            expect(probability).toBeGreaterThanOrEqual(drawn.decision.nilThreshold);
            expect(probability).toBeGreaterThanOrEqual(1 - total - 1e-9);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('says the same in batches of any size, mention by mention, and with fewer candidates given back', async () => {
    await fc.assert(
      fc.asyncProperty(text, options, fc.integer({ min: 1, max: 4 }), async (given, drawn, keep) => {
        const linked = await pipelineOf(drawn).link(given);
        const one = pipelineOf({ ...drawn, batchSize: 1 });
        expect(await one.link(given)).toEqual(linked);
        const short = linked.map((mention) => ({ ...mention, candidates: mention.candidates.slice(0, keep) }));
        expect(await pipelineOf(drawn).link(given, { keep })).toEqual(short);
        for (const mention of linked) {
          const alone = await one.linkMention(mentionInContext(given, mention));
          expect(alone).toEqual(mention);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('takes any spans, or says what is wrong with them', async () => {
    const spans = fc.array(
      fc.record({ start: fc.integer({ min: -1, max: 20 }), end: fc.integer({ min: 0, max: 21 }) }),
      { maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(text, spans, async (given, mentions) => {
        try {
          const linked = await fakePipeline().link(given, { mentions });
          expect(linked.map(({ start, end }) => ({ start, end }))).toEqual(
            mentions.toSorted((a, b) => a.start - b.start),
          );
        } catch (error) {
          if (!isReferentError(error)) throw error;
          expect(error.code).toMatch(/^SPAN_(INVALID|OVERLAP)$/);
        }
      }),
    );
  });

  it('keeps to the world that is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('earth', 'myth'),
        fc.constantFrom('Paris', 'Troy', 'Helen'),
        async (world, name) => {
          const pipeline = fakePipeline({
            sources: [createNamesSource({ names: fakeNames() })],
            fusion: { weights: { names: 1 } },
          });
          const [linked] = await pipeline.link(name, { world });
          const bearers = entities
            .filter((entity) => entity.world === world && entity.title === name)
            .map(({ id }) => id);
          expect(linked!.candidates.map(({ entity }) => entity.id)).toEqual(bearers);
        },
      ),
    );
  });
});

describe('fuse', () => {
  const candidate = fc.record({ dense: score, names: score }, { requiredKeys: [] });
  const weighting = fc.record({
    weights: fc.record({ dense: score, names: score }, { requiredKeys: [] }),
    missing: fc.record({ dense: score, names: score }, { requiredKeys: [] }),
  });
  const fusion = fc.record({
    own: weighting,
    having: fc.option(weighting),
    reciprocalRank: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
  });

  it('is what its words say, by the plainest computation', () => {
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 6 }), fusion, (list, { own, having, reciprocalRank }) => {
        const fused = fuse(list, { ...own, ...(having && { having: { ...having, score: 'names' } }), reciprocalRank });
        list.forEach((scores_, i) => {
          const { weights, missing } = having && scores_.names !== undefined ? having : own;
          let sum = 0;
          for (const name of ['dense', 'names'] as const) {
            const value = scores_[name];
            // Its place: how many are better, and one.
            const better = list.filter((other) => other[name] !== undefined && other[name] > value!).length;
            const counted =
              value === undefined
                ? (missing[name] ?? 0)
                : reciprocalRank === undefined
                  ? value
                  : 1 / (reciprocalRank + better + 1);
            sum += (weights[name] ?? 0) * counted;
          }
          expect(fused[i]).toBeCloseTo(sum, 9);
        });
      }),
      { numRuns: 300 },
    );
  });
});

it('readableWindow never splits a character, and gives no more than it was told', () => {
  fc.assert(
    fc.property(text, text, text, fc.integer({ min: 1, max: 12 }), (contextLeft, surface, contextRight, characters) => {
      const read = readableWindow({ contextLeft, surface, contextRight }, characters);
      for (const [part, whole] of [
        [read.contextLeft, contextLeft],
        [read.surface, surface],
        [read.contextRight, contextRight],
      ] as const) {
        expect(part.length).toBeLessThanOrEqual(characters);
        expect(part.length).toBeGreaterThanOrEqual(Math.min(characters - 1, whole.length));
        expect(part).not.toMatch(/\p{Surrogate}/u);
        for (let at = 0; at <= part.length; at++)
          if (at === 0 || at === part.length) expect(splitsCharacter(part, at)).toBe(false);
      }
    }),
  );
});
