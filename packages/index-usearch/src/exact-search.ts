import type { Hits, Rows } from '@referent/core';
import type { Usearch } from './load-usearch.js';
import { placeOf } from './place-of.js';

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

/**
 * Scores hits again from full vectors, and keeps the best `k` of each.
 * @param keys of all hits, each once, ascending
 * @param vectors of these keys // [keys, dimensions]
 */
export function rescored(
  queries: Rows,
  hits: readonly Hits[],
  keys: Uint32Array,
  vectors: Float32Array,
  k: number,
): Hits[] {
  const dimensions = queries.data.length / queries.count;
  return hits.map((found, query) => {
    // One query's hits are all there is, in another order; of many queries, each has some of them.
    const own = queries.count > 1 ? found.keys : keys;
    const rows = queries.count > 1 ? own.map((key) => placeOf(key, keys)) : undefined;
    const scores = dots(queries.data.subarray(query * dimensions, (query + 1) * dimensions), vectors, own.length, rows);
    const order = Uint32Array.from(own.keys());
    order.sort((a, b) => scores[b]! - scores[a]! || own[a]! - own[b]!);
    const best = order.subarray(0, k);
    return { keys: best.map((at) => own[at]!), scores: Float32Array.from(best, (at) => scores[at]!) };
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

/**
 * Of a vector with rows: the first `count`, or these. Two rows at a time with two sums each: one sum alone waits for
 * itself, and what is read of the vector serves twice.
 */
function dots(vector: Float32Array, data: Float32Array, count: number, rows?: Uint32Array): Float64Array {
  const dimensions = vector.length;
  const products = new Float64Array(count);
  for (let at = 0; at < count; at += 2) {
    const first = (rows?.[at] ?? at) * dimensions;
    const isLast = at + 1 === count;
    const second = isLast ? first : (rows?.[at + 1] ?? at + 1) * dimensions;
    let [one, two, three, four] = [0, 0, 0, 0];
    let d = 0;
    for (; d + 1 < dimensions; d += 2) {
      const [even, odd] = [vector[d]!, vector[d + 1]!];
      one += even * data[first + d]!;
      two += odd * data[first + d + 1]!;
      three += even * data[second + d]!;
      four += odd * data[second + d + 1]!;
    }
    if (d < dimensions) {
      one += vector[d]! * data[first + d]!;
      three += vector[d]! * data[second + d]!;
    }
    products[at] = one + two;
    if (!isLast) products[at + 1] = three + four;
  }
  return products;
}

/** usearch's exact search reads a typed array's whole buffer from its beginning, wherever the array starts in it. */
function ownMemory(data: Float32Array): Float32Array {
  return data.byteLength === data.buffer.byteLength ? data : data.slice();
}
