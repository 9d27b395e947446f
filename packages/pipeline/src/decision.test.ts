import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from './decision.js';

const score = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('decide', () => {
  test('gives probabilities that make 1 with NIL, in the order of the scores', () => {
    fc.assert(
      fc.property(
        fc.array(score, { minLength: 1, maxLength: 64 }),
        fc.option(score, { nil: Number.NEGATIVE_INFINITY }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (scores, nilScore, temperature) => {
          const sorted = scores.toSorted((a, b) => b - a);
          const { probabilities, nil } = decide(sorted, { nilScore, temperature });
          expect(probabilities.reduce((sum, p) => sum + p, nil)).toBeCloseTo(1, 9);
          expect([...probabilities]).toEqual([...probabilities].sort((a, b) => b - a));
          expect(nil >= 0 && probabilities.every((p) => p >= 0)).toBe(true);
        },
      ),
    );
  });

  test('is the softmax of the scores over the temperature', () => {
    const { probabilities, nil } = decide([2, 1], { temperature: 0.5, nilScore: 0 });
    const total = Math.exp(4) + Math.exp(2) + 1;
    expect([...probabilities, nil]).toEqual([
      expect.closeTo(Math.exp(4) / total, 12),
      expect.closeTo(Math.exp(2) / total, 12),
      expect.closeTo(1 / total, 12),
    ]);
  });

  test('links to the best by default, to nothing without candidates', () => {
    expect(decide([-50, -60])).toMatchObject({ linked: true, nil: 0 });
    expect(decide([])).toMatchObject({ linked: false, nil: 1 });
  });

  test('is NIL below the threshold, or where NIL is more probable', () => {
    expect(decide([1, 1], { nilThreshold: 0.5 }).linked).toBe(true);
    expect(decide([1, 1, 1], { nilThreshold: 0.5 }).linked).toBe(false);
    expect(decide([1], { nilScore: 1 }).linked).toBe(true);
    expect(decide([1], { nilScore: 1.1 }).linked).toBe(false);
  });
});
