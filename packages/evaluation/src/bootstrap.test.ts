import { describe, expect, it } from 'vitest';
import { bootstrapInterval, macroBootstrapInterval, macroPairedBootstrap, pairedBootstrap } from './index.js';

const zerosAndOnes = (ones: number, count: number) => Uint8Array.from({ length: count }, (_, i) => Number(i < ones));

describe('bootstrapInterval', () => {
  it('comes near the normal approximation for a share', () => {
    const { mean, low, high } = bootstrapInterval(zerosAndOnes(300, 1000), { samples: 4000 });
    const half = 1.96 * Math.sqrt((0.3 * 0.7) / 1000);
    expect(mean).toBe(0.3);
    expect(Math.abs(low - (0.3 - half))).toBeLessThan(0.003);
    expect(Math.abs(high - (0.3 + half))).toBeLessThan(0.003);
  });

  it('is wider for more confidence, and the same for the same seed', () => {
    const values = zerosAndOnes(30, 100);
    const [narrow, wide] = [0.5, 0.99].map((confidence) => bootstrapInterval(values, { confidence }));
    expect(wide!.low).toBeLessThan(narrow!.low);
    expect(wide!.high).toBeGreaterThan(narrow!.high);
    expect(bootstrapInterval(values, { seed: 3 })).toEqual(bootstrapInterval(values, { seed: 3 }));
    expect(bootstrapInterval(values, { seed: 3 })).not.toEqual(bootstrapInterval(values, { seed: 4 }));
  });

  it('is a point where all values are the same', () => {
    expect(bootstrapInterval([1, 1, 1])).toEqual({ mean: 1, low: 1, high: 1 });
  });

  it.each([
    [[], {}],
    [[1], { confidence: 1 }],
    [[1], { confidence: 0 }],
    [[1], { samples: 0 }],
    [[1], { samples: 1.5 }],
  ])('refuses %j with %j', (values, options) => {
    expect(() => bootstrapInterval(values, options)).toThrow(
      expect.objectContaining({ code: 'EVALUATION_INVALID_OPTIONS' }),
    );
  });
});

describe('pairedBootstrap', () => {
  it('finds a difference that is there', () => {
    const { mean, low, pValue } = pairedBootstrap(zerosAndOnes(600, 1000), zerosAndOnes(550, 1000));
    expect(mean).toBeCloseTo(0.05, 12);
    expect(low).toBeGreaterThan(0);
    expect(pValue).toBeLessThan(0.01);
  });

  it('finds none between runs that differ by chance, and is symmetric', () => {
    const a = Uint8Array.from({ length: 400 }, (_, i) => Number(i % 2 === 0));
    const b = Uint8Array.from({ length: 400 }, (_, i) => Number(i % 3 === 0 || i % 7 === 1 || i === 5));
    const [forth, back] = [pairedBootstrap(a, b), pairedBootstrap(b, a)];
    expect(back.mean).toBeCloseTo(-forth.mean, 12);
    expect(Math.abs(back.pValue - forth.pValue)).toBeLessThan(0.05);
    const noise = pairedBootstrap(a, a.toReversed());
    expect(noise.mean).toBe(0);
    expect(noise.pValue).toBeGreaterThan(0.9);
  });

  it('is certain of nothing for equal runs, and never says 0', () => {
    expect(pairedBootstrap([1, 0, 1], [1, 0, 1])).toEqual({ mean: 0, low: 0, high: 0, pValue: 1 });
    expect(pairedBootstrap(zerosAndOnes(100, 100), zerosAndOnes(0, 100), { samples: 99 }).pValue).toBeGreaterThan(0);
  });

  it('refuses runs of different length', () => {
    expect(() => pairedBootstrap([1], [1, 0])).toThrow(expect.objectContaining({ code: 'EVALUATION_INVALID_OPTIONS' }));
  });
});

describe('macro averages', () => {
  it('weigh groups alike, and vary with each', () => {
    const groups = [zerosAndOnes(300, 1000), zerosAndOnes(45, 50)];
    const { mean, low, high } = macroBootstrapInterval(groups, { samples: 4000 });
    expect(mean).toBeCloseTo((0.3 + 0.9) / 2, 12);
    const half = 1.96 * 0.5 * Math.sqrt((0.3 * 0.7) / 1000 + (0.9 * 0.1) / 50);
    expect(Math.abs(low - (0.6 - half))).toBeLessThan(0.006);
    expect(Math.abs(high - (0.6 + half))).toBeLessThan(0.006);
  });

  it('of one group are its mean', () => {
    const [a, b] = [zerosAndOnes(60, 100), zerosAndOnes(55, 100)];
    expect(macroBootstrapInterval([a])).toEqual(bootstrapInterval(a));
    expect(macroPairedBootstrap([{ a, b }])).toEqual(pairedBootstrap(a, b));
  });

  it.each([[[]], [[[1], []]]])('refuse %j', (groups) => {
    expect(() => macroBootstrapInterval(groups)).toThrow(
      expect.objectContaining({ code: 'EVALUATION_INVALID_OPTIONS' }),
    );
  });
});
