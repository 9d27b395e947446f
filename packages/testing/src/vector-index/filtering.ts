import type { ContractPromise } from '../contract.js';
import { rowsOf } from '../data.js';
import { expectHits, keysOf, withIndex } from './checks.js';
import type { VectorIndexContract } from './contract.js';

/** What a search restricted to some keys may find. */
export function filteringPromises(contract: VectorIndexContract): ContractPromise[] {
  return [
    {
      title: 'finds only allowed keys, the best of them first',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1, 2, 3, 4), rowsOf([4, 0], [3, 0], [2, 0], [1, 0]));
          const two = [
            [2, 3],
            [4, 1],
          ] as const;
          expectHits(contract, await index.search(rowsOf([1, 0]), 9, { keys: keysOf(4, 2) }), [two], 4);
          expectHits(contract, await index.search(rowsOf([1, 0]), 1, { keys: keysOf(4, 2) }), [[[2, 3]]], 4);
          const both = await index.search(rowsOf([1, 0], [-1, 0]), 1, { keys: keysOf(4, 2) });
          expectHits(contract, both, [[[2, 3]], [[4, -1]]], 4);
        }),
    },
    {
      title: 'ignores allowed keys that are not stored, and takes one named twice as one',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1, 2), rowsOf([2, 0], [1, 0]));
          const keys = keysOf(2, 404, 2, 2 ** 32 - 1);
          expectHits(contract, await index.search(rowsOf([1, 0]), 5, { keys }), [[[2, 1]]], 2);
        }),
    },
    {
      title: 'finds nothing where no key is allowed',
      body: () =>
        withIndex(contract, 2, async (index) => {
          expectHits(contract, await index.search(rowsOf([1, 0]), 5, { keys: keysOf() }), [[]]);
          await index.add(keysOf(1), rowsOf([1, 0]));
          expectHits(contract, await index.search(rowsOf([1, 0]), 5, { keys: keysOf() }), [[]]);
          expectHits(contract, await index.search(rowsOf([1, 0], [0, 1]), 5, { keys: keysOf(2) }), [[], []]);
        }),
    },
  ];
}
