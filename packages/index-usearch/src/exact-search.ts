import type { Hits, Rows } from '@referent/core';
import type { Usearch } from './load-usearch.js';

/** Rows that are compared at once: bounds the memory, which is 16 bytes per row and query. */
const blockRows = 2048;
const blockQueries = 128;

export interface ExactSearch {
  readonly queries: Rows;
  readonly k: number;
  /** The keys to choose from, each once. */
  readonly keys: Uint32Array;
  /** Full or decoded vectors, in the order of the keys. */
  readRows(keys: Uint32Array): Promise<Rows>;
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
}

/** The best of some keys by comparing all of them, block by block. Ties: the smaller key first. */
export async function exactSearch(
  { exactSearch: native, MetricKind, BatchMatches }: Usearch,
  { queries, k, keys, readRows, threads, signal }: ExactSearch,
): Promise<Hits[]> {
  const dimensions = queries.data.length / queries.count;
  const best: Scored[][] = Array.from({ length: queries.count }, () => []);
  for (let from = 0; from < keys.length; from += blockRows) {
    signal?.throwIfAborted();
    const blockKeys = keys.subarray(from, from + blockRows);
    const rows = ownMemory((await readRows(blockKeys)).data);
    const wanted = Math.min(k, blockKeys.length);
    for (let first = 0; first < queries.count; first += blockQueries) {
      const count = Math.min(blockQueries, queries.count - first);
      const some = ownMemory(queries.data.subarray(first * dimensions, (first + count) * dimensions));
      const found = native(rows, some, dimensions, wanted, MetricKind.IP, threads);
      for (let query = 0; query < count; query++) {
        const matches = found instanceof BatchMatches ? found.get(query) : found;
        const scored = Array.from(matches.keys, (row, rank) => ({
          key: blockKeys[Number(row)]!,
          score: 1 - matches.distances[rank]!,
        }));
        best[first + query] = topOf([...best[first + query]!, ...scored], k);
      }
    }
  }
  return best.map(toHits);
}

export interface Scored {
  readonly key: number;
  readonly score: number;
}

/** Scores hits again from full vectors, read once for all queries, and keeps the best `k` of each. */
export function rescored(
  queries: Rows,
  hits: readonly Hits[],
  vectors: ReadonlyMap<number, Float32Array>,
  k: number,
): Hits[] {
  const dimensions = queries.data.length / queries.count;
  return hits.map(({ keys }, row) => {
    const query = queries.data.subarray(row * dimensions, (row + 1) * dimensions);
    const scored = Array.from(keys, (key) => ({ key, score: dot(query, vectors.get(key)!) }));
    return toHits(topOf(scored, k));
  });
}

export function topOf(scored: Scored[], k: number): Scored[] {
  return scored.sort((a, b) => b.score - a.score || a.key - b.key).slice(0, k);
}

export function toHits(scored: readonly Scored[]): Hits {
  return {
    keys: Uint32Array.from(scored, ({ key }) => key),
    scores: Float32Array.from(scored, ({ score }) => score),
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
}

/** usearch's exact search reads a typed array's whole buffer from its beginning, wherever the array starts in it. */
function ownMemory(data: Float32Array): Float32Array {
  return data.byteLength === data.buffer.byteLength ? data : data.slice();
}
