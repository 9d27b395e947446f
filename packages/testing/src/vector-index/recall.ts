import type { Rows } from '@referent/core';
import { expect } from 'vitest';
import type { ContractPromise } from '../contract.js';
import { clusteredRows, gaussianRows, seededRandom, unitRows } from '../data.js';
import { expectWellFormed, recallOf, withIndex } from './checks.js';
import type { VectorIndexContract } from './contract.js';

const dimensions = 24;
const size = 900;

/** How much of the truth is found, on data with and without structure, of length 1 and not. */
export function recallPromises(contract: VectorIndexContract): ContractPromise[] {
  const clustered = { dimensions, seed: 11 };
  const cases: Record<string, [stored: Rows, queries: Rows]> = {
    'gaussian vectors': [
      gaussianRows({ count: size, dimensions, seed: 1 }),
      gaussianRows({ count: 20, dimensions, seed: 2 }),
    ],
    'clustered unit vectors': [
      unitRows(clusteredRows({ ...clustered, count: size })),
      unitRows(clusteredRows({ ...clustered, count: 20, sampleSeed: 12 })),
    ],
    'vectors of very different lengths': [
      stretched(clusteredRows({ ...clustered, count: size })),
      clusteredRows({ ...clustered, count: 20, sampleSeed: 12 }),
    ],
  };

  const promises = Object.entries(cases).map(
    ([what, [rows, queries]]): ContractPromise => ({
      title: `finds enough of the true top 10 among ${what}`,
      body: () =>
        withIndex(contract, dimensions, async (index) => {
          const keys = Uint32Array.from({ length: size }, (_, row) => row * 3 + 1);
          for (let from = 0; from < size; from += size / 3) {
            const to = from + size / 3;
            const data = rows.data.subarray(from * dimensions, to * dimensions);
            await index.add(keys.subarray(from, to), { data, count: to - from });
          }
          const found = await index.search(queries, 10);
          expectWellFormed(found, 10);
          const recall = await recallOf(found, { keys, rows }, queries, 10);
          expect(recall).toBeGreaterThanOrEqual(contract.minimumRecall);
        }),
    }),
  );

  for (const share of [0.01, 0.3, 0.9]) {
    promises.push({
      title: `finds enough of the true top 10 where ${share * 100} % of the keys are allowed`,
      body: () =>
        withIndex(contract, dimensions, async (index) => {
          const [rows, queries] = cases['gaussian vectors']!;
          const keys = Uint32Array.from({ length: size }, (_, row) => row);
          await index.add(keys, rows);
          const random = seededRandom(9);
          const allowed = keys.filter(() => random() < share);
          const found = await index.search(queries, 10, { keys: allowed });
          expectWellFormed(found, Math.min(10, allowed.length));
          const permitted = new Set(allowed);
          expect(found.every((hits) => hits.keys.every((key) => permitted.has(key)))).toBe(true);
          const recall = await recallOf(found, { keys, rows }, queries, 10, allowed);
          expect(recall).toBeGreaterThanOrEqual(contract.minimumRecall);
        }),
    });
  }
  return promises;
}

/** Lengths from a third to three times: what an encoder without normalization gives. */
function stretched({ data, count }: Rows): Rows {
  const random = seededRandom(13);
  const lengths = Array.from({ length: count }, () => 3 ** (2 * random() - 1));
  return { data: data.map((value, i) => value * lengths[Math.floor(i / dimensions)]!), count };
}
