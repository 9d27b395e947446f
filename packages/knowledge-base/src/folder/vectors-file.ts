import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { ReferentError, type Rows, type VectorStore } from '@referent/core';

/** Row `key - 1` of the file is the vector of `key`: little-endian float32, no header. Holes belong to no entity. */
export interface VectorsWriter {
  readonly dimensions: number;
  write(keys: readonly number[], rows: Rows): Promise<void>;
  /** What was written before this returns outlives a loss of power. */
  sync(): Promise<void>;
  /** Drops everything after this key: a killed writer may have left it half written. */
  truncate(key: number): Promise<void>;
  close(): Promise<void>;
}

export async function openVectorsWriter(path: string, dimensions: number): Promise<VectorsWriter> {
  const file = await open(path, 'r+').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return open(path, 'wx+');
  });
  const rowBytes = dimensions * 4;
  return {
    dimensions,
    async write(keys, { data }) {
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      for (const { at, count, key } of runs(keys)) {
        let start = at * rowBytes;
        const end = start + count * rowBytes;
        let position = (key - 1) * rowBytes;
        while (start < end) {
          const { bytesWritten } = await file.write(bytes, start, end - start, position);
          start += bytesWritten;
          position += bytesWritten;
        }
      }
    },
    sync: () => file.datasync(),
    truncate: async (key) => {
      const length = key * rowBytes;
      if ((await file.stat()).size > length) await file.truncate(length);
    },
    close: () => file.close(),
  };
}

export interface VectorsFile extends VectorStore {
  /** Rows that the file has. */
  readonly rows: number;
  close(): void;
}

/** Reads are of the calling thread: after so many rows others get their turn. */
const rowsBetweenPauses = 16_384;

/**
 * Reads rows by key with positional reads, neighbours together: no memory is held, the system's page cache serves what
 * is asked for often.
 */
export function openVectorsFile(path: string, dimensions: number): VectorsFile {
  const file = openSync(path, 'r');
  const rowBytes = dimensions * 4;
  let isOpen = true;
  return {
    dimensions,
    get rows() {
      return Math.floor(fstatSync(file).size / rowBytes);
    },
    async read(keys, { signal, into } = {}) {
      signal?.throwIfAborted();
      const length = keys.length * dimensions;
      const data = into ? into.subarray(0, length) : new Float32Array(length); // [keys, dimensions]
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
      let pauseAt = rowsBetweenPauses;
      for (const { at, count, key } of runs(keys)) {
        if (at >= pauseAt) {
          pauseAt = at + rowsBetweenPauses;
          await setImmediate();
          signal?.throwIfAborted();
        }
        if (key < 1) throw missing(key);
        let start = at * rowBytes;
        const end = start + count * rowBytes;
        let position = (key - 1) * rowBytes;
        while (start < end) {
          const read = readSync(file, bytes, start, end - start, position);
          if (read === 0) throw missing(1 + Math.floor(position / rowBytes));
          start += read;
          position += read;
        }
      }
      return { data, count: keys.length };
    },
    close() {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}

/** Cuts keys into runs of neighbours: `keys[at + i]` is `key + i` for i < count. */
function* runs(keys: ArrayLike<number>): Generator<{ at: number; count: number; key: number }> {
  for (let at = 0; at < keys.length; ) {
    const key = keys[at]!;
    let count = 1;
    while (at + count < keys.length && keys[at + count] === key + count) count++;
    yield { at, count, key };
    at += count;
  }
}

function missing(key: number): ReferentError {
  return new ReferentError('VECTORS_MISSING_KEY', {
    what: `There is no vector for key ${key}.`,
    why: 'The entity is unknown or has not been encoded.',
    details: { key },
  });
}
