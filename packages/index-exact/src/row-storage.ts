import { duplicateKeyError, indexClosedError, type Rows } from '@referent/core';

/** Rows per block of memory: with 384 dimensions 1.5 MB, which stays in a core's cache while all queries pass over it. */
export const blockRows = 1024;

/** What a reader sees: rows that are added later do not show up in it. */
export interface StorageSnapshot {
  readonly count: number;
  readonly keys: Uint32Array; // [count or more]
  readonly blocks: readonly Float32Array[]; // each [blockRows, dimensions]
}

/**
 * Vectors in blocks of typed arrays: growing copies nothing, and no single allocation gets large.
 * Row `i` belongs to `keys[i]`; a removed row is filled with the last one.
 */
export interface RowStorage {
  readonly dimensions: number;
  readonly size: number;
  assertOpen(): void;
  /** Checks all keys first: all or nothing. */
  append(keys: Uint32Array, rows: Rows): void;
  /** The rows of these keys, ascending, each once; unknown keys are left out. */
  slotsOf(keys: Uint32Array): Uint32Array;
  /** Lets `work` read over several turns of the event loop while nothing is moved. */
  read<T>(work: (snapshot: StorageSnapshot) => Promise<T>): Promise<T>;
  /** Waits for the readers, then moves rows. */
  remove(keys: Uint32Array): Promise<number>;
  close(): void;
}

export function createRowStorage(name: string, dimensions: number): RowStorage {
  let slots = new Map<number, number>();
  let keys = new Uint32Array(blockRows);
  let blocks: Float32Array[] = [];
  let count = 0;
  let closed = false;
  const readers = new Set<Promise<unknown>>();

  const rowAt = (slot: number): Float32Array => {
    const from = (slot % blockRows) * dimensions;
    return blocks[Math.floor(slot / blockRows)]!.subarray(from, from + dimensions);
  };

  const storage: RowStorage = {
    dimensions,
    get size() {
      return count;
    },

    assertOpen() {
      if (closed) throw indexClosedError({ name });
    },

    append(added, { data }) {
      const batch = new Set<number>();
      for (const key of added) {
        if (slots.has(key) || batch.has(key)) throw duplicateKeyError(key);
        batch.add(key);
      }
      const needed = count + added.length;
      while (blocks.length * blockRows < needed) blocks.push(new Float32Array(blockRows * dimensions));
      if (keys.length < needed) {
        const grown = new Uint32Array(Math.max(needed, keys.length * 2));
        grown.set(keys.subarray(0, count));
        keys = grown;
      }
      added.forEach((key, row) => {
        keys[count] = key;
        rowAt(count).set(data.subarray(row * dimensions, (row + 1) * dimensions));
        slots.set(key, count++);
      });
    },

    slotsOf(wanted) {
      const found = new Set<number>();
      for (const key of wanted) {
        const slot = slots.get(key);
        if (slot !== undefined) found.add(slot);
      }
      return Uint32Array.from(found).sort();
    },

    async read(work) {
      const running = work({ count, keys, blocks: blocks.slice() });
      readers.add(running);
      try {
        return await running;
      } finally {
        readers.delete(running);
      }
    },

    async remove(wanted) {
      while (readers.size > 0) await Promise.allSettled(readers);
      storage.assertOpen();
      const before = count;
      for (const key of wanted) {
        const slot = slots.get(key);
        if (slot === undefined) continue;
        slots.delete(key);
        const last = --count;
        if (slot === last) continue;
        const moved = keys[last]!;
        rowAt(slot).set(rowAt(last));
        keys[slot] = moved;
        slots.set(moved, slot);
      }
      return before - count;
    },

    close() {
      closed = true;
      count = 0;
      slots = new Map();
      blocks = [];
      keys = new Uint32Array();
    },
  };
  return storage;
}
