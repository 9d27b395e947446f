import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrationOf, drawReliability } from './index.js';

describe('calibrationOf', () => {
  it('is the weighted distance of probability and share', () => {
    // Two bins: .25 and .35 with one right, .9 (three times) with two right.
    const { error, brier, probability, right, bins, count } = calibrationOf(
      [0.25, 0.35, 0.9, 0.9, 0.9],
      [0, 1, 1, 1, 0],
      {
        bins: 2,
      },
    );
    expect(error).toBeCloseTo((2 / 5) * Math.abs(0.3 - 0.5) + (3 / 5) * Math.abs(0.9 - 2 / 3), 12);
    expect(brier).toBeCloseTo((0.25 ** 2 + 0.65 ** 2 + 0.1 ** 2 * 2 + 0.9 ** 2) / 5, 12);
    expect([probability, right, count]).toEqual([expect.closeTo(0.66, 12), 3 / 5, 5]);
    expect(bins).toEqual([
      { low: 0, high: 0.5, count: 2, probability: expect.closeTo(0.3, 12), right: 0.5 },
      { low: 0.5, high: 1, count: 3, probability: expect.closeTo(0.9, 12), right: 2 / 3 },
    ]);
  });

  it('puts a boundary into the bin below, 0 into the first, and shows empty bins as such', () => {
    const { bins } = calibrationOf([0, 0.2, 0.4, 1], [0, 0, 0, 1], { bins: 5 });
    expect(bins.map(({ count }) => count)).toEqual([2, 1, 0, 0, 1]);
    expect(bins[2]).toMatchObject({ probability: null, right: null });
  });

  it('with equal mass sees what one wide bin hides', () => {
    // All in the highest of ten bins: .91 always right, .99 right four times of five. Together they look fine.
    const probabilities = [...Array(5).fill(0.91), ...Array(5).fill(0.99)];
    const right = [1, 1, 1, 1, 1, 1, 1, 1, 1, 0];
    const { error, equalMassError } = calibrationOf(probabilities, right, { bins: 10 });
    expect(error).toBeCloseTo(Math.abs(0.95 - 0.9), 12);
    // Equal probabilities are never torn apart: two bins, whatever was asked for.
    expect(equalMassError).toBeCloseTo((0.09 + 0.19) / 2, 12);
  });

  it('with equal mass has bins of the same size where nothing is tied', () => {
    const probabilities = Array.from({ length: 12 }, (_, i) => i / 16);
    const slow = [0, 4, 8].map((from) => probabilities.slice(from, from + 4).reduce((sum, p) => sum + p, 0));
    const { equalMassError } = calibrationOf(probabilities, Array(12).fill(0), { bins: 3 });
    expect(equalMassError).toBeCloseTo(slow.reduce((sum, part) => sum + part, 0) / 12, 12);
    const mixed = probabilities.map((_, i) => Number(i >= 8));
    const expected = (slow[0]! + slow[1]! + Math.abs(4 - slow[2]!)) / 12;
    expect(calibrationOf(probabilities, mixed, { bins: 3 }).equalMassError).toBeCloseTo(expected, 12);
  });

  it('is 0 for the calibrated, at least the distance of the means, whatever the order', () => {
    expect(calibrationOf([1, 1, 0], [1, 1, 0])).toMatchObject({ error: 0, equalMassError: 0, brier: 0 });
    const decision = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1));
    fc.assert(
      fc.property(fc.array(decision, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 20 }), (all, bins) => {
        const of = (list: typeof all) =>
          calibrationOf(
            list.map(([p]) => p),
            list.map(([, outcome]) => outcome),
            { bins },
          );
        const { error, equalMassError, probability, right, brier } = of(all);
        for (const it of [error, equalMassError]) {
          expect(it).toBeGreaterThanOrEqual(Math.abs(probability - right) - 1e-9);
          expect(it).toBeLessThanOrEqual(1);
        }
        expect(brier).toBeLessThanOrEqual(1);
        const back = of(all.toReversed());
        expect(back.error).toBeCloseTo(error, 9);
        expect(back.equalMassError).toBeCloseTo(equalMassError, 9);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it.each([
    [[], [], {}],
    [[0.5], [], {}],
    [[1.5], [1], {}],
    [[Number.NaN], [1], {}],
    [[0.5], [1], { bins: 0 }],
  ])('refuses %j, %j with %j', (probabilities, right, options) => {
    expect(() => calibrationOf(probabilities, right, options)).toThrow(
      expect.objectContaining({ code: 'EVALUATION_INVALID_OPTIONS' }),
    );
  });
});

describe('drawReliability', () => {
  it('draws one bar, gap and count per bin that has decisions', () => {
    const svg = drawReliability(calibrationOf([0.1, 0.15, 0.95], [0, 1, 1], { bins: 10 }), { title: 'A <b> & "c"' });
    expect(svg.match(/<rect /g)).toHaveLength(1 + 3 * 3); // the paper, and .1, .15, .95 each alone
    expect(svg).toContain('A &lt;b&gt; &amp; ');
    expect(svg).toContain('3 decisions');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).toBe(true);
  });
});
