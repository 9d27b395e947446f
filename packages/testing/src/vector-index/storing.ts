import { expect } from 'vitest';
import type { ContractPromise } from '../contract.js';
import { gaussianRows, rowsOf } from '../data.js';
import { expectHits, keysOf, withIndex } from './checks.js';
import type { VectorIndexContract } from './contract.js';

/** Adding, sizes, refusals, and the end of an index. */
export function storingPromises(contract: VectorIndexContract): ContractPromise[] {
  const invalid = { code: 'INDEX_INVALID_VECTORS' };
  return [
    {
      title: 'starts empty, with its name and dimensions',
      body: () =>
        withIndex(contract, 3, async (index) => {
          expect(index.name).toMatch(/\S/);
          expect(index.dimensions).toBe(3);
          expect(index.size).toBe(0);
        }),
    },
    {
      title: 'counts what it stores, and takes an empty batch',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(), rowsOf());
          expect(index.size).toBe(0);
          await index.add(keysOf(1), rowsOf([1, 0]));
          await index.add(keysOf(2, 3), rowsOf([0, 1], [1, 1]));
          expect(index.size).toBe(3);
        }),
    },
    {
      title: 'refuses a whole batch if one vector is bad, and stays as it was',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(9), rowsOf([1, 0]));
          for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
            await expect(index.add(keysOf(1, 2), rowsOf([1, 0], [0, bad]))).rejects.toMatchObject(invalid);
          }
          expect(index.size).toBe(1);
          expectHits(contract, await index.search(rowsOf([1, 1]), 5), [[[9, 1]]], 2);
        }),
    },
    {
      title: 'refuses vectors of the wrong length and a wrong number of keys',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await expect(index.add(keysOf(1), rowsOf([1, 0, 0]))).rejects.toMatchObject(invalid);
          await expect(index.add(keysOf(1), rowsOf([1]))).rejects.toMatchObject(invalid);
          await expect(index.add(keysOf(1), rowsOf([1, 0], [0, 1]))).rejects.toMatchObject(invalid);
          await expect(index.add(keysOf(1, 2), rowsOf([1, 0]))).rejects.toMatchObject(invalid);
          // Six numbers are three vectors of 2, but the caller said two (of 3).
          await expect(index.add(keysOf(1, 2), rowsOf([1, 0, 0], [0, 1, 0]))).rejects.toMatchObject(invalid);
          expect(index.size).toBe(0);
        }),
    },
    {
      title: 'refuses a key that it has, and the batch with it',
      body: () =>
        withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1), rowsOf([1, 0]));
          const duplicate = { code: 'INDEX_DUPLICATE_KEY', details: { key: 1 } };
          await expect(index.add(keysOf(2, 1), rowsOf([5, 5], [0, 1]))).rejects.toMatchObject(duplicate);
          expect(index.size).toBe(1);
          expectHits(contract, await index.search(rowsOf([1, 0]), 5), [[[1, 1]]]);
        }),
    },
    {
      title: 'refuses a key that occurs twice in one batch, and the batch with it',
      body: () =>
        withIndex(contract, 2, async (index) => {
          const duplicate = { code: 'INDEX_DUPLICATE_KEY', details: { key: 7 } };
          await expect(index.add(keysOf(6, 7, 7), rowsOf([1, 0], [0, 1], [1, 1]))).rejects.toMatchObject(duplicate);
          expect(index.size).toBe(0);
        }),
    },
    {
      title: 'keeps keys from 0 to 2^32 - 1',
      body: () =>
        withIndex(contract, 2, async (index) => {
          const [least, half, most] = [0, 2 ** 31, 2 ** 32 - 1];
          await index.add(keysOf(most, least, half), rowsOf([3, 0], [2, 0], [1, 0]));
          expectHits(
            contract,
            await index.search(rowsOf([1, 0]), 3),
            [
              [
                [most, 3],
                [least, 2],
                [half, 1],
              ],
            ],
            3,
          );
          const filtered = await index.search(rowsOf([1, 0]), 3, { keys: keysOf(most) });
          expectHits(contract, filtered, [[[most, 3]]], 3);
        }),
    },
    {
      title: 'keeps its own copy of what it was given',
      body: () =>
        withIndex(contract, 2, async (index) => {
          const [keys, rows] = [keysOf(1, 2), rowsOf([1, 0], [0, 1])];
          await index.add(keys, rows);
          keys.fill(99);
          rows.data.fill(-5);
          expectHits(
            contract,
            await index.search(rowsOf([2, 1]), 2),
            [
              [
                [1, 2],
                [2, 1],
              ],
            ],
            3,
          );
        }),
    },
    {
      title: 'grows over many batches',
      body: () =>
        withIndex(contract, 8, async (index) => {
          for (let batch = 0; batch < 40; batch++) {
            const keys = Uint32Array.from({ length: 25 }, (_, row) => batch * 25 + row);
            await index.add(keys, gaussianRows({ count: 25, dimensions: 8, seed: batch }));
          }
          expect(index.size).toBe(1000);
        }),
    },
    {
      title: 'closes twice, and refuses work afterwards',
      body: async () => {
        const index = await contract.create(2);
        await index.add(keysOf(1), rowsOf([1, 0]));
        await index.close();
        await index.close();
        const closed = { code: 'INDEX_CLOSED' };
        await expect(index.search(rowsOf([1, 0]), 1)).rejects.toMatchObject(closed);
        await expect(index.add(keysOf(2), rowsOf([1, 0]))).rejects.toMatchObject(closed);
        if (index.remove) await expect(index.remove(keysOf(1))).rejects.toMatchObject(closed);
        if (index.update) await expect(index.update(keysOf(2), rowsOf([1, 0]))).rejects.toMatchObject(closed);
        if (index.save) await expect(index.save('never-written')).rejects.toMatchObject(closed);
      },
    },
  ];
}
