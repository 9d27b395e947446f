import { expect } from 'vitest';
import type { ContractPromise } from '../contract.js';
import { gaussianRows, rowsOf } from '../data.js';
import { expectHits, expectWellFormed, keysOf, recallOf, withIndex } from './checks.js';
import type { VectorIndexContract } from './contract.js';

/** What it means that a key is forgotten. */
export function removingPromises(contract: VectorIndexContract): ContractPromise[] {
  return [
    {
      title: 'never returns a removed key, and counts what it removed',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1, 2, 3), rowsOf([9, 9], [1, 1], [2, 2]));
          expect(await index.remove!(keysOf(1, 404))).toBe(1);
          expect(index.size).toBe(2);
          expectHits(
            contract,
            await index.search(rowsOf([1, 1]), 5),
            [
              [
                [3, 4],
                [2, 2],
              ],
            ],
            18,
          );
          expectHits(contract, await index.search(rowsOf([1, 1]), 5, { keys: keysOf(1, 2) }), [[[2, 2]]], 18);
          expect(await index.remove!(keysOf(1))).toBe(0);
        }),
    },
    {
      title: 'removes a key named twice once, and nothing for no keys',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1, 2), rowsOf([1, 0], [0, 1]));
          expect(await index.remove!(keysOf(2, 2))).toBe(1);
          expect(await index.remove!(keysOf())).toBe(0);
          expect(index.size).toBe(1);
        }),
    },
    {
      title: 'takes a removed key again, with its new vector',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1, 2), rowsOf([9, 0], [2, 0]));
          await index.remove!(keysOf(1));
          await index.add(keysOf(1), rowsOf([1, 0]));
          expect(index.size).toBe(2);
          expectHits(
            contract,
            await index.search(rowsOf([1, 0]), 5),
            [
              [
                [2, 2],
                [1, 1],
              ],
            ],
            9,
          );
        }),
    },
    {
      title: 'is empty when everything is removed, and can be filled again',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1, 2), rowsOf([1, 0], [0, 1]));
          expect(await index.remove!(keysOf(2, 1))).toBe(2);
          expect(index.size).toBe(0);
          expectHits(contract, await index.search(rowsOf([1, 0]), 5), [[]]);
          await index.add(keysOf(3), rowsOf([1, 0]));
          expectHits(contract, await index.search(rowsOf([1, 0]), 5), [[[3, 1]]]);
        }),
    },
    {
      title: 'finds the rest as well as before when half is removed',
      body: () =>
        withIndex(contract, 12, async (index) => {
          const rows = gaussianRows({ count: 600, dimensions: 12, seed: 21 });
          const keys = Uint32Array.from({ length: 600 }, (_, row) => row);
          await index.add(keys, rows);
          expect(await index.remove!(keys.filter((key) => key % 2 === 0))).toBe(300);
          const queries = gaussianRows({ count: 10, dimensions: 12, seed: 22 });
          const found = await index.search(queries, 10);
          expectWellFormed(found, 10);
          const odd = keys.filter((key) => key % 2 === 1);
          const recall = await recallOf(found, { keys, rows }, queries, 10, odd);
          expect(recall).toBeGreaterThanOrEqual(contract.minimumRecall);
          expectWellFormed(await index.search(queries, 1000), 300);
        }),
    },
  ];
}
