import {
  type AsyncClosing,
  assertDistinct,
  assertK,
  assertRows,
  asyncClosing,
  indexClosedError,
  ReferentError,
  type Rows,
  type VectorIndex,
  type WorkOptions,
} from '@referent/core';
import { assertOptions, createExactSearch, indexName } from './exact-index.js';
import { createFileSource } from './file-source.js';
import { openIndexFile, openIndexFileWriter } from './index-file.js';
import type { MatrixProduct } from './matrix-product.js';
import { assertEncodable, type RowFormat, rowCodecs } from './row-format.js';

export interface SearchExactFileOptions {
  readonly path: string;
  /** Refuse a file whose vectors have another length. @default whatever the file has */
  readonly dimensions?: number;
  /** Refuse a file of another format. @default whatever the file has */
  readonly quantization?: RowFormat;
  readonly product?: MatrixProduct | undefined;
  /** Compare the checksum of the whole file first. @default false */
  readonly verify?: boolean;
}

/**
 * Searches a file without reading it into memory: block by block, twice 4 * 1024 * dimensions bytes per search. Many
 * queries at a time cost hardly more than one. Read-only: `add` throws `INDEX_READ_ONLY`.
 * @throws as `openExactIndex`
 */
export async function searchExactFile({
  path,
  dimensions: expected,
  quantization,
  product,
  verify = false,
}: SearchExactFileOptions): Promise<VectorIndex & AsyncClosing> {
  const { file, header } = await openIndexFile(path, { dimensions: expected, quantization }, verify);
  const { dimensions, count } = header;
  const source = createFileSource(file, header);
  const compare = createExactSearch(dimensions, product);
  const readers = new Set<Promise<unknown>>();
  let isClosed = false;
  const assertOpen = () => {
    if (isClosed) throw indexClosedError(index);
  };

  const index: VectorIndex = {
    name: indexName,
    dimensions,
    get size() {
      return isClosed ? 0 : count;
    },

    async add() {
      assertOpen();
      throw new ReferentError('INDEX_READ_ONLY', {
        what: `${indexName}: an index that is searched in its file cannot be changed.`,
        fix: 'Open it with `openExactIndex`, which reads it into memory, or write a new file.',
      });
    },

    async search(queries, k, { keys, signal } = {}) {
      assertOpen();
      assertRows(index, queries);
      assertK(index, k);
      signal?.throwIfAborted();
      const own = { data: queries.data.slice(), count: queries.count };
      const searching = (async () => {
        const slots = keys && (await source.slotsOf(keys));
        return compare(source, own, k, slots, signal);
      })();
      readers.add(searching);
      try {
        return await searching;
      } finally {
        readers.delete(searching);
      }
    },

    async close() {
      if (isClosed) return;
      isClosed = true;
      await Promise.allSettled(readers);
      await file.close();
    },
  };
  return asyncClosing(index);
}

/** Vectors with their keys, part by part. */
export interface KeyedRows {
  readonly keys: Uint32Array;
  readonly rows: Rows;
}

export interface WriteExactFileOptions extends Pick<WorkOptions, 'signal'> {
  readonly path: string;
  readonly dimensions: number;
  /** @default 'f32' */
  readonly quantization?: RowFormat;
  readonly parts: AsyncIterable<KeyedRows> | Iterable<KeyedRows>;
}

/**
 * Writes a file for `searchExactFile` or `openExactIndex` while the vectors stream by: only their keys are kept in
 * memory. Atomic, as `save`. Returns how many were written.
 * @throws `INDEX_INVALID_VECTORS`, `INDEX_DUPLICATE_KEY`, `INDEX_NOT_QUANTIZABLE`, `INDEX_SAVE_FAILED`, `INDEX_INVALID_OPTIONS`
 */
export async function writeExactFile({
  path,
  dimensions,
  quantization = 'f32',
  parts,
  signal,
}: WriteExactFileOptions): Promise<number> {
  assertOptions(dimensions, quantization);
  const codec = rowCodecs[quantization];
  const writer = await openIndexFileWriter(path, dimensions, codec);
  try {
    const written: Uint32Array[] = [];
    for await (const { keys, rows } of parts) {
      signal?.throwIfAborted();
      assertRows({ name: indexName, dimensions }, rows, keys);
      assertEncodable(indexName, rows.data, dimensions, quantization);
      const values = codec.allocate(rows.data.length);
      const scales = Float32Array.from({ length: rows.count }, (_, row) =>
        codec.encode(rows.data.subarray(row * dimensions, (row + 1) * dimensions), values, row * dimensions),
      );
      await writer.append(keys, values, scales);
      written.push(keys.slice());
    }
    const count = assertAllDistinct(written);
    await writer.finish();
    return count;
  } finally {
    await writer.abandon();
  }
}

/** Over millions of keys, by sorting: a set of them would take ten times the memory. */
function assertAllDistinct(parts: readonly Uint32Array[]): number {
  const all = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  all.sort();
  const again = all.findIndex((key, i) => i > 0 && key === all[i - 1]);
  if (again >= 0) assertDistinct(all.subarray(again - 1, again + 1));
  return all.length;
}
