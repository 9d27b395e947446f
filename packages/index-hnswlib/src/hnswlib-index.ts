import { setImmediate } from 'node:timers/promises';
import {
  type AsyncClosing,
  assertDistinct,
  assertK,
  assertRows,
  asyncClosing,
  createTurns,
  duplicateKeyError,
  indexClosedError,
  ReferentError,
  type Rows,
  type VectorIndex,
} from '@referent/core';
import { readIndexFile, writeIndexFile } from './index-file.js';
import { loadHnswlib } from './load-hnswlib.js';
import { createNativeIndex, loadNativeIndex, type NativeIndex } from './native-index.js';
import {
  type HnswlibIndexOptions,
  indexName,
  type OpenHnswlibIndexOptions,
  type Settings,
  settingsOf,
} from './options.js';
import { search } from './search.js';

/** An approximate index in memory that can forget and replace, and can be kept in a file. */
export type HnswlibIndex = VectorIndex & Required<Pick<VectorIndex, 'remove' | 'update' | 'save'>> & AsyncClosing;

/** hnswlib works on the thread that calls it: so many rows are added before others get their turn. */
const rowsBetweenPauses = 256;

/**
 * HNSW (Malkov and Yashunin 2016) over inner products of float32, by the authors' own library, hnswlib.
 * @throws `BACKEND_MISSING` hnswlib-node is not installed; `INDEX_INVALID_OPTIONS`
 */
export async function createHnswlibIndex(options: HnswlibIndexOptions): Promise<HnswlibIndex> {
  const settings = settingsOf(options);
  return hnswlibIndex(settings, createNativeIndex(await loadHnswlib(), settings));
}

/**
 * Opens what `save` wrote, after checking that it is whole and of these dimensions. Connectivity and `expansionAdd`
 * come from the file.
 * @throws `INDEX_FILE_MISSING`, `INDEX_CORRUPT_FILE` (truncated, changed or foreign), `INDEX_NEWER_FILE`,
 *   `INDEX_MISMATCH`, `INDEX_TEMPORARY_FILE`, `BACKEND_MISSING`, `INDEX_INVALID_OPTIONS`
 */
export async function openHnswlibIndex({ path, ...options }: OpenHnswlibIndexOptions): Promise<HnswlibIndex> {
  const settings = settingsOf(options);
  const hnswlib = await loadHnswlib();
  const native = await readIndexFile(path, settings, (copy, keys) => loadNativeIndex(hnswlib, settings, copy, keys));
  return hnswlibIndex(settings, native);
}

function hnswlibIndex(settings: Settings, opened: NativeIndex): HnswlibIndex {
  const { dimensions, expansionSearch } = settings;
  let native: NativeIndex | undefined = opened;
  /** Changes and saves run one after another; searches may run between their parts. */
  const inTurn = createTurns();

  const openIndex = (): NativeIndex => {
    if (!native) throw indexClosedError(index);
    return native;
  };
  /** A copy of the batch, once it is known to be good. */
  const checked = (keys: Uint32Array, rows: Rows) => {
    openIndex();
    assertRows(index, rows, keys);
    assertDistinct(keys);
    return { keys: keys.slice(), data: rows.data.slice() };
  };
  const reserve = (more: number) => {
    try {
      openIndex().reserve(more);
    } catch (cause) {
      throw new ReferentError('INDEX_ADD_FAILED', {
        what: `${indexName}: ${more} vectors could not be added; none of them is stored.`,
        ...(cause instanceof Error && { why: `${cause.message}.` }),
        fix: 'Most often there is too little memory: use @referent/index-usearch with a smaller quantization.',
        cause,
      });
    }
  };
  async function put(keys: Uint32Array, data: Float32Array, signal?: AbortSignal): Promise<void> {
    reserve(keys.length);
    for (let row = 0; row < keys.length; row++) {
      if (row > 0 && row % rowsBetweenPauses === 0) {
        await setImmediate();
        if (signal?.aborted) {
          for (const key of keys.subarray(0, row)) openIndex().delete(key);
          throw signal.reason;
        }
      }
      openIndex().put(keys[row]!, data.subarray(row * dimensions, (row + 1) * dimensions));
    }
  }

  const index = {
    name: indexName,
    dimensions,
    get size() {
      return native?.keys.size ?? 0;
    },

    async add(keys, rows, { signal } = {}) {
      const batch = checked(keys, rows);
      await inTurn(async () => {
        signal?.throwIfAborted();
        const stored = batch.keys.find((key) => openIndex().keys.has(key));
        if (stored !== undefined) throw duplicateKeyError(stored);
        await put(batch.keys, batch.data, signal);
      });
    },

    /** Cannot be taken back once it has begun, so that it is not stopped on its way. */
    async update(keys, rows, { signal } = {}) {
      const batch = checked(keys, rows);
      await inTurn(async () => {
        signal?.throwIfAborted();
        await put(batch.keys, batch.data);
      });
    },

    async search(queries, k, { keys, signal } = {}) {
      const current = openIndex();
      assertRows(index, queries);
      assertK(index, k);
      signal?.throwIfAborted();
      const own = { data: queries.data.slice(), count: queries.count };
      return search(current, own, { k, keys, expansionSearch, signal });
    },

    async remove(keys, { signal } = {}) {
      openIndex();
      const own = new Set(keys);
      return inTurn(async () => {
        const current = openIndex();
        signal?.throwIfAborted();
        const stored = [...own].filter((key) => current.keys.has(key));
        for (const key of stored) current.delete(key);
        return stored.length;
      });
    },

    async save(path, { signal } = {}) {
      openIndex();
      await inTurn(async () => {
        signal?.throwIfAborted();
        await writeIndexFile(path, openIndex(), settings);
      });
    },

    async close() {
      native = undefined; // hnswlib has no explicit release: it is freed with the object
    },
  } satisfies Omit<HnswlibIndex, keyof AsyncClosing>;
  return asyncClosing(index);
}
