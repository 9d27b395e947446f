import { ReferentError, type Rows, type VectorStore } from '@referent/core';

export interface MemoryVectorsOptions {
  readonly dimensions: number;
  /** Of the entities, as `createMemoryKnowledge` gives them. */
  readonly keys: Uint32Array;
  /** Row i is the vector of `keys[i]`. Kept, not copied. */
  readonly rows: Rows;
}

/** The vectors of a few entities, to be read by key. `read` throws `VECTORS_MISSING_KEY` for a key that has none. */
export function createMemoryVectors({ dimensions, keys, rows }: MemoryVectorsOptions): VectorStore {
  const placeOf = new Map(Array.from(keys, (key, place) => [key, place]));
  return {
    dimensions,
    async read(asked) {
      const data = new Float32Array(asked.length * dimensions); // [N, D]
      asked.forEach((key, i) => {
        const place = placeOf.get(key);
        if (place === undefined) {
          throw new ReferentError('VECTORS_MISSING_KEY', { what: `Key ${key} has no vector.`, details: { key } });
        }
        data.set(rows.data.subarray(place * dimensions, (place + 1) * dimensions), i * dimensions);
      });
      return { data, count: asked.length };
    },
  };
}
