import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutBatches } from './batches.js';

describe('cutBatches', () => {
  it('puts like lengths together, longest first', () => {
    const batches = cutBatches([3, 9, 2, 8, 10], { maximumTokens: 24, lengthMultiple: 4, maximumLength: 10 });
    expect(batches).toEqual([
      { indices: [4, 1], length: 10 },
      { indices: [3, 0, 2], length: 8 },
    ]);
  });

  it('has every sequence once, within the budget, padded by less than the multiple beyond its longest', () => {
    const limits = fc.record({
      maximumTokens: fc.integer({ min: 1, max: 200 }),
      lengthMultiple: fc.integer({ min: 1, max: 9 }),
      maximumLength: fc.constant(60),
    });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 })), limits, (lengths, limit) => {
        const batches = cutBatches(lengths, limit);
        expect(batches.flatMap(({ indices }) => indices).sort((a, b) => a - b)).toEqual([...lengths.keys()]);
        for (const { indices, length } of batches) {
          const longest = Math.max(...indices.map((i) => lengths[i]!));
          expect(length).toBeGreaterThanOrEqual(longest);
          expect(length).toBeLessThan(longest + limit.lengthMultiple);
          expect(length).toBeLessThanOrEqual(60);
          expect(indices.length === 1 || indices.length * length <= limit.maximumTokens).toBe(true);
        }
      }),
    );
  });
});
