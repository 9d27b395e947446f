import { expect } from 'vitest';
import type { ContractPromise } from '../contract.js';
import { gaussianRows, rowsOf } from '../data.js';
import { expectHits, expectWellFormed, keysOf, recallOf, withIndex } from './checks.js';
import type { VectorIndexContract } from './contract.js';

/** What it means that a vector takes the place of another. */
export function updatingPromises(contract: VectorIndexContract): ContractPromise[] {
  return [
    {
      title: 'replaces the vectors of stored keys, stores new ones, and says the same when asked twice',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1, 2), rowsOf([9, 0], [2, 0]));
          for (let time = 0; time < 2; time++) {
            await index.update!(keysOf(3, 1), rowsOf([3, 0], [1, 0]));
            expect(index.size).toBe(3);
            const all = [
              [3, 3],
              [2, 2],
              [1, 1],
            ] as const;
            expectHits(contract, await index.search(rowsOf([1, 0]), 9), [all], 9);
            expectHits(contract, await index.search(rowsOf([1, 0]), 9, { keys: keysOf(1) }), [[[1, 1]]], 9);
          }
        }),
    },
    {
      title: 'updates an empty index and takes an empty update',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.update!(keysOf(), rowsOf());
          expect(index.size).toBe(0);
          await index.update!(keysOf(5), rowsOf([1, 0]));
          expectHits(contract, await index.search(rowsOf([1, 0]), 2), [[[5, 1]]]);
          const again = index.add(keysOf(5), rowsOf([1, 0]));
          await expect(again).rejects.toMatchObject({ code: 'INDEX_DUPLICATE_KEY', details: { key: 5 } });
        }),
    },
    {
      title: 'refuses a bad update whole, and keeps the old vectors',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1), rowsOf([1, 0]));
          const invalid = { code: 'INDEX_INVALID_VECTORS' };
          await expect(index.update!(keysOf(1, 2), rowsOf([5, 0], [0, Number.NaN]))).rejects.toMatchObject(invalid);
          await expect(index.update!(keysOf(1, 2), rowsOf([5, 0]))).rejects.toMatchObject(invalid);
          await expect(index.update!(keysOf(1), rowsOf([5, 0, 0]))).rejects.toMatchObject(invalid);
          const duplicate = { code: 'INDEX_DUPLICATE_KEY', details: { key: 2 } };
          await expect(index.update!(keysOf(1, 2, 2), rowsOf([5, 0], [6, 0], [7, 0]))).rejects.toMatchObject(duplicate);
          const reason = new Error('enough');
          const aborted = index.update!(keysOf(1), rowsOf([5, 0]), { signal: AbortSignal.abort(reason) });
          await expect(aborted).rejects.toBe(reason);
          expect(index.size).toBe(1);
          expectHits(contract, await index.search(rowsOf([1, 0]), 5), [[[1, 1]]]);
        }),
    },
    {
      title: 'finds as well as before when half is updated',
      body: () =>
        withIndex(contract, 12, async (index) => {
          const [before, rows] = [41, 42].map((seed) => gaussianRows({ count: 600, dimensions: 12, seed }));
          const keys = Uint32Array.from({ length: 600 }, (_, row) => row);
          await index.add(keys, before!);
          rows!.data.set(before!.data.subarray(300 * 12), 300 * 12);
          await index.update!(keys.subarray(0, 300), { data: rows!.data.slice(0, 300 * 12), count: 300 });
          expect(index.size).toBe(600);
          const queries = gaussianRows({ count: 10, dimensions: 12, seed: 43 });
          const found = await index.search(queries, 10);
          expectWellFormed(found, 10);
          const recall = await recallOf(found, { keys, rows: rows! }, queries, 10);
          expect(recall).toBeGreaterThanOrEqual(contract.minimumRecall);
          expectWellFormed(await index.search(queries, 1000), 600);
        }),
    },
  ];
}
