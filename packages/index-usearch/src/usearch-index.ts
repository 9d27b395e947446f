import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import {
  type AsyncClosing,
  assertDistinct,
  assertK,
  assertRows,
  asyncClosing,
  createTurns,
  duplicateKeyError,
  type Hits,
  indexClosedError,
  indexFileErrors,
  ReferentError,
  type Rows,
  type SearchOptions,
  type VectorIndex,
} from '@referent/core';
import { checkIndexFile, writeIndexFile } from './index-file.js';
import { loadUsearch, type Usearch } from './load-usearch.js';
import { createNativeIndex, type NativeIndex } from './native-index.js';
import { indexName, type OpenUsearchOptions, type Settings, settingsOf, type UsearchOptions } from './options.js';
import { assertQuantizable } from './quantizable.js';
import { createSearch } from './search.js';
import { createSnapshot, type Snapshot } from './snapshot.js';

/** An approximate index that can forget and replace, and can be kept in a file. */
export type UsearchIndex = VectorIndex &
  Required<Pick<VectorIndex, 'remove' | 'update' | 'save'>> &
  AsyncClosing & {
    /** Of each key, whether it is stored. */
    contains(keys: Uint32Array): boolean[];
  };

/** An index that is a part of a larger one. */
export interface UsearchPart extends UsearchIndex {
  /** The best k with the scores that the quantization has: what is fetched from all parts is scored again together. */
  searchRough: VectorIndex['search'];
}

/** usearch works on the thread that calls it: so many rows are added before others get their turn. */
const rowsBetweenPauses = 1024;

/**
 * HNSW (Malkov and Yashunin 2016) over inner products, by the native library usearch: for millions of vectors.
 * @throws `BACKEND_MISSING` usearch is not installed; `INDEX_INVALID_OPTIONS`
 */
export function createUsearchIndex(options: UsearchOptions): Promise<UsearchIndex> {
  return createUsearchPart(options);
}

export async function createUsearchPart(options: UsearchOptions): Promise<UsearchPart> {
  const settings = settingsOf(options, availableParallelism());
  const usearch = await loadUsearch();
  const native = createNativeIndex(usearch, settings);
  return usearchIndex(usearch, settings, native, createSnapshot(native, settings), false);
}

/**
 * Opens what `save` wrote, after checking that it is whole and of these dimensions and this quantization.
 * Connectivity comes from the file.
 * @throws `INDEX_FILE_MISSING`, `INDEX_CORRUPT_FILE` (truncated, changed or foreign), `INDEX_NEWER_FILE`,
 *   `INDEX_MISMATCH`, `BACKEND_MISSING`, `INDEX_INVALID_OPTIONS`
 */
export function openUsearchIndex(options: OpenUsearchOptions): Promise<UsearchIndex> {
  return openUsearchPart(options);
}

export async function openUsearchPart({
  path,
  view = false,
  verify = !view,
  ...options
}: OpenUsearchOptions): Promise<UsearchPart> {
  const settings = settingsOf(options, availableParallelism());
  const { size, checksum, codec } = await checkIndexFile(path, settings, verify);
  const usearch = await loadUsearch();
  const native = createNativeIndex(usearch, settings, codec);
  try {
    // An empty file leaves usearch in a state in which it cannot be added to.
    if (size > 0) native[view ? 'view' : 'load'](path);
  } catch (cause) {
    throw indexFileErrors.corrupt(path, `usearch refuses it: ${cause instanceof Error ? cause.message : cause}.`);
  }
  if (native.size !== size) throw indexFileErrors.corrupt(path, `It has ${native.size} vectors instead of ${size}.`);
  const unchangedPath = async () => {
    const now = await checkIndexFile(path, settings, false).catch(() => undefined);
    return now?.checksum === checksum ? path : undefined;
  };
  return usearchIndex(usearch, settings, native, createSnapshot(native, settings, unchangedPath), view);
}

function usearchIndex(
  usearch: Usearch,
  settings: Settings,
  opened: NativeIndex,
  snapshot: Snapshot,
  readOnly: boolean,
): UsearchPart {
  const { dimensions } = settings;
  let native: NativeIndex | undefined = opened;
  /** Changes and saves run one after another; searches may run between their parts. */
  const inTurn = createTurns();

  const openIndex = (): NativeIndex => {
    if (!native) throw indexClosedError(index);
    return native;
  };
  const assertWritable = () => {
    if (!readOnly) return;
    throw new ReferentError('INDEX_READ_ONLY', {
      what: `${indexName}: the index is a view of a file and cannot be changed.`,
      fix: 'Open it without `view`.',
    });
  };
  /** A copy of the batch, once it is known to be good. */
  const checked = (keys: Uint32Array, rows: Rows): Batch => {
    openIndex();
    assertWritable();
    assertRows(index, rows, keys);
    assertQuantizable(rows, dimensions, settings.quantization);
    assertDistinct(keys);
    return { keys: keys.slice(), rows: { data: rows.data.slice(), count: rows.count } };
  };
  const search = createSearch(usearch, settings, snapshot);
  async function searched(
    queries: Rows,
    k: number,
    { keys, signal }: SearchOptions = {},
    isRough: boolean,
  ): Promise<Hits[]> {
    const current = openIndex();
    assertRows(index, queries);
    assertK(index, k);
    signal?.throwIfAborted();
    if (queries.count === 0) return [];
    if (current.size === 0) return Array.from({ length: queries.count }, emptyHits);
    return search(current, queries, k, keys, signal, isRough);
  }

  const index = {
    name: indexName,
    dimensions,
    get size() {
      return native?.size ?? 0;
    },

    async add(keys, rows, { signal } = {}) {
      const batch = checked(keys, rows);
      await inTurn(async () => {
        const current = openIndex();
        signal?.throwIfAborted();
        current.contains(batch.keys).forEach((isStored, row) => {
          if (isStored) throw duplicateKeyError(batch.keys[row]!); // usearch would keep the part before
        });
        void snapshot.forget();
        await addInParts(openIndex, batch, dimensions, signal);
      });
    },

    /** Cannot be taken back once it has begun, so that it is not stopped on its way. */
    async update(keys, rows, { signal } = {}) {
      const batch = checked(keys, rows);
      await inTurn(async () => {
        const current = openIndex();
        signal?.throwIfAborted();
        void snapshot.forget();
        const stored = current.contains(batch.keys);
        const replaced = batch.keys.filter((_, row) => stored[row]);
        if (replaced.length > 0) current.remove(replaced);
        await addInParts(openIndex, batch, dimensions);
      });
    },

    search: (queries, k, searchOptions) => searched(queries, k, searchOptions, false),

    searchRough: (queries, k, searchOptions) => searched(queries, k, searchOptions, true),

    async remove(keys, { signal } = {}) {
      openIndex();
      assertWritable();
      const own = keys.slice();
      return inTurn(async () => {
        const current = openIndex();
        signal?.throwIfAborted();
        void snapshot.forget();
        return own.length === 0 ? 0 : current.remove(own);
      });
    },

    contains: (keys) => (keys.length === 0 ? [] : openIndex().contains(keys)),

    async save(path, { signal } = {}) {
      openIndex();
      await inTurn(async () => {
        signal?.throwIfAborted();
        await writeIndexFile(path, openIndex(), settings);
      });
    },

    async close() {
      native = undefined; // usearch has no explicit release: it is freed with the object
      await snapshot.forget();
    },
  } satisfies Omit<UsearchPart, keyof AsyncClosing>;
  return asyncClosing(index);
}

interface Batch {
  readonly keys: Uint32Array;
  readonly rows: Rows;
}

async function addInParts(
  openIndex: () => NativeIndex,
  { keys, rows: { data, count } }: Batch,
  dimensions: number,
  signal?: AbortSignal,
): Promise<void> {
  let added = 0;
  const takeBack = (through: number) => openIndex().remove(keys.subarray(0, through));
  while (added < count) {
    if (added > 0) {
      await setImmediate();
      if (signal?.aborted) {
        takeBack(added);
        throw signal.reason;
      }
    }
    const to = Math.min(added + rowsBetweenPauses, count);
    const native = openIndex();
    try {
      const part = data.subarray(added * dimensions, to * dimensions);
      native.add(keys.subarray(added, to), { data: part, count: to - added });
    } catch (cause) {
      takeBack(to);
      throw new ReferentError('INDEX_ADD_FAILED', {
        what: `${indexName}: ${count} vectors could not be added; none of them is stored.`,
        ...(cause instanceof Error && { why: `${cause.message}.` }),
        fix: 'Most often there is too little memory: use a smaller quantization (f16, i8) or fewer vectors.',
        cause,
      });
    }
    added = to;
  }
}

const emptyHits = (): Hits => ({ keys: new Uint32Array(), scores: new Float32Array() });
