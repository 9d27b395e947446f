import { assertK, assertRows, ReferentError, type VectorIndex } from '@referent/core';
import { createDotKernel, type DotKernel } from './dot-kernel.js';
import { createRowStorage, type RowStorage } from './row-storage.js';
import { scan } from './scan.js';

export interface ExactIndexOptions {
  /** Length of every vector. */
  readonly dimensions: number;
}

/** An index that can forget. */
export type ExactIndex = VectorIndex & Required<Pick<VectorIndex, 'remove'>>;

const indexName = 'exact';

/**
 * Brute force over typed arrays: always right, fast enough up to some 100,000 vectors, and the truth that
 * approximate indexes are measured by. Ties are ordered by key. Keeps everything in memory; `@referent/index-exact/node`
 * has the same function with `save`.
 * @throws `INDEX_INVALID_OPTIONS` dimensions are not a positive integer
 */
export function createExactIndex({ dimensions }: ExactIndexOptions): ExactIndex {
  return exactIndexOver(createExactStorage(dimensions));
}

export function createExactStorage(dimensions: number): RowStorage {
  if (Number.isInteger(dimensions) && dimensions > 0) return createRowStorage(indexName, dimensions);
  throw new ReferentError('INDEX_INVALID_OPTIONS', {
    what: `${indexName}: dimensions must be a positive integer, got ${dimensions}.`,
  });
}

/** The index as a view of its storage. */
export function exactIndexOver(storage: RowStorage): ExactIndex {
  let kernel: DotKernel | undefined;
  const index = {
    name: indexName,
    dimensions: storage.dimensions,
    get size() {
      return storage.size;
    },

    async add(keys, rows) {
      storage.assertOpen();
      assertRows(index, rows, keys);
      storage.append(keys, rows);
    },

    async search(queries, k, { keys, signal } = {}) {
      storage.assertOpen();
      assertRows(index, queries);
      assertK(index, k);
      signal?.throwIfAborted();
      const slots = keys && storage.slotsOf(keys);
      kernel ??= createDotKernel(storage.dimensions);
      const dots = kernel;
      return storage.read((snapshot) => scan(dots, snapshot, queries, k, slots, signal));
    },

    async remove(keys) {
      storage.assertOpen();
      return storage.remove(keys);
    },

    async close() {
      storage.close();
    },
  } satisfies VectorIndex;
  return index;
}
