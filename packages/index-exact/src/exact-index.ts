import {
  type AsyncClosing,
  assertDistinct,
  assertK,
  assertKnownOptions,
  assertRows,
  asyncClosing,
  type Hits,
  ReferentError,
  type Rows,
  type VectorIndex,
} from '@referent/core';
import { createDotKernel, type DotKernel } from './dot-kernel.js';
import type { MatrixProduct } from './matrix-product.js';
import { assertEncodable, type RowFormat, rowFormats } from './row-format.js';
import type { RowSource } from './row-source.js';
import { createRowStorage, type RowStorage } from './row-storage.js';
import { byKernel, byProduct, fewestProductQueries, scan } from './scan.js';

export interface ExactIndexOptions {
  /** Length of every vector. */
  readonly dimensions: number;
  /** How vectors are kept: `f16` and `i8` take a half and a quarter of the memory; scores come from what is kept. @default 'f32' */
  readonly quantization?: RowFormat;
  /** An engine's product of matrices, for batches of queries: see `createMatrixProduct`. @default SIMD or plain JavaScript */
  readonly product?: MatrixProduct | undefined;
}

/** An index that can forget and replace. */
export type ExactIndex = VectorIndex & Required<Pick<VectorIndex, 'remove' | 'update'>> & AsyncClosing;

export const indexName = 'exact';
export const exactIndexOptions = ['dimensions', 'quantization', 'product'];

/**
 * Brute force over typed arrays: always right, fast enough up to some 100,000 vectors, and the truth that
 * approximate indexes are measured by. Ties are ordered by key. Keeps everything in memory; `@referent/index-exact/node`
 * has the same function with `save`, and searches files.
 * @throws `INDEX_INVALID_OPTIONS` dimensions are not a positive integer, or an unknown quantization
 */
export function createExactIndex({
  dimensions,
  quantization = 'f32',
  product,
  ...unknown
}: ExactIndexOptions): ExactIndex {
  assertKnownOptions('createExactIndex', unknown, exactIndexOptions);
  return exactIndexOver(createExactStorage(dimensions, quantization), product);
}

export function createExactStorage(dimensions: number, format: RowFormat): RowStorage {
  assertOptions(dimensions, format);
  return createRowStorage(indexName, dimensions, format);
}

/** @throws `INDEX_INVALID_OPTIONS` */
export function assertOptions(dimensions: number, format: RowFormat): void {
  if (!Number.isInteger(dimensions) || dimensions <= 0) {
    throw new ReferentError('INDEX_INVALID_OPTIONS', {
      what: `${indexName}: dimensions must be a positive integer, got ${dimensions}.`,
    });
  }
  if (!rowFormats.includes(format)) {
    throw new ReferentError('INDEX_INVALID_OPTIONS', {
      what: `${indexName}: quantization must be one of ${rowFormats.join(', ')}, got ${format}.`,
    });
  }
}

/** Compares queries with the rows of a source, by whatever is fastest for so many. */
export type ExactSearch = (
  source: RowSource,
  queries: Rows,
  k: number,
  slots: Uint32Array | undefined,
  signal: AbortSignal | undefined,
) => Promise<Hits[]>;

export function createExactSearch(dimensions: number, product: MatrixProduct | undefined): ExactSearch {
  let kernel: DotKernel | undefined;
  return (source, queries, k, slots, signal) => {
    kernel ??= createDotKernel(dimensions);
    const useProduct = product && queries.count >= fewestProductQueries;
    const compare = useProduct ? byProduct(product, queries) : byKernel(kernel, queries);
    return scan(compare, source, queries.count, k, slots, signal);
  };
}

/** The index as a view of its storage. */
export function exactIndexOver(storage: RowStorage, product?: MatrixProduct): ExactIndex {
  const { dimensions, format } = storage;
  const search = createExactSearch(dimensions, product);
  const assertBatch = (keys: Uint32Array, rows: Rows) => {
    storage.assertOpen();
    assertRows(index, rows, keys);
    assertEncodable(indexName, rows.data, dimensions, format);
    assertDistinct(keys);
  };
  const index = {
    name: indexName,
    dimensions,
    get size() {
      return storage.size;
    },

    async add(keys, rows, { signal } = {}) {
      assertBatch(keys, rows);
      signal?.throwIfAborted();
      storage.append(keys, rows);
    },

    async update(keys, rows, { signal } = {}) {
      assertBatch(keys, rows);
      await storage.replace(keys.slice(), { data: rows.data.slice(), count: rows.count }, signal);
    },

    async search(queries, k, { keys, signal } = {}) {
      storage.assertOpen();
      assertRows(index, queries);
      assertK(index, k);
      signal?.throwIfAborted();
      const slots = keys && storage.slotsOf(keys);
      return storage.read((snapshot) => search(snapshot, queries, k, slots, signal));
    },

    async remove(keys, { signal } = {}) {
      storage.assertOpen();
      return storage.remove(keys.slice(), signal);
    },

    async close() {
      storage.close();
    },
  } satisfies VectorIndex;
  return asyncClosing(index);
}
