import type { Rows } from '@referent/core';
import { expect } from 'vitest';
import type { ContractPromise } from '../contract.js';
import { gaussianRows } from '../data.js';
import { expectWellFormed, recallOf } from './checks.js';
import type { ConnectedIndexContract, CuttableIndex, VectorIndexContract } from './contract.js';

const dimensions = 16;
const count = 200;
const queries = gaussianRows({ count: 4, dimensions, seed: 63 });
const keysOfBatch = (batch: number) => Uint32Array.from({ length: count }, (_, row) => 1000 * batch + row);
const first = gaussianRows({ count, dimensions, seed: 61 });
/** Other vectors of the very same numbers, so that a batch of them has the same number of bytes even as text. */
const second: Rows = { data: first.data.slice().reverse(), count };
const third: Rows = { data: first.data.map((_, i) => first.data[(i + 5) % first.data.length]!), count };

/** What a lost connection leaves behind, wherever it is lost. */
export function connectionPromises(
  { minimumRecall }: VectorIndexContract,
  connection: ConnectedIndexContract,
): ContractPromise[] {
  const withCuttable = async (body: (cuttable: CuttableIndex) => Promise<void>) => {
    const cuttable = await connection.create(dimensions);
    try {
      await body(cuttable);
    } finally {
      cuttable.restore();
      await cuttable.index.close();
    }
  };
  const unreachable = expect.stringMatching(/^INDEX_(CONNECTION_LOST|SERVER_UNREACHABLE)$/);

  const cuts: Record<string, [cut: (cuttable: CuttableIndex, bytes: number) => void, code: unknown]> = {
    'before a word of it is sent': [(cuttable) => cuttable.cutAfterSending(0), unreachable],
    'in the middle of it': [(cuttable, bytes) => cuttable.cutAfterSending(bytes >> 1), 'INDEX_CONNECTION_LOST'],
    'when all but the answer has passed': [
      (cuttable, bytes) => cuttable.cutBeforeAnswer(bytes),
      'INDEX_CONNECTION_LOST',
    ],
  };
  const promises = Object.entries(cuts).map(
    ([when, [cut, code]]): ContractPromise => ({
      title: `leaves no duplicates when an addition is tried again whose connection was lost ${when}`,
      body: () =>
        withCuttable(async (cuttable) => {
          const { index } = cuttable;
          await index.add(keysOfBatch(1), first); // whatever is sent only once
          const before = cuttable.sentBytes();
          await index.add(keysOfBatch(2), second);
          cut(cuttable, cuttable.sentBytes() - before);
          await expect(index.add(keysOfBatch(3), third)).rejects.toMatchObject({ code });
          cuttable.restore();
          await index.add(keysOfBatch(3), third);

          expect(index.size).toBe(3 * count);
          expectWellFormed(await index.search(queries, 5 * count), 3 * count);
          const keys = Uint32Array.of(...keysOfBatch(1), ...keysOfBatch(2), ...keysOfBatch(3));
          const data = Float32Array.of(...first.data, ...second.data, ...third.data);
          const found = await index.search(queries, 10);
          const recall = await recallOf(found, { keys, rows: { data, count: 3 * count } }, queries, 10);
          expect(recall).toBeGreaterThanOrEqual(minimumRecall);
          const again = index.add(keysOfBatch(3), third);
          await expect(again).rejects.toMatchObject({ code: 'INDEX_DUPLICATE_KEY' });
        }),
    }),
  );
  return [
    ...promises,
    {
      title: 'says that the connection is lost when it searches, and searches again when it is back',
      body: () =>
        withCuttable(async (cuttable) => {
          await cuttable.index.add(keysOfBatch(1), first);
          const before = await cuttable.index.search(queries, 10);
          cuttable.cutAfterSending(0);
          await expect(cuttable.index.search(queries, 10)).rejects.toMatchObject({ code: unreachable });
          cuttable.restore();
          expect(await cuttable.index.search(queries, 10)).toEqual(before);
        }),
    },
  ];
}
