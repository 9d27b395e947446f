import type { Hits, Rows, VectorStore } from '@referent/core';
import { clusteredRows } from '@referent/testing';
import { describe, expect, it } from 'vitest';
import { rescoring } from './search.js';

const dimensions = 7; // odd: values are taken by twos
const size = 500;
const { data: stored } = clusteredRows({ dimensions, clusters: 9, seed: 1, count: size });

/** Row i is the vector of key 2 i. Uses the memory that it is given, after giving others their turn. */
function storeOf(isReusing: boolean): VectorStore {
  return {
    dimensions,
    async read(keys, { into } = {}) {
      const length = keys.length * dimensions;
      const data = isReusing && into ? into.subarray(0, length) : new Float32Array(length);
      keys.forEach((key, at) => {
        data.set(stored.subarray((key / 2) * dimensions, (key / 2 + 1) * dimensions), at * dimensions);
      });
      return { data, count: keys.length };
    },
  };
}

/** The slow twin: one product after another, all of them sorted. */
function expected({ data, count }: Rows, found: readonly Hits[], k: number): [number, number][][] {
  return Array.from({ length: count }, (_, query) => {
    const scored = Array.from(found[query]!.keys, (key): [number, number] => {
      let score = 0;
      for (let d = 0; d < dimensions; d++) score += data[query * dimensions + d]! * stored[(key / 2) * dimensions + d]!;
      return [key, score];
    });
    return scored.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, k);
  });
}

function check(hits: readonly Hits[], wanted: readonly [number, number][][]): void {
  expect(hits).toHaveLength(wanted.length);
  hits.forEach(({ keys, scores }, query) => {
    expect([...keys]).toEqual(wanted[query]!.map(([key]) => key));
    scores.forEach((score, rank) => {
      expect(score).toBeCloseTo(wanted[query]![rank]![1], 5);
    });
  });
}

const asked = (count: number, each: number, seed: number) => ({
  queries: clusteredRows({ dimensions, clusters: 9, seed: 1, sampleSeed: seed, count }),
  found: Array.from({ length: count }, (_, query) => ({
    keys: Uint32Array.from({ length: each + (query % 2) }, (_, at) => ((query * 31 + at * 7) % size) * 2),
    scores: new Float32Array(each + (query % 2)),
  })),
});

describe('re-scoring', () => {
  const of = (rescore: VectorStore) => rescoring({ dimensions, rescore, oversampling: 1 });

  it.each([
    ['one query', 1, 20],
    ['one query with one hit', 1, 1],
    ['several', 5, 33],
    ['more than are read at once', 60, 200],
    ['without hits', 3, 0],
  ])('gives the exact scores and order of %s, whether or not memory is used again', async (_, count, each) => {
    const { queries, found } = asked(count, each, 2);
    for (const isReusing of [true, false]) {
      const { withScores } = of(storeOf(isReusing));
      for (const k of [1, 10, 1000]) check(await withScores(queries, found, k), expected(queries, found, k));
    }
  });

  it('keeps searches apart that run side by side', async () => {
    const { withScores } = of(storeOf(true));
    const all = [3, 4, 5, 6].map((seed) => asked(seed, 40, seed));
    const answers = await Promise.all(all.map(({ queries, found }) => withScores(queries, found, 5)));
    answers.forEach((hits, at) => {
      check(hits, expected(all[at]!.queries, all[at]!.found, 5));
    });
  });

  it('stops between two readings', async () => {
    const { queries, found } = asked(60, 200, 2);
    const controller = new AbortController();
    const stopped = of(storeOf(true)).withScores(queries, found, 5, controller.signal);
    controller.abort(new Error('enough'));
    await expect(stopped).rejects.toThrow('enough');
  });
});
