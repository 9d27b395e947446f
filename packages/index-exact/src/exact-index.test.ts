import { clusteredRows, createReferenceIndex, gaussianRows, rowsOf, seededRandom } from '@referent/testing';
import { describe, expect, it } from 'vitest';
import { createExactIndex } from './index.js';

const numbered = (count: number) => Uint32Array.from({ length: count }, (_, row) => count - row);

describe('createExactIndex', () => {
  it.each([1, 2, 3, 5, 33])(
    'equals the reference on %i dimensions, over block and group borders',
    async (dimensions) => {
      for (const [size, queryCount] of [
        [1, 1],
        [7, 2],
        [1023, 5],
        [1025, 3],
        [2500, 9],
      ] as const) {
        const [fast, slow] = [createExactIndex({ dimensions }), createReferenceIndex({ dimensions })];
        const rows = clusteredRows({ count: size, dimensions, seed: size });
        await fast.add(numbered(size), rows);
        await slow.add(numbered(size), rows);
        const queries = gaussianRows({ count: queryCount, dimensions, seed: 3 });
        const [found, expected] = [await fast.search(queries, 20), await slow.search(queries, 20)];
        found.forEach(({ keys, scores }, query) => {
          expect([...keys]).toEqual([...expected[query]!.keys]);
          const errors = scores.map((score, rank) => Math.abs(score - expected[query]!.scores[rank]!));
          expect(Math.max(...errors)).toBeLessThan(1e-5 * dimensions);
        });
      }
    },
  );

  it('equals the reference through a long random life', async () => {
    const dimensions = 3;
    const [fast, slow] = [createExactIndex({ dimensions }), createReferenceIndex({ dimensions })];
    const random = seededRandom(5);
    const pick = (count: number) => Uint32Array.from({ length: count }, () => Math.floor(random() * 4000));
    for (let step = 0; step < 60; step++) {
      const fresh = [...new Set(pick(120))];
      await fast.remove(Uint32Array.from(fresh));
      await slow.remove!(Uint32Array.from(fresh));
      const rows = gaussianRows({ count: fresh.length, dimensions, seed: step });
      for (const index of [fast, slow]) await index.add(Uint32Array.from(fresh), rows);
      const gone = pick(60);
      expect(await fast.remove(gone)).toBe(await slow.remove!(gone));
      const queries = gaussianRows({ count: 2, dimensions, seed: 1000 + step });
      const options = step % 2 ? { keys: pick(300) } : {};
      const [found, expected] = [await fast.search(queries, 15, options), await slow.search(queries, 15, options)];
      expect(found.map(({ keys }) => [...keys])).toEqual(expected.map(({ keys }) => [...keys]));
    }
    expect(fast.size).toBe(slow.size);
  });

  it('orders ties by key, also where k cuts through them', async () => {
    const index = createExactIndex({ dimensions: 1 });
    await index.add(Uint32Array.of(9, 4, 7, 1, 5), rowsOf([1], [1], [1], [2], [1]));
    const [hits] = await index.search(rowsOf([1]), 3);
    expect([...hits!.keys]).toEqual([1, 4, 5]);
  });

  it('stops a long search when the signal is aborted on the way, and lets a removal wait for searches', async () => {
    const index = createExactIndex({ dimensions: 64 });
    await index.add(numbered(8000), gaussianRows({ count: 8000, dimensions: 64 }));
    const queries = gaussianRows({ count: 600, dimensions: 64, seed: 2 });
    const controller = new AbortController();
    const stopped = index.search(queries, 5, { signal: controller.signal });
    const whole = index.search(queries, 5, { signal: new AbortController().signal });
    const expected = index.search(queries, 5);
    const removed = index.remove(numbered(8000).subarray(0, 4000));
    setTimeout(() => controller.abort(new Error('enough')), 0);
    await expect(stopped).rejects.toThrow('enough');
    expect(await whole).toEqual(await expected);
    expect(await removed).toBe(4000);
    expect(index.size).toBe(4000);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %d dimensions', (dimensions) => {
    expect(() => createExactIndex({ dimensions })).toThrow(expect.objectContaining({ code: 'INDEX_INVALID_OPTIONS' }));
  });
});
