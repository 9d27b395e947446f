import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
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
  type VectorIndex,
} from '@referent/core';
import { indexName, settingsOf, type UsearchOptions } from './options.js';
import { rescoring } from './search.js';
import { type Ask, merged, type Sealed, searchSealed } from './search-segments.js';
import { nextSegmentFile, readSegments, type SegmentEntry, writeSegments } from './segment-folder.js';
import { createUsearchPart, openUsearchPart, type UsearchPart } from './usearch-index.js';

export interface UsearchSegmentsOptions extends UsearchOptions {
  /** Where the segments are kept; made if it is not there. One process at a time may write to it. */
  readonly folder: string;
  /** Vectors after which a segment is written to the disk and begun anew. @default 500000 */
  readonly segmentSize?: number;
  /**
   * Vectors added to the last segment after which it is written, though it is not full: a kill loses no more. One that
   * has so many when the index is opened stays as it is, and what is added begins another. @default segmentSize
   */
  readonly checkpointSize?: number;
}

/** An index in a folder, that grows beyond the memory. */
export type SegmentedUsearchIndex = VectorIndex &
  Required<Pick<VectorIndex, 'remove' | 'update'>> &
  AsyncClosing & {
    /** Of each key, whether it is stored: after a kill, what need not be added again. */
    contains(keys: Uint32Array): boolean[];
    /** Writes what is only in memory. What was added, updated and removed before outlives a kill when this resolves. */
    flush(): Promise<void>;
  };

/**
 * HNSW in segments: the last one is in memory and grows, the others are views of their files. A full segment is written
 * and never changed again, so a growing index is never built anew, and a killed process loses the last segment at most.
 * A small one is taken into memory again by the first addition. `close` does not write it: call `flush` first.
 * @throws `INDEX_INVALID_OPTIONS`, `BACKEND_MISSING`; as `openUsearchIndex` for a folder that has segments
 */
export async function openUsearchSegments({
  folder,
  segmentSize = 500_000,
  checkpointSize = segmentSize,
  ...options
}: UsearchSegmentsOptions): Promise<SegmentedUsearchIndex> {
  for (const [option, value] of Object.entries({ segmentSize, checkpointSize })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new ReferentError('INDEX_INVALID_OPTIONS', {
      what: `${indexName}: ${option} must be a positive integer, got ${value}.`,
    });
  }
  const { dimensions, quantization = 'f32' } = options;
  let active: UsearchPart | undefined = await createUsearchPart(options); // refuses wrong options first
  const list = await readSegments(folder, { dimensions, quantization });
  const sealed: Sealed[] = [];
  try {
    for (const { file, removed } of list.segments) {
      const index = await openUsearchPart({ ...options, path: join(folder, file), view: true });
      sealed.push({ file, index, removed: new Set(removed) });
    }
    await mkdir(folder, { recursive: true }).catch((cause) => {
      throw indexFileErrors.saveFailed(folder, cause);
    });
  } catch (error) {
    await Promise.all(sealed.map(({ index }) => index.close()));
    throw error;
  }

  // What all segments found is scored again once. By bits alone the hits of one do not compare with those of another.
  const isTogether = quantization !== 'b1';
  const { fetchedFor, withScores } = rescoring(settingsOf(options, 1));
  const inTurn = createTurns();
  const searches = new Set<Promise<unknown>>();
  /** Files differ from what is in memory. */
  let isChanged = false;
  /** Where an earlier state of the last segment is. */
  let activeFile: string | undefined;
  /** Vectors that the last segment had when it was written. */
  let written = 0;
  const current = (): UsearchPart => {
    if (!active) throw indexClosedError({ name: indexName });
    return active;
  };
  const entries = (): SegmentEntry[] => [
    ...sealed.map(({ file, removed }) => ({ file, removed: [...removed] })),
    ...(activeFile ? [{ file: activeFile, removed: [] }] : []),
  ];

  const holds = ({ index, removed }: Sealed, keys: Uint32Array) =>
    index.contains(keys).map((isIn, at) => isIn && !removed.has(keys[at]!));
  const contains = (keys: Uint32Array): boolean[] => {
    if (keys.length === 0) return [];
    const all = [current().contains(keys), ...sealed.map((segment) => holds(segment, keys))];
    return Array.from(keys, (_, at) => all.some((isIn) => isIn[at]));
  };

  async function flush(): Promise<void> {
    const last = current();
    if (!isChanged) return;
    const isFull = last.size >= segmentSize;
    const kept = entries().filter(({ file }) => file !== activeFile);
    const file = last.size > 0 ? nextSegmentFile(entries()) : undefined;
    if (file) await last.save(join(folder, file));
    const next = isFull ? await createUsearchPart(options) : last;
    const view = isFull ? await openUsearchPart({ ...options, path: join(folder, file!), view: true }) : undefined;
    try {
      const segments = file ? [...kept, { file, removed: [] }] : kept;
      await writeSegments(folder, { dimensions, quantization, segments });
    } catch (error) {
      await view?.close();
      throw error;
    }
    isChanged = false;
    activeFile = isFull ? undefined : file;
    written = isFull ? 0 : last.size;
    if (!view) return;
    sealed.push({ file: file!, index: view, removed: new Set() });
    active = next;
    await retire(last);
  }

  /** A last segment that is small is taken into memory again, to grow on: no flush leaves one behind. */
  async function resume(): Promise<void> {
    const last = sealed.at(-1);
    const isSmall = last && last.index.size < Math.min(segmentSize, checkpointSize);
    if (!isSmall || activeFile || current().size > 0) return;
    const grown = await openUsearchPart({ ...options, path: join(folder, last.file) });
    await grown.remove(Uint32Array.from(last.removed));
    const empty = current();
    sealed.pop();
    active = grown;
    activeFile = last.file;
    written = grown.size;
    await retire(last.index, empty);
  }

  /** Closes what searches that run still use, when they are done. */
  async function retire(...parts: readonly UsearchPart[]): Promise<void> {
    await Promise.allSettled(searches);
    await Promise.all(parts.map((part) => part.close()));
  }

  const isDue = () => current().size >= segmentSize || current().size - written >= checkpointSize;

  /** Adds to the last segment. One that cannot be written when it is full gives the batch back. */
  async function append(keys: Uint32Array, rows: Rows, signal?: AbortSignal): Promise<void> {
    await resume();
    await current().add(keys, rows, { signal });
    isChanged = true;
    if (!isDue()) return;
    try {
      await flush();
    } catch (error) {
      await active?.remove(keys);
      throw error;
    }
  }

  function forget(keys: Uint32Array): number {
    let count = 0;
    for (const segment of sealed) {
      holds(segment, keys).forEach((isIn, at) => {
        if (!isIn) return;
        segment.removed.add(keys[at]!);
        count++;
      });
    }
    if (count > 0) isChanged = true;
    return count;
  }

  const checked = (keys: Uint32Array, rows: Rows) => {
    current();
    assertRows(index, rows, keys);
    assertDistinct(keys);
    return { keys: keys.slice(), rows: { data: rows.data.slice(), count: rows.count } };
  };

  const index = {
    name: indexName,
    dimensions,
    get size() {
      if (!active) return 0;
      return sealed.reduce((sum, segment) => sum + segment.index.size - segment.removed.size, active.size);
    },
    contains,

    async add(keys, rows, { signal } = {}) {
      const batch = checked(keys, rows);
      await inTurn(async () => {
        signal?.throwIfAborted();
        const again = contains(batch.keys).indexOf(true);
        if (again >= 0) throw duplicateKeyError(batch.keys[again]!);
        await append(batch.keys, batch.rows, signal);
      });
    },

    async update(keys, rows, { signal } = {}) {
      const batch = checked(keys, rows);
      await inTurn(async () => {
        signal?.throwIfAborted();
        await resume();
        const before = sealed.map(({ removed }) => new Set(removed));
        forget(batch.keys);
        try {
          await current().update(batch.keys, batch.rows); // refused whole, or stored whole
        } catch (error) {
          sealed.forEach(({ removed }, at) => {
            for (const key of batch.keys) if (!before[at]!.has(key)) removed.delete(key);
          });
          throw error;
        }
        isChanged = true;
        if (isDue()) await flush();
      });
    },

    async remove(keys, { signal } = {}) {
      current();
      const own = keys.slice();
      return inTurn(async () => {
        const last = current();
        signal?.throwIfAborted();
        isChanged = true;
        return forget(own) + (await last.remove(own));
      });
    },

    async search(queries, k, searchOptions = {}) {
      current();
      assertRows(index, queries);
      assertK(index, k);
      searchOptions.signal?.throwIfAborted();
      const own = { data: queries.data.slice(), count: queries.count };
      const ask: Ask = (part, count, more) =>
        isTogether ? part.searchRough(own, count, more) : part.search(own, count, more);
      const wanted = isTogether ? fetchedFor(k) : k;
      // The segments of this moment: a flush that comes between two of them moves vectors from one to another.
      const [last, before] = [current(), sealed.slice()];
      const search = async () => {
        const parts: Hits[][] = [await ask(last, wanted, searchOptions)];
        for (const segment of before) parts.push(await searchSealed(segment, ask, wanted, searchOptions));
        const best = Array.from({ length: queries.count }, (_, query) => merged(parts, query, wanted));
        return isTogether && best.length > 0 ? withScores(own, best, k, searchOptions.signal) : best;
      };
      const searching = search();
      searches.add(searching);
      return searching.finally(() => searches.delete(searching));
    },

    flush: () => inTurn(flush),

    async close() {
      const last = active;
      active = undefined;
      await last?.close();
      await Promise.all(sealed.map((segment) => segment.index.close()));
    },
  } satisfies Omit<SegmentedUsearchIndex, keyof AsyncClosing>;
  return asyncClosing(index);
}
