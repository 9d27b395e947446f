import type { Hits, Rows, VectorIndex } from '@referent/core';
import { expect } from 'vitest';
import { createReferenceIndex } from '../reference-index.js';
import type { VectorIndexContract } from './contract.js';

/** Keys and scores of one answer, best first. */
export type ExpectedHits = readonly (readonly [key: number, score: number])[];

export const keysOf = (...keys: readonly number[]): Uint32Array => Uint32Array.from(keys);

/** Runs `body` on a new index and closes it, whatever happens. */
export async function withIndex(
  contract: VectorIndexContract,
  dimensions: number,
  body: (index: VectorIndex) => Promise<void>,
): Promise<void> {
  const index = await contract.create(dimensions);
  try {
    await body(index);
  } finally {
    await index.close();
  }
}

/** The keys must be equal and in order, the scores equal to a part of `size`, the largest |query| |vector| there is. */
export function expectHits(
  { scoreTolerance = 1e-5 }: VectorIndexContract,
  found: readonly Hits[],
  expected: readonly ExpectedHits[],
  size = 1,
): void {
  expect(found.map(({ keys }) => [...keys])).toEqual(expected.map((hits) => hits.map(([key]) => key)));
  found.forEach(({ keys, scores }, query) => {
    expect(keys).toBeInstanceOf(Uint32Array);
    expect(scores).toBeInstanceOf(Float32Array);
    expect(scores.length).toBe(keys.length);
    scores.forEach((score, rank) => {
      expect(Math.abs(score - expected[query]![rank]![1])).toBeLessThanOrEqual(scoreTolerance * Math.max(1, size));
    });
  });
}

/** Keys once each, scores finite and never rising. */
export function expectWellFormed(found: readonly Hits[], length: number): void {
  for (const { keys, scores } of found) {
    expect(keys.length).toBe(length);
    expect(scores.length).toBe(length);
    expect(new Set(keys).size).toBe(length);
    expect(scores.every(Number.isFinite)).toBe(true);
    expect(scores.every((score, rank) => rank === 0 || score <= scores[rank - 1]!)).toBe(true);
  }
}

export interface Stored {
  readonly keys: Uint32Array;
  readonly rows: Rows;
}

/** How much of the true top k was found, from 0 to 1; the truth comes from the reference index. */
export async function recallOf(
  found: readonly Hits[],
  stored: Stored,
  queries: Rows,
  k: number,
  allowed?: Uint32Array,
): Promise<number> {
  const reference = createReferenceIndex({ dimensions: queries.data.length / queries.count });
  await reference.add(stored.keys, stored.rows);
  const truth = await reference.search(queries, k, { keys: allowed });
  let shared = 0;
  let wanted = 0;
  truth.forEach(({ keys }, query) => {
    const right = new Set(keys);
    wanted += right.size;
    shared += [...(found[query]?.keys ?? [])].filter((key) => right.has(key)).length;
  });
  return shared / wanted;
}
