import type { VectorIndex } from '@referent/core';
import { createExactStorage, type ExactIndexOptions, exactIndexOver } from './exact-index.js';
import { readIndexFile, writeIndexFile } from './index-file.js';
import type { RowStorage } from './row-storage.js';

export type { ExactIndexOptions } from './exact-index.js';

/** An exact index that can forget and can be kept in a file. */
export type SavableExactIndex = VectorIndex & Required<Pick<VectorIndex, 'remove' | 'save'>>;

export interface OpenExactIndexOptions {
  readonly path: string;
  /** Refuse a file whose vectors have another length. @default whatever the file has */
  readonly dimensions?: number;
}

/**
 * `createExactIndex` of the main entry, with `save`.
 * @throws `INDEX_INVALID_OPTIONS` dimensions are not a positive integer
 */
export function createExactIndex({ dimensions }: ExactIndexOptions): SavableExactIndex {
  return savable(createExactStorage(dimensions));
}

/**
 * Opens what `save` wrote and checks every byte of it. The whole index is read into memory.
 * @throws `INDEX_FILE_MISSING`, `INDEX_CORRUPT_FILE` (truncated, changed or foreign), `INDEX_NEWER_FILE`,
 *   `INDEX_MISMATCH` (other dimensions)
 */
export async function openExactIndex({ path, dimensions }: OpenExactIndexOptions): Promise<SavableExactIndex> {
  return savable(await readIndexFile(path, dimensions, createExactStorage));
}

function savable(storage: RowStorage): SavableExactIndex {
  return Object.assign(exactIndexOver(storage), {
    async save(path: string) {
      storage.assertOpen();
      await storage.read((snapshot) => writeIndexFile(path, storage.dimensions, snapshot));
    },
  });
}
