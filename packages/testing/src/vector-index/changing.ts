import { expect } from 'vitest';
import type { ContractPromise } from '../contract.js';
import { gaussianRows, rowsOf } from '../data.js';
import { expectHits, expectWellFormed, keysOf, withIndex } from './checks.js';
import type { VectorIndexContract } from './contract.js';

const dimensions = 8;
const numbered = (count: number, from = 0) => Uint32Array.from({ length: count }, (_, row) => from + row);

/** Changes that are stopped, that meet each other, and whose arrays are changed meanwhile. */
export function changingPromises(contract: VectorIndexContract): ContractPromise[] {
  return [
    {
      title: 'throws the reason of a signal that is aborted before an addition, which then leaves no trace',
      body: () =>
        withIndex(contract, 2, async (index) => {
          const reason = new Error('enough');
          const signal = AbortSignal.abort(reason);
          await expect(index.add(keysOf(1), rowsOf([1, 0]), { signal })).rejects.toBe(reason);
          expect(index.size).toBe(0);
          await index.add(keysOf(1), rowsOf([1, 0]), { signal: new AbortController().signal });
          if (index.remove) await expect(index.remove(keysOf(1), { signal })).rejects.toBe(reason);
          if (index.save) await expect(index.save('never-written', { signal })).rejects.toBe(reason);
          expectHits(contract, await index.search(rowsOf([1, 0]), 5), [[[1, 1]]]);
        }),
    },
    {
      title: 'stores an addition that is aborted on its way whole or not at all, and can be asked again',
      body: () =>
        withIndex(contract, dimensions, async (index) => {
          const rows = gaussianRows({ count: 3000, dimensions, seed: 51 });
          await index.add(keysOf(9000), gaussianRows({ count: 1, dimensions, seed: 52 }));
          const controller = new AbortController();
          const reason = new Error('enough');
          const adding = index.add(numbered(3000), rows, { signal: controller.signal });
          setTimeout(() => controller.abort(reason), 0);
          const refused = await adding.then(
            () => false,
            (error: unknown) => {
              expect(error).toBe(reason);
              return true;
            },
          );
          expect(index.size).toBe(refused ? 1 : 3001);
          if (refused) await index.add(numbered(3000), rows);
          const found = await index.search(gaussianRows({ count: 2, dimensions, seed: 53 }), 5000);
          expectWellFormed(found, 3001);
        }),
    },
    {
      title: 'lets one of two additions of the same key win, whole',
      body: () =>
        withIndex(contract, dimensions, async (index) => {
          const rows = (seed: number) => gaussianRows({ count: 50, dimensions, seed });
          const outcomes = await Promise.allSettled([
            index.add(numbered(50), rows(1)),
            index.add(numbered(50, 49), rows(2)),
          ]);
          const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
          expect(refused).toEqual([expect.objectContaining({ code: 'INDEX_DUPLICATE_KEY' })]);
          expect(index.size).toBe(50);
        }),
    },
    {
      title: 'reads the arrays of an addition before anyone can change them',
      body: () =>
        withIndex(contract, 2, async (index) => {
          const [keys, rows] = [keysOf(1, 2), rowsOf([2, 0], [1, 0])];
          const adding = index.add(keys, rows);
          keys.fill(99);
          rows.data.fill(-5);
          await adding;
          const both = [
            [1, 2],
            [2, 1],
          ] as const;
          expectHits(contract, await index.search(rowsOf([1, 0]), 2), [both], 2);
        }),
    },
  ];
}
