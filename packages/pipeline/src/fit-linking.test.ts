import { describe, expect, it } from 'vitest';
import { conditionalLogit } from './conditional-logit.js';
import { decide } from './decision.js';
import { fitLinking, type LinkingExample } from './fit-linking.js';
import { fuse } from './fusion.js';

/** Deterministic numbers from 0 to 1. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** Mentions whose right candidate is drawn with the probabilities of known weights. */
function drawn({ count, temperature }: { count: number; temperature: number }): LinkingExample[] {
  const next = sequence(7);
  return Array.from({ length: count }, () => {
    const candidates = Array.from({ length: 6 }, (_, i) => ({
      scores: { dense: next(), topic: next(), ...(i < 3 && { names: 0.8 }) },
    }));
    const fused = fuse(
      candidates.map(({ scores }) => scores),
      { weights: { dense: 1, topic: 0.5 }, having: { score: 'names', weights: { dense: 0.25, names: 0.5, topic: 2 } } },
    );
    const { probabilities } = decide([...fused], { temperature });
    let place = next();
    const right = probabilities.findIndex((share) => {
      place -= share;
      return place < 0;
    });
    return { candidates: candidates.map((it, i) => ({ ...it, right: i === Math.max(0, right) })) };
  });
}

describe('fitLinking', () => {
  it('finds the weights and the temperature that drew the answers', () => {
    const { fusion, decision } = fitLinking({
      examples: drawn({ count: 8000, temperature: 0.1 }),
      scores: ['dense', 'names', 'topic'],
      having: 'names',
      nilShare: 0,
    });
    expect(fusion.weights.dense).toBe(1);
    expect(Math.abs(fusion.weights.topic! - 0.5)).toBeLessThan(0.2);
    expect(Math.abs(fusion.having!.weights.topic! - 2)).toBeLessThan(0.2);
    expect(Math.abs(fusion.having!.weights.dense! - 0.25)).toBeLessThan(0.2);
    expect(Math.abs(fusion.having!.weights.names! - 0.5)).toBeLessThan(0.2);
    expect(decision.temperature).toBeCloseTo(0.1, 2);
  });

  it('finds the weights of common words apart', () => {
    const names = drawn({ count: 4000, temperature: 0.1 });
    // The same candidates, chosen by the dense score alone.
    const words = names.map(({ candidates }) => {
      const best = Math.max(...candidates.flatMap(({ scores }) => ('names' in scores ? [scores.dense!] : [])));
      return {
        surface: 'bank',
        candidates: candidates.map((it) => ({ ...it, right: 'names' in it.scores && it.scores.dense === best })),
      };
    });
    const { fusion } = fitLinking({
      examples: [...names.map((it) => ({ ...it, surface: 'Bank' })), ...words],
      scores: ['dense', 'names', 'topic'],
      having: 'names',
      nilShare: 0,
    });
    const { weights, inLowerCase } = fusion.having!;
    expect(weights.topic! / weights.dense!).toBeGreaterThan(4);
    expect(inLowerCase!.weights.dense! / Math.abs(inLowerCase!.weights.topic!)).toBeGreaterThan(20);
  });

  it('places NIL so that its probability is its share', () => {
    const examples = Array.from({ length: 50 }, () => ({
      candidates: [{ scores: { dense: 0.9 }, right: true }],
    }));
    // Without its only candidate a mention is NIL for certain; with it, NIL must be improbable.
    const { fusion, decision } = fitLinking({ examples, scores: ['dense'] });
    const [score] = fuse([{ dense: 0.9 }], fusion);
    expect(decide([score!], decision).linked).toBe(true);
    const weak = fitLinking({
      examples: [...examples, ...examples.map(() => ({ candidates: [{ scores: { dense: 0.1 }, right: false }] }))],
      scores: ['dense'],
    });
    expect(decide([0.1], weak.decision).linked).toBe(false);
    expect(decide([0.9], weak.decision).linked).toBe(true);
  });

  it('mixes in a re-ranker as far as it helps', () => {
    const examples = drawn({ count: 800, temperature: 0.1 });
    const next = sequence(3);
    const options = { scores: ['dense', 'names', 'topic'], having: 'names' };
    const read = (scoreOf: (right: boolean) => number) =>
      examples.map(({ candidates }) => ({
        candidates: candidates.map((it) => ({ ...it, rerankScore: scoreOf(it.right) })),
      }));
    const useless = fitLinking({ ...options, examples: read(() => next()) }).rerank!;
    const useful = fitLinking({ ...options, examples: read((right) => (right ? 1 : 0) + next()) }).rerank!;
    expect(Math.abs(useless.rerank)).toBeLessThan(0.05);
    expect(useless.retrieval).toBeGreaterThan(0.5);
    expect(useful.rerank).toBeGreaterThan(0.2);
    expect(fitLinking({ ...options, examples }).rerank).toBeUndefined();
  });

  it('stays where it began, as far as nothing speaks against it', () => {
    const begin = {
      fusion: { weights: { dense: 1, topic: 0.2 }, having: { score: 'names', weights: { names: 1, topic: 1 } } },
      decision: { temperature: 0.1, nilScore: 0.5 },
    };
    // Every candidate bears the name: about the others nothing is learnt.
    const examples = Array.from({ length: 30 }, (_, i) => ({
      candidates: [
        { scores: { dense: 0.5, names: 0.9, topic: 0.8 - (i % 3) / 10 }, right: true },
        { scores: { dense: 0.6, names: 0.9, topic: 0.3 }, right: false },
      ],
    }));
    const { fusion } = fitLinking({ examples, scores: ['dense', 'names', 'topic'], having: 'names', begin });
    expect(fusion.weights.dense).toBe(1);
    expect(fusion.weights.topic).toBeCloseTo(0.2, 3);
    expect(fusion.having!.weights.topic).toBeGreaterThan(0.5);
  });

  it('refuses what cannot be fitted', () => {
    expect(() => fitLinking({ examples: [], scores: ['dense'] })).toThrow(
      expect.objectContaining({ code: 'FIT_NO_EXAMPLES' }),
    );
    const against = Array.from({ length: 20 }, () => ({
      candidates: [
        { scores: { dense: 0.1 }, right: true },
        { scores: { dense: 0.9 }, right: false },
      ],
    }));
    expect(() => fitLinking({ examples: against, scores: ['dense'] })).toThrow(
      expect.objectContaining({ code: 'FIT_NO_EVIDENCE' }),
    );
  });
});

it('conditionalLogit ends at the best weight of a sweep', () => {
  const choices = [
    { features: [[1], [0]], offsets: [0, 0], isRight: [true, false], weight: 3 },
    { features: [[1], [0]], offsets: [0, 0], isRight: [false, true], weight: 1 },
  ];
  // Three of four take the first: the odds are 3.
  expect(conditionalLogit(choices, { weights: [0], strength: 1e-6 })[0]).toBeCloseTo(Math.log(3), 3);
  expect(conditionalLogit(choices, { weights: [5], strength: 1e6 })[0]).toBeCloseTo(5, 3);
});
