import { assertKnownOptions, type VectorIndex } from '@referent/core';
import {
  createExactStorage,
  type ExactIndex,
  type ExactIndexOptions,
  exactIndexOptions,
  exactIndexOver,
} from './exact-index.js';
import { openIndexFile, openIndexFileWriter, partsOf, readAt } from './index-file.js';
import type { MatrixProduct } from './matrix-product.js';
import { type RowFormat, rowCodecs } from './row-format.js';
import { blockRows } from './row-source.js';
import type { RowStorage } from './row-storage.js';

export type { KeyedRows, SearchExactFileOptions, WriteExactFileOptions } from './exact-file.js';
export { searchExactFile, writeExactFile } from './exact-file.js';
export type { ExactIndexOptions } from './exact-index.js';
export type { RowFormat } from './row-format.js';

/** An exact index that can be kept in a file. */
export type SavableExactIndex = ExactIndex & Required<Pick<VectorIndex, 'save'>>;

export interface OpenExactIndexOptions {
  readonly path: string;
  /** Refuse a file whose vectors have another length. @default whatever the file has */
  readonly dimensions?: number;
  /** Refuse a file of another format. @default whatever the file has */
  readonly quantization?: RowFormat;
  readonly product?: MatrixProduct | undefined;
}

/**
 * `createExactIndex` of the main entry, with `save`.
 * @throws `INDEX_INVALID_OPTIONS` dimensions are not a positive integer, or an unknown quantization
 */
export function createExactIndex({
  dimensions,
  quantization = 'f32',
  product,
  ...unknown
}: ExactIndexOptions): SavableExactIndex {
  assertKnownOptions('createExactIndex', unknown, exactIndexOptions);
  return savable(createExactStorage(dimensions, quantization), product);
}

/**
 * Opens what `save` wrote and checks every byte of it. The whole index is read into memory; `searchExactFile` leaves
 * it on the disk.
 * @throws `INDEX_FILE_MISSING`, `INDEX_CORRUPT_FILE` (truncated, changed or foreign), `INDEX_NEWER_FILE`,
 *   `INDEX_MISMATCH` (other dimensions or another quantization)
 */
export async function openExactIndex({
  path,
  dimensions,
  quantization,
  product,
  ...unknown
}: OpenExactIndexOptions): Promise<SavableExactIndex> {
  assertKnownOptions('openExactIndex', unknown, ['path', ...exactIndexOptions]);
  const { file, header } = await openIndexFile(path, { dimensions, quantization }, true);
  try {
    const { codec, count } = header;
    const parts = partsOf(header);
    const storage = createExactStorage(header.dimensions, codec.format);
    for (let from = 0; from < count; from += blockRows) {
      const length = Math.min(blockRows, count - from);
      const rows = await readAt(file, parts.rows + from * parts.rowBytes, length * parts.rowBytes);
      const scales = codec.hasScales ? await readAt(file, parts.scales + from * 4, length * 4) : Buffer.alloc(0);
      const keys = await readAt(file, parts.keys + from * 4, length * 4);
      storage.restore(
        new Uint32Array(keys.buffer, keys.byteOffset, length),
        codec.view(rows.buffer as ArrayBuffer, rows.byteOffset, length * header.dimensions),
        new Float32Array(scales.buffer, scales.byteOffset, scales.length / 4),
      );
    }
    return savable(storage, product);
  } finally {
    await file.close();
  }
}

function savable(storage: RowStorage, product: MatrixProduct | undefined): SavableExactIndex {
  return Object.assign(exactIndexOver(storage, product), {
    async save(path: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}) {
      storage.assertOpen();
      signal?.throwIfAborted();
      await storage.read(async ({ count, keys, blocks }) => {
        const writer = await openIndexFileWriter(path, storage.dimensions, rowCodecs[storage.format]);
        try {
          for (let from = 0; from < count; from += blockRows) {
            signal?.throwIfAborted();
            const length = Math.min(blockRows, count - from);
            const { values, scales } = blocks[from / blockRows]!;
            const rows = values.subarray(0, length * storage.dimensions);
            await writer.append(keys.subarray(from, from + length), rows, scales.subarray(0, length));
          }
          await writer.finish();
        } finally {
          await writer.abandon();
        }
      });
    },
  });
}
