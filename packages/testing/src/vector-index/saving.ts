import { expect } from 'vitest';
import type { ContractPromise } from '../contract.js';
import { gaussianRows, rowsOf } from '../data.js';
import { expectHits, keysOf, withIndex } from './checks.js';
import type { SavedIndexContract, VectorIndexContract } from './contract.js';

const fiftyKeys = Uint32Array.from({ length: 50 }, (_, row) => row * 7);
const fiftyRows = gaussianRows({ count: 50, dimensions: 8, seed: 31 });
const queries = gaussianRows({ count: 5, dimensions: 8, seed: 32 });

/** One file, whole or refused. */
export function savingPromises(
  contract: VectorIndexContract,
  { files, reopen }: SavedIndexContract,
): ContractPromise[] {
  const withReopened = (path: string, dimensions: number, body: Parameters<typeof withIndex>[2]) =>
    withIndex({ ...contract, create: () => reopen(path, dimensions) }, dimensions, body);
  const saveFifty = async (path: string) =>
    withIndex(contract, 8, async (index) => {
      await index.add(fiftyKeys, fiftyRows);
      await index.save!(path);
    });

  return [
    {
      title: 'answers the same after saving and opening',
      body: async () => {
        const path = await files.path('index');
        await withIndex(contract, 8, async (index) => {
          await index.add(fiftyKeys, fiftyRows);
          const before = await index.search(queries, 20);
          await index.save!(path);
          expect(await index.search(queries, 20)).toEqual(before);
          await withReopened(path, 8, async (opened) => {
            expect([opened.size, opened.dimensions]).toEqual([50, 8]);
            expect(await opened.search(queries, 20)).toEqual(before);
            const keys = fiftyKeys.subarray(3, 9);
            expect(await opened.search(queries, 3, { keys })).toEqual(await index.search(queries, 3, { keys }));
          });
        });
      },
    },
    {
      title: 'can be added to after opening',
      body: async () => {
        const path = await files.path('index');
        await saveFifty(path);
        await withReopened(path, 8, async (opened) => {
          const strong = { data: fiftyRows.data.slice(0, 8).map((value) => value * 5), count: 1 };
          await opened.add(keysOf(999), strong);
          const [hits] = await opened.search({ data: fiftyRows.data.slice(0, 8), count: 1 }, 2);
          expect([opened.size, hits!.keys[0]]).toEqual([51, 999]);
          const duplicate = { code: 'INDEX_DUPLICATE_KEY' };
          await expect(opened.add(keysOf(7), strong)).rejects.toMatchObject(duplicate);
        });
      },
    },
    {
      title: 'saves and opens an empty index',
      body: async () => {
        const path = await files.path('index');
        await withIndex(contract, 2, (index) => index.save!(path));
        await withReopened(path, 2, async (opened) => {
          expect(opened.size).toBe(0);
          expectHits(contract, await opened.search(rowsOf([1, 0]), 3), [[]]);
          await opened.add(keysOf(1), rowsOf([1, 0]));
          expectHits(contract, await opened.search(rowsOf([1, 0]), 3), [[[1, 1]]]);
        });
      },
    },
    {
      title: 'replaces an older file and leaves no other file behind',
      body: async () => {
        const path = await files.path('index');
        await saveFifty(path);
        await withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1), rowsOf([1, 0]));
          await index.save!(path);
        });
        await withReopened(path, 2, async (opened) => expect(opened.size).toBe(1));
        expect(await files.siblings(path)).toHaveLength(1);
      },
    },
    {
      title: 'says so when it cannot save, and leaves no file behind',
      body: async () => {
        const path = await files.path('index');
        await withIndex(contract, 2, async (index) => {
          await index.add(keysOf(1), rowsOf([1, 0]));
          const failed = { code: 'INDEX_SAVE_FAILED' };
          await expect(index.save!(`${path}-no-such-folder/index`)).rejects.toMatchObject(failed);
          expectHits(contract, await index.search(rowsOf([1, 0]), 1), [[[1, 1]]]);
        });
        expect(await files.siblings(path)).toEqual([]);
      },
    },
    ...(files.withLimit
      ? [
          {
            title: 'says so when the disk is full, keeps the older file and leaves no other behind',
            body: async () => {
              const path = await files.path('index');
              await saveFifty(path);
              await withIndex(contract, 8, async (index) => {
                const rows = gaussianRows({ count: 3000, dimensions: 8, seed: 33 });
                await index.add(
                  Uint32Array.from({ length: 3000 }, (_, row) => row),
                  rows,
                );
                const saving = files.withLimit!(8192, () => index.save!(path));
                await expect(saving).rejects.toMatchObject({ code: 'INDEX_SAVE_FAILED' });
                expect(index.size).toBe(3000);
              });
              expect(await files.siblings(path)).toHaveLength(1);
              await withReopened(path, 8, async (opened) => expect(opened.size).toBe(50));
            },
          },
        ]
      : []),
    {
      title: 'refuses a file that does not exist',
      body: async () => {
        const path = await files.path('nothing');
        await expect(reopen(path, 8)).rejects.toMatchObject({ code: 'INDEX_FILE_MISSING' });
      },
    },
    {
      title: 'refuses a file of other dimensions',
      body: async () => {
        const path = await files.path('index');
        await saveFifty(path);
        for (const dimensions of [4, 16]) {
          await expect(reopen(path, dimensions)).rejects.toMatchObject({ code: 'INDEX_MISMATCH' });
        }
      },
    },
    {
      title: 'refuses a truncated file, wherever it was cut',
      body: async () => {
        const path = await files.path('index');
        await saveFifty(path);
        const whole = await files.read(path);
        for (const length of [0, 1, 7, 40, 100, whole.length >> 1, whole.length - 9, whole.length - 1]) {
          await files.write(path, whole.subarray(0, length));
          await expect(reopen(path, 8), `${length} bytes`).rejects.toMatchObject({ code: 'INDEX_CORRUPT_FILE' });
        }
        await files.write(path, whole);
        await withReopened(path, 8, async (opened) => expect(opened.size).toBe(50));
      },
    },
    {
      title: 'refuses a file in which a byte was changed or added, and a foreign file',
      body: async () => {
        const path = await files.path('index');
        await saveFifty(path);
        const whole = await files.read(path);
        const changed = whole.slice();
        changed[whole.length >> 1]! ^= 0x40;
        const longer = new Uint8Array(whole.length + 3);
        longer.set(whole);
        const foreign = new TextEncoder().encode('{"this":"is not an index"}\n'.repeat(200));
        for (const bytes of [changed, longer, foreign]) {
          await files.write(path, bytes);
          await expect(reopen(path, 8)).rejects.toMatchObject({ code: 'INDEX_CORRUPT_FILE' });
        }
      },
    },
    ...(contract.optional.includes('remove')
      ? [
          {
            title: 'does not bring removed keys back by saving',
            body: async () => {
              const path = await files.path('index');
              await withIndex(contract, 2, async (index) => {
                await index.add(keysOf(1, 2, 3), rowsOf([3, 0], [2, 0], [1, 0]));
                await index.remove!(keysOf(1));
                await index.save!(path);
              });
              await withReopened(path, 2, async (opened) => {
                expect(opened.size).toBe(2);
                expectHits(
                  contract,
                  await opened.search(rowsOf([1, 0]), 5),
                  [
                    [
                      [2, 2],
                      [3, 1],
                    ],
                  ],
                  3,
                );
                await opened.add(keysOf(1), rowsOf([0.5, 0]));
                expectHits(contract, await opened.search(rowsOf([1, 0]), 1), [[[2, 2]]], 3);
                expect(opened.size).toBe(3);
              });
            },
          },
        ]
      : []),
  ];
}
