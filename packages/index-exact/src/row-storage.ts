import { duplicateKeyError, indexClosedError, type Rows } from '@referent/core';
import { type RowCodec, type RowFormat, type RowValues, rowCodecs } from './row-format.js';
import { blockRows, type RowBlock, type RowSource } from './row-source.js';

interface StoredBlock {
  readonly values: RowValues; // [blockRows, dimensions]
  readonly scales: Float32Array; // [blockRows], or empty
}

/** What a reader sees: rows that are added later do not show up in it. */
export interface StorageSnapshot extends RowSource {
  readonly codec: RowCodec;
  readonly keys: Uint32Array; // [count or more]
  readonly blocks: readonly StoredBlock[];
}

/**
 * Vectors in blocks of typed arrays: growing copies nothing, and no single allocation gets large.
 * Row `i` belongs to `keys[i]`; a removed row is filled with the last one.
 */
export interface RowStorage {
  readonly dimensions: number;
  readonly format: RowFormat;
  readonly size: number;
  assertOpen(): void;
  /** Refuses stored keys: all or nothing. The keys are distinct. */
  append(keys: Uint32Array, rows: Rows): void;
  /** Appends rows of the storage's own format. */
  restore(keys: Uint32Array, values: RowValues, scales: Float32Array): void;
  /** The rows of these keys, ascending, each once; unknown keys are left out. */
  slotsOf(keys: Uint32Array): Uint32Array;
  /** Lets `work` read over several turns of the event loop while nothing is moved. */
  read<T>(work: (snapshot: StorageSnapshot) => Promise<T>): Promise<T>;
  /** Waits for the readers, then writes over the rows of stored keys and appends the others. */
  replace(keys: Uint32Array, rows: Rows, signal?: AbortSignal): Promise<void>;
  /** Waits for the readers, then moves rows. */
  remove(keys: Uint32Array, signal?: AbortSignal): Promise<number>;
  close(): void;
}

export function createRowStorage(name: string, dimensions: number, format: RowFormat): RowStorage {
  const codec = rowCodecs[format];
  let slots = new Map<number, number>();
  let keys = new Uint32Array(blockRows);
  let blocks: StoredBlock[] = [];
  let count = 0;
  let closed = false;
  const readers = new Set<Promise<unknown>>();

  /** Makes room, all of it before anything is stored. */
  const reserve = (added: Uint32Array) => {
    for (const key of added) if (slots.has(key)) throw duplicateKeyError(key);
    const needed = count + added.length;
    while (blocks.length * blockRows < needed) {
      blocks.push({
        values: codec.allocate(blockRows * dimensions),
        scales: new Float32Array(codec.hasScales ? blockRows : 0),
      });
    }
    if (keys.length >= needed) return;
    const grown = new Uint32Array(Math.max(needed, keys.length * 2));
    grown.set(keys.subarray(0, count));
    keys = grown;
  };
  const write = (slot: number, vector: Float32Array) => {
    const { values, scales } = blocks[Math.floor(slot / blockRows)]!;
    const row = slot % blockRows;
    const scale = codec.encode(vector, values, row * dimensions);
    if (codec.hasScales) scales[row] = scale;
  };
  const move = (from: number, to: number) => {
    const [source, target] = [from, to].map((slot) => blocks[Math.floor(slot / blockRows)]!);
    const [fromRow, toRow] = [from % blockRows, to % blockRows];
    target!.values.set(source!.values.subarray(fromRow * dimensions, (fromRow + 1) * dimensions), toRow * dimensions);
    if (codec.hasScales) target!.scales[toRow] = source!.scales[fromRow]!;
  };
  const quiet = async (signal: AbortSignal | undefined) => {
    while (readers.size > 0) await Promise.allSettled(readers);
    storage.assertOpen();
    signal?.throwIfAborted();
  };

  const storage: RowStorage = {
    dimensions,
    format,
    get size() {
      return count;
    },

    assertOpen() {
      if (closed) throw indexClosedError({ name });
    },

    append(added, { data }) {
      reserve(added);
      added.forEach((key, row) => {
        keys[count] = key;
        write(count, data.subarray(row * dimensions, (row + 1) * dimensions));
        slots.set(key, count++);
      });
    },

    restore(added, restored, restoredScales) {
      reserve(added);
      added.forEach((key, row) => {
        const { values, scales } = blocks[Math.floor(count / blockRows)]!;
        values.set(restored.subarray(row * dimensions, (row + 1) * dimensions), (count % blockRows) * dimensions);
        if (codec.hasScales) scales[count % blockRows] = restoredScales[row]!;
        keys[count] = key;
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
      const running = work(snapshotOf(codec, dimensions, count, keys, blocks.slice()));
      readers.add(running);
      try {
        return await running;
      } finally {
        readers.delete(running);
      }
    },

    async replace(added, rows, signal) {
      await quiet(signal);
      const fresh: number[] = [];
      added.forEach((key, row) => {
        const slot = slots.get(key);
        if (slot === undefined) fresh.push(row);
        else write(slot, rows.data.subarray(row * dimensions, (row + 1) * dimensions));
      });
      const data = new Float32Array(fresh.length * dimensions);
      fresh.forEach((row, at) => {
        data.set(rows.data.subarray(row * dimensions, (row + 1) * dimensions), at * dimensions);
      });
      storage.append(
        Uint32Array.from(fresh, (row) => added[row]!),
        { data, count: fresh.length },
      );
    },

    async remove(wanted, signal) {
      await quiet(signal);
      const before = count;
      for (const key of wanted) {
        const slot = slots.get(key);
        if (slot === undefined) continue;
        slots.delete(key);
        const last = --count;
        if (slot === last) continue;
        const moved = keys[last]!;
        move(last, slot);
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

function snapshotOf(
  codec: RowCodec,
  dimensions: number,
  count: number,
  keys: Uint32Array,
  blocks: readonly StoredBlock[],
): StorageSnapshot {
  const decode = (slot: number, length: number, target: Float32Array, row: number) => {
    const { values, scales } = blocks[Math.floor(slot / blockRows)]!;
    for (let i = 0; i < length; i++) {
      const from = ((slot % blockRows) + i) * dimensions;
      codec.decode(values, from, dimensions, scales[(slot % blockRows) + i] ?? 1, target, (row + i) * dimensions);
    }
  };
  return {
    codec,
    dimensions,
    count,
    keys,
    blocks,
    openReader() {
      let decoded: Float32Array | undefined;
      const scratch = () => {
        decoded ??= new Float32Array(blockRows * dimensions);
        return decoded;
      };
      return {
        block(from, length): RowBlock {
          const blockKeys = keys.subarray(from, from + length);
          const { values } = blocks[from / blockRows]!;
          if (values instanceof Float32Array) return { rows: values, keys: blockKeys };
          decode(from, length, scratch(), 0);
          return { rows: scratch(), keys: blockKeys };
        },
        gather(slots): RowBlock {
          slots.forEach((slot, row) => {
            decode(slot, 1, scratch(), row);
          });
          return { rows: scratch(), keys: slots.map((slot) => keys[slot]!) };
        },
      };
    },
  };
}
