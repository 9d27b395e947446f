import {
  assertDistinct,
  assertK,
  assertRows,
  duplicateKeyError,
  type Hits,
  indexClosedError,
  type Rows,
  type VectorIndex,
} from '@referent/core';

/**
 * The slowest right index: a map of vectors, every score computed in double precision, everything sorted.
 * The twin that fast indexes are compared with. Ties: the smaller key first.
 */
export function createReferenceIndex({ dimensions }: { readonly dimensions: number }): VectorIndex {
  const vectors = new Map<number, Float32Array>();
  let closed = false;
  const assertOpen = () => {
    if (closed) throw indexClosedError(index);
  };

  const store = (keys: Uint32Array, rows: Rows) => {
    keys.forEach((key, row) => {
      vectors.set(key, rows.data.slice(row * dimensions, (row + 1) * dimensions));
    });
  };

  const index = {
    name: 'reference',
    dimensions,
    get size() {
      return vectors.size;
    },

    async add(keys, rows, { signal } = {}) {
      assertOpen();
      assertRows(index, rows, keys);
      assertDistinct(keys);
      for (const key of keys) if (vectors.has(key)) throw duplicateKeyError(key);
      signal?.throwIfAborted();
      store(keys, rows);
    },

    async search(queries, k, { keys, signal } = {}) {
      assertOpen();
      assertRows(index, queries);
      assertK(index, k);
      signal?.throwIfAborted();
      const allowed = [...new Set(keys ?? vectors.keys())].filter((key) => vectors.has(key));
      return Array.from({ length: queries.count }, (_, row): Hits => {
        const query = queries.data.subarray(row * dimensions, (row + 1) * dimensions);
        const scored = allowed.map((key) => ({ key, score: dot(query, vectors.get(key)!) }));
        const best = scored.sort((a, b) => b.score - a.score || a.key - b.key).slice(0, k);
        return {
          keys: Uint32Array.from(best, (hit) => hit.key),
          scores: Float32Array.from(best, (hit) => hit.score),
        };
      });
    },

    async update(keys, rows, { signal } = {}) {
      assertOpen();
      assertRows(index, rows, keys);
      assertDistinct(keys);
      signal?.throwIfAborted();
      store(keys, rows);
    },

    async remove(keys, { signal } = {}) {
      assertOpen();
      signal?.throwIfAborted();
      return keys.reduce((removed, key) => removed + Number(vectors.delete(key)), 0);
    },

    async close() {
      closed = true;
      vectors.clear();
    },
  } satisfies VectorIndex;
  return index;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, d) => sum + value * b[d]!, 0);
}
