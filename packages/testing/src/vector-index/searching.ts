import { expect } from 'vitest';
import type { ContractPromise } from '../contract.js';
import { gaussianRows, rowsOf } from '../data.js';
import { expectHits, expectWellFormed, keysOf, withIndex } from './checks.js';
import type { VectorIndexContract } from './contract.js';

/** What an answer is: its order, its length, its scores, its refusals. */
export function searchingPromises(contract: VectorIndexContract): ContractPromise[] {
  return [
    {
      title: 'answers an empty index with no hits, for one query and for many',
      body: () =>
        withIndex(contract, 2, async (index) => {
          expectHits(contract, await index.search(rowsOf([1, 0]), 3), [[]]);
          expectHits(contract, await index.search(rowsOf([1, 0], [0, 1]), 3), [[], []]);
        }),
    },
    {
      title: 'answers no queries with no answers',
      body: () =>
        withIndex(contract, 2, async (index) => {
          expect(await index.search(rowsOf(), 3)).toEqual([]);
          await index.add(keysOf(1), rowsOf([1, 0]));
          expect(await index.search(rowsOf(), 3)).toEqual([]);
        }),
    },
    {
      title: 'scores by inner product, higher first, for one query and for many',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(7, 8, 9), rowsOf([1, 0], [0, 2], [-1, -3]));
          const first = [
            [8, 2],
            [7, 1],
            [9, -4],
          ] as const;
          const second = [
            [9, 2],
            [7, 1],
            [8, -2],
          ] as const;
          expectHits(contract, await index.search(rowsOf([1, 1]), 3), [first], 5);
          expectHits(contract, await index.search(rowsOf([1, 1], [1, -1]), 3), [first, second], 5);
        }),
    },
    {
      title: 'ranks by inner product and not by angle or distance',
      body: () =>
        withIndex(contract, 2, async (index) => {
          // Key 1 is nearest by distance, key 2 by angle, key 3 by inner product.
          await index.add(keysOf(1, 2, 3), rowsOf([1, 0.1], [2, 0], [40, 30]));
          expectHits(
            contract,
            await index.search(rowsOf([1, 0]), 3),
            [
              [
                [3, 40],
                [2, 2],
                [1, 1],
              ],
            ],
            50,
          );
        }),
    },
    {
      title: 'gives exactly min(k, size) hits, without padding',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(5, 6, 7), rowsOf([1, 0], [2, 0], [3, 0]));
          const queries = rowsOf([1, 0], [1, 0]);
          for (const k of [3, 4, 1000, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
            const all = [
              [7, 3],
              [6, 2],
              [5, 1],
            ] as const;
            expectHits(contract, await index.search(queries, k), [all, all], 3);
            expectHits(contract, await index.search(rowsOf([1, 0]), k), [all], 3);
          }
          expectHits(contract, await index.search(queries, 1), [[[7, 3]], [[7, 3]]], 3);
        }),
    },
    {
      title: 'gives min(k, size) hits for every k of a larger index',
      body: () =>
        withIndex(contract, 6, async (index) => {
          const rows = gaussianRows({ count: 300, dimensions: 6, seed: 4 });
          await index.add(
            Uint32Array.from({ length: 300 }, (_, row) => row),
            rows,
          );
          const queries = gaussianRows({ count: 3, dimensions: 6, seed: 5 });
          for (const k of [1, 2, 63, 64, 65, 299, 300, 301]) {
            expectWellFormed(await index.search(queries, k), Math.min(k, 300));
          }
        }),
    },
    {
      title: 'answers one query and many alike',
      body: () =>
        withIndex(contract, 6, async (index) => {
          const rows = gaussianRows({ count: 200, dimensions: 6, seed: 6 });
          await index.add(
            Uint32Array.from({ length: 200 }, (_, row) => row),
            rows,
          );
          const queries = gaussianRows({ count: 9, dimensions: 6, seed: 7 });
          const together = await index.search(queries, 10);
          for (let query = 0; query < 9; query++) {
            const data = queries.data.slice(query * 6, (query + 1) * 6);
            const [alone] = await index.search({ data, count: 1 }, 10);
            const { keys, scores } = together[query]!;
            expectHits(contract, [alone!], [Array.from(keys, (key, rank) => [key, scores[rank]!] as const)]);
          }
        }),
    },
    {
      title: 'refuses a k that is not a positive integer',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1), rowsOf([1, 0]));
          for (const k of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
            await expect(index.search(rowsOf([1, 0]), k)).rejects.toMatchObject({ code: 'INDEX_INVALID_K' });
          }
        }),
    },
    {
      title: 'refuses queries of the wrong length and queries that are not finite',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1), rowsOf([1, 0]));
          const two = { data: Float32Array.of(1, 0, 0, 1), count: 1 };
          for (const bad of [rowsOf([1, 0, 0]), rowsOf([1]), rowsOf([1, Number.NaN]), rowsOf([-1 / 0, 1]), two]) {
            await expect(index.search(bad, 1)).rejects.toMatchObject({ code: 'INDEX_INVALID_VECTORS' });
          }
        }),
    },
    {
      title: 'gives every key of a tie once',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(4, 2, 3, 1), rowsOf([1, 0], [1, 0], [1, 0], [0, 1]));
          const [hits] = await index.search(rowsOf([1, 0]), 4);
          expect([...hits!.keys.subarray(0, 3)].sort()).toEqual([2, 3, 4]);
          expect(hits!.keys[3]).toBe(1);
          const [two] = await index.search(rowsOf([1, 0]), 2);
          expect(new Set([...two!.keys, 2, 3, 4]).size).toBe(3);
          expect(new Set(two!.keys).size).toBe(2);
        }),
    },
    {
      title: 'takes zero vectors and zero queries',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1, 2, 3), rowsOf([0, 0], [1, 0], [-1, 0]));
          expectHits(contract, await index.search(rowsOf([1, 0]), 3), [
            [
              [2, 1],
              [1, 0],
              [3, -1],
            ],
          ]);
          const [hits] = await index.search(rowsOf([0, 0]), 3);
          expect([...hits!.keys].sort()).toEqual([1, 2, 3]);
          expect([...hits!.scores].every((score) => Math.abs(score) <= (contract.scoreTolerance ?? 1e-5))).toBe(true);
        }),
    },
    {
      title: 'hands out answers that the caller may change',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1, 2), rowsOf([2, 0], [1, 0]));
          const [hits] = await index.search(rowsOf([1, 0]), 2);
          hits!.keys.fill(77);
          hits!.scores.fill(77);
          expectHits(
            contract,
            await index.search(rowsOf([1, 0]), 2),
            [
              [
                [1, 2],
                [2, 1],
              ],
            ],
            2,
          );
        }),
    },
    {
      title: 'throws the reason of a signal that is aborted, and works on',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1), rowsOf([1, 0]));
          const reason = new Error('enough');
          const aborted = index.search(rowsOf([1, 0]), 1, { signal: AbortSignal.abort(reason) });
          await expect(aborted).rejects.toBe(reason);
          const { signal } = new AbortController();
          expectHits(contract, await index.search(rowsOf([1, 0]), 1, { signal }), [[[1, 1]]]);
        }),
    },
    {
      title: 'answers searches that run at the same time as an addition',
      body: () =>
        withIndex(contract, 4, async (index) => {
          const batch = (seed: number) => gaussianRows({ count: 50, dimensions: 4, seed });
          const keys = (from: number) => Uint32Array.from({ length: 50 }, (_, row) => from + row);
          await index.add(keys(0), batch(1));
          const [before, , after] = await Promise.all([
            index.search(batch(3), 200),
            index.add(keys(50), batch(2)),
            index.search(batch(3), 200),
          ]);
          for (const found of [before, after]) {
            const length = found[0]!.keys.length;
            expect([50, 100]).toContain(length);
            expectWellFormed(found, length);
          }
          expectWellFormed(await index.search(batch(3), 200), 100);
        }),
    },
  ];
}
