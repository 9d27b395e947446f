import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEvaluation, evaluate, hitsAt, type MentionResult } from './index.js';

/** Candidates c1 ... cn. */
const candidates = (count: number) => Array.from({ length: count }, (_, i) => `c${i + 1}`);
const recallOf = (results: MentionResult[], cutoffs?: number[]) =>
  Object.fromEntries(evaluate(results, cutoffs ? { cutoffs } : {}).all.recall.map(({ k, value }) => [k, value]));

describe('recall', () => {
  it.each([
    [1, [1, 1, 1]],
    [2, [0, 1, 1]],
    [3, [0, 1, 1]],
    [4, [0, 0, 1]],
    [5, [0, 0, 0]],
  ])('counts a right candidate at rank %i for every k from that rank on, not one later', (rank, [at1, at3, at4]) => {
    const results = [{ gold: `c${rank}`, retrieved: candidates(10) }];
    expect(recallOf(results, [1, 3, 4])).toEqual({ 1: at1, 3: at3, 4: at4 });
  });

  it('takes lists shorter than k, and empty ones', () => {
    const results = [
      { gold: 'c2', retrieved: candidates(2) },
      { gold: 'c9', retrieved: candidates(2) },
      { gold: 'c1', retrieved: [] },
    ];
    expect(recallOf(results)).toEqual({ 1: 0, 4: 1 / 3, 8: 1 / 3, 16: 1 / 3, 32: 1 / 3, 64: 1 / 3 });
  });

  it('counts any of several right entities, at the best of their ranks', () => {
    expect(recallOf([{ gold: ['x', 'c3', 'c2'], retrieved: candidates(5) }], [1, 2, 3])).toEqual({ 1: 0, 2: 1, 3: 1 });
  });

  it.each([[[0]], [[2, 1]], [[1, 1]], [[1.5]], [[Number.NaN]]])('refuses the cutoffs %j', (cutoffs) => {
    expect(() => createEvaluation({ cutoffs })).toThrow(
      expect.objectContaining({ code: 'EVALUATION_INVALID_OPTIONS' }),
    );
  });
});

describe('accuracy', () => {
  // Four mentions: right, wrong order, gold not retrieved, repaired by the re-ranker.
  const results: MentionResult[] = [
    { gold: 'a', retrieved: ['a', 'b'] },
    { gold: 'a', retrieved: ['b', 'a'] },
    { gold: 'z', retrieved: ['a', 'b'] },
    { gold: 'a', retrieved: ['b', 'a'], ranked: ['a', 'b'] },
  ];

  it('is of all mentions, and normalized of those whose gold was retrieved', () => {
    const { all } = evaluate(results);
    expect(all).toMatchObject({ mentions: 4, total: 4, kept: 3, accuracy: 2 / 4, normalizedAccuracy: 2 / 3 });
    expect(all.meanReciprocalRank).toBeCloseTo((1 + 1 / 2 + 0 + 1) / 4, 12);
    expect(all.recall[0]).toEqual({ k: 1, value: 1 / 4 }); // the first stage alone
  });

  it('unnormalized is normalized times kept / total', () => {
    const { all } = evaluate(results);
    expect(all.accuracy).toBeCloseTo((all.normalizedAccuracy! * all.kept) / all.total, 12);
  });

  it('does not count a right answer that was not retrieved as normalized', () => {
    const { all } = evaluate([{ gold: 'a', retrieved: ['b'], ranked: ['a'] }]);
    expect(all).toMatchObject({ kept: 0, accuracy: 1, normalizedAccuracy: null });
  });

  it('is null, not NaN, where there is nothing to measure', () => {
    const { all, macro, worlds, overlaps } = evaluate([]);
    expect(all).toMatchObject({ mentions: 0, accuracy: null, normalizedAccuracy: null, meanReciprocalRank: null });
    expect(all.recall.map(({ value }) => value)).toEqual(Array(6).fill(null));
    expect(all.linking).toEqual({ precision: null, recall: null, f1: null });
    expect([macro, worlds, overlaps]).toEqual([null, [], []]);
  });

  it('restricted: the best of the allowed candidates counts, whatever stands before it', () => {
    const { all } = evaluate([
      { gold: 'b', retrieved: ['a', 'b', 'c'], restrictTo: ['b', 'c'] },
      { gold: 'c', retrieved: ['a', 'b', 'c'], restrictTo: ['b', 'c'] },
      { gold: 'c', retrieved: ['a'], restrictTo: ['c'] },
      { gold: 'a', retrieved: ['a'] },
    ]);
    expect(all.restricted).toEqual({ total: 3, answered: 2, accuracy: 1 / 3 });
  });
});

describe('worlds and overlap classes', () => {
  const inWorld = (world: string, right: number, wrong: number): MentionResult[] => [
    ...Array(right).fill({ gold: 'a', retrieved: ['a'], world, overlap: 'high' }),
    ...Array(wrong).fill({ gold: 'a', retrieved: ['b', 'a'], world, overlap: 'low' }),
  ];

  it('macro is the mean over worlds, micro over mentions; a world with nothing right counts as 0', () => {
    const { all, macro } = evaluate([...inWorld('easy', 9, 1), ...inWorld('hard', 0, 2), ...inWorld('even', 1, 1)]);
    expect(all.accuracy).toBeCloseTo(10 / 14, 12);
    expect(macro).toMatchObject({ worlds: 3 });
    expect(macro!.accuracy).toBeCloseTo((0.9 + 0 + 0.5) / 3, 12);
    expect(macro!.recall[0]!.value).toBeCloseTo((0.9 + 0 + 0.5) / 3, 12);
    expect(macro!.recall[1]!.value).toBe(1);
    expect(macro!.meanReciprocalRank).toBeCloseTo((0.95 + 0.5 + 0.75) / 3, 12);
  });

  it('leaves a world of NIL mentions alone out of macro, and one that kept nothing out of normalized macro', () => {
    const { macro, worlds } = evaluate([
      ...inWorld('easy', 1, 1),
      { gold: null, retrieved: ['a'], world: 'nil only' },
      { gold: 'z', retrieved: ['a'], world: 'lost' },
    ]);
    expect(worlds.map(({ name }) => name)).toEqual(['easy', 'lost', 'nil only']);
    expect(macro).toMatchObject({ worlds: 2, accuracy: 0.25, normalizedAccuracy: 0.5 });
  });

  it('keeps groups by name, whatever the name', () => {
    const { worlds, overlaps } = evaluate([...inWorld('__proto__', 1, 0), ...inWorld('constructor', 1, 2)]);
    expect(worlds.map(({ name, total }) => [name, total])).toEqual([
      ['__proto__', 1],
      ['constructor', 3],
    ]);
    expect(overlaps.map(({ name, accuracy }) => [name, accuracy])).toEqual([
      ['high', 1],
      ['low', 0],
    ]);
  });
});

describe('decisions', () => {
  it('measures NIL and linking by precision, recall and F1', () => {
    const { all } = evaluate([
      { gold: 'a', retrieved: ['a'] }, // linked, right
      { gold: 'a', retrieved: ['b'] }, // linked, wrong
      { gold: 'a', retrieved: ['a'], decided: null }, // wrongly NIL
      { gold: null, retrieved: ['a'], decided: null }, // rightly NIL
      { gold: [], retrieved: ['a'] }, // should be NIL
      { gold: null, retrieved: [] }, // nothing found: NIL by default
    ]);
    expect(all).toMatchObject({ mentions: 6, total: 3 });
    expect(all.linking).toEqual({ precision: 1 / 3, recall: 1 / 3, f1: 1 / 3 });
    expect(all.nil).toEqual({ precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 });
    // Accuracy is of the ranking: a threshold does not change it.
    expect(all.accuracy).toBe(2 / 3);
  });
});

describe('createEvaluation', () => {
  it('equals a plain computation on any results', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const result = fc.record({
      gold: fc.oneof(id, fc.array(id, { maxLength: 2 }), fc.constant(null)),
      retrieved: fc.uniqueArray(id),
      world: fc.constantFrom('u', 'v', undefined),
    });
    fc.assert(
      fc.property(fc.array(result), (results) => {
        const report = evaluate(results, { cutoffs: [1, 2, 3] });
        const golds = results.map(({ gold }) => (gold === null ? [] : [gold].flat()));
        const linkable = results.filter((_, at) => golds[at]!.length > 0);
        const right = (k: number) =>
          linkable.filter(({ gold, retrieved }) => retrieved.slice(0, k).some((it) => [gold].flat().includes(it)));
        for (const { k, value } of report.all.recall) {
          expect(value).toBe(linkable.length ? right(k).length / linkable.length : null);
        }
        expect(report.all.kept).toBe(right(5).length);
        expect(report.worlds.reduce((sum, world) => sum + world.mentions, 0)).toBe(
          results.filter(({ world }) => world).length,
        );
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('keeps outcomes only when told to, and says so otherwise', () => {
    const plain = createEvaluation();
    expect(() => plain.outcomes()).toThrow(expect.objectContaining({ code: 'EVALUATION_NO_OUTCOMES' }));
    expect(plain.report()).not.toHaveProperty('intervals');

    const keeping = createEvaluation({ keepOutcomes: true });
    expect(keeping.report()).not.toHaveProperty('intervals');
    for (let i = 0; i < 3000; i++) {
      keeping.add({ gold: `c${1 + (i % 3)}`, retrieved: candidates(2), ranked: ['c2', 'c1'] });
      keeping.add({ gold: null, retrieved: [] });
    }
    const { retrievedRanks, finalRanks } = keeping.outcomes();
    expect([retrievedRanks.length, ...retrievedRanks.subarray(2997)]).toEqual([3000, 1, 2, 0]);
    expect([...finalRanks.subarray(0, 3)]).toEqual([2, 1, 0]);
    expect([...hitsAt(retrievedRanks, 1).subarray(0, 3)]).toEqual([1, 0, 0]);
    const { intervals, all } = keeping.report();
    expect(intervals!.accuracy.mean).toBeCloseTo(all.accuracy!, 12);
    expect(intervals!.recall[1]).toMatchObject({ k: 4 });
    expect(intervals!.recall[1]!.low).toBeLessThan(2 / 3);
    expect(intervals!.recall[1]!.high).toBeGreaterThan(2 / 3);
  });
});

describe('with outcomes', () => {
  const evaluation = createEvaluation({ cutoffs: [1], keepOutcomes: true, calibration: { bins: 2 } });
  evaluation.add({ gold: 'a', retrieved: ['a'], probability: 0.75, world: 'u' });
  evaluation.add({ gold: 'a', retrieved: ['b'], probability: 0.75, world: 'v' });
  evaluation.add({ gold: null, retrieved: ['b'], decided: null, probability: 0.25 });
  evaluation.add({ gold: 'a', retrieved: ['b'], decided: null, world: 'v' });

  it('measures the calibration of all decisions that have a probability, NIL too', () => {
    const { outcomes } = evaluation;
    expect(outcomes()).toMatchObject({ probabilities: [0.75, 0.75, 0.25], decidedRight: [1, 0, 1] });
    const { calibration } = evaluation.report();
    expect(calibration).toMatchObject({ count: 3, right: 2 / 3 });
    expect(calibration!.error).toBeCloseTo((2 * 0.25 + 0.75) / 3, 12);
    expect(calibration!.bins).toHaveLength(2);
    expect(createEvaluation({ keepOutcomes: true }).report()).not.toHaveProperty('calibration');
  });

  it('gives intervals of the macro averages', () => {
    expect(evaluation.outcomes().worlds).toEqual(['u', 'v', 'v']);
    const { macro } = evaluation.report().intervals!;
    expect(macro!.accuracy).toEqual({ mean: 0.5, low: 0.5, high: 0.5 }); // nothing varies inside of a world
    expect(macro!.recall).toEqual([{ k: 1, mean: 0.5, low: 0.5, high: 0.5 }]);
  });
});
