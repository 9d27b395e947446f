import type { Hits, Rows, VectorIndex } from '@referent/core';

export interface IndexMeasurement {
  /** Of the true best k, the share that was found. */
  readonly recall: number;
  /** All queries in one call, on all cores. */
  readonly queriesPerSecond: number;
  /** One query at a time, in milliseconds. */
  readonly median: number;
  readonly p99: number;
}

/** So many queries are asked one at a time: enough for a 99th percentile. */
const singleQueries = 300;

/** @param truth the right answer to each query */
export async function measureIndex(
  index: VectorIndex,
  queries: Rows,
  truth: readonly Hits[],
  k: number,
  signal: AbortSignal | undefined,
): Promise<IndexMeasurement> {
  await index.search(queries, k, { signal }); // what is read from the disk is read now
  const started = performance.now();
  const found = await index.search(queries, k, { signal });
  const seconds = (performance.now() - started) / 1000;

  const { dimensions } = index;
  const times: number[] = [];
  for (let query = 0; query < Math.min(singleQueries, queries.count); query++) {
    const data = queries.data.slice(query * dimensions, (query + 1) * dimensions);
    const before = performance.now();
    await index.search({ data, count: 1 }, k, { signal });
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);

  const wanted = truth.reduce((sum, { keys }) => sum + keys.length, 0);
  const shared = found.reduce((sum, hits, query) => sum + rightOf(hits, truth[query]!), 0);
  return {
    recall: wanted === 0 ? 1 : shared / wanted,
    queriesPerSecond: queries.count / seconds,
    median: times[Math.floor(times.length / 2)] ?? 0,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
  };
}

/** Entities with equal vectors are as right as each other: what scores as well as the last of the truth counts. */
function rightOf({ keys, scores }: Hits, truth: Hits): number {
  const right = new Set(truth.keys);
  const last = truth.scores.at(-1) ?? Number.POSITIVE_INFINITY;
  const least = last - 1e-6 * Math.abs(last);
  return keys.reduce((count, key, rank) => count + Number(right.has(key) || scores[rank]! >= least), 0);
}
