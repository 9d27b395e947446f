import { randomUUID } from 'node:crypto';
import { appendFile, copyFile, type FileHandle, mkdtemp, open, rename, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { indexFileErrors, isReferentError, ReferentError } from '@referent/core';
import type { NativeIndex } from './native-index.js';
import type { Settings } from './options.js';

/*
 * What hnswlib writes, then the keys that are not deleted (u32 each, which hnswlib does not tell), then 32 bytes of
 * ours, little-endian: magic 8, version u32, dimensions u32, number of keys u32, CRC-32 of all before these 32 u32,
 * length of hnswlib's part f64.
 */
const magic = 'RFTHNSWL';
const version = 1;
const trailerBytes = 32;
/** Bytes that are read at once. */
const together = 1 << 22;

/** Writes beside `path` and renames: whoever reads sees the old file or the new one, whatever happens. */
export async function writeIndexFile(path: string, native: NativeIndex, { dimensions }: Settings): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    native.save(temporary);
    const bodyBytes = await withFile(temporary, wholeBody);
    const keys = Uint32Array.from(native.keys).sort();
    await appendFile(temporary, Buffer.from(keys.buffer));
    const checksum = await withFile(temporary, (file) => checksumOf(file, bodyBytes + keys.byteLength));
    const trailer = Buffer.alloc(trailerBytes);
    trailer.write(magic, 'latin1');
    [version, dimensions, keys.length, checksum].forEach((value, at) => {
      trailer.writeUInt32LE(value, 8 + 4 * at);
    });
    trailer.writeDoubleLE(bodyBytes, 24);
    await appendFile(temporary, trailer, { flush: true });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw indexFileErrors.saveFailed(path, cause);
  }
}

/**
 * Checks the file, every byte of it, and gives `load` the path of hnswlib's part: a copy in the system's temporary
 * folder, as hnswlib refuses a file with anything behind its own end.
 */
export async function readIndexFile<T>(
  path: string,
  { dimensions }: Settings,
  load: (path: string, keys: Uint32Array) => T,
): Promise<T> {
  const { bodyBytes, keys } = await checked(path, dimensions);
  const folder = await mkdtemp(join(tmpdir(), 'referent-hnswlib-')).catch((cause) => {
    throw noCopy(tmpdir(), cause);
  });
  try {
    const copy = join(folder, 'index');
    await copyFile(path, copy)
      .then(() => truncate(copy, bodyBytes))
      .catch((cause) => {
        throw noCopy(copy, cause);
      });
    return load(copy, keys);
  } catch (cause) {
    if (isReferentError(cause)) throw cause;
    throw indexFileErrors.corrupt(path, `hnswlib refuses it: ${cause instanceof Error ? cause.message : cause}.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checked(path: string, dimensions: number): Promise<{ bodyBytes: number; keys: Uint32Array }> {
  try {
    return await withFile(path, async (file) => {
      const end = (await file.stat()).size - trailerBytes;
      const trailer = end < 0 ? Buffer.alloc(trailerBytes) : await readAt(file, end, trailerBytes);
      if (trailer.toString('latin1', 0, 8) !== magic) {
        throw indexFileErrors.corrupt(path, 'It is not a file of index-hnswlib, or its end is missing.');
      }
      const found = trailer.readUInt32LE(8);
      if (found > version) throw indexFileErrors.newer(path, found, version);
      const own = trailer.readUInt32LE(12);
      const keyBytes = trailer.readUInt32LE(16) * 4;
      const bodyBytes = trailer.readDoubleLE(24);
      if (bodyBytes + keyBytes !== end || (await checksumOf(file, end)) !== trailer.readUInt32LE(20)) {
        throw indexFileErrors.corrupt(path, 'Its checksum is wrong: some of its bytes have changed or are missing.');
      }
      if (own !== dimensions) throw indexFileErrors.mismatch(path, 'dimensions', dimensions, own);
      const { buffer } = await readAt(file, bodyBytes, keyBytes);
      return { bodyBytes, keys: new Uint32Array(buffer) };
    });
  } catch (cause) {
    if (isReferentError(cause)) throw cause;
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw isMissing ? indexFileErrors.missing(path) : indexFileErrors.unreadable(path, cause);
  }
}

/**
 * The length of what hnswlib wrote, if it is all there: a full disk goes unnoticed by it. 96 bytes of head; of every
 * vector as many for its links and values; and for each its links on upper levels, behind their length (u32).
 * (hnswalg.h, `saveIndex`.)
 */
async function wholeBody(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const head = await readAt(file, 0, 96);
  const [count, bytesEach] = [16, 24].map((at) => Number(head.readBigUInt64LE(at))) as [number, number];
  let end = head.length + count * bytesEach;
  let chunk = Buffer.alloc(0);
  let chunkAt = end;
  for (let element = 0; element < count; element++) {
    if (end + 4 > chunkAt + chunk.length) {
      chunk = await readAt(file, end, Math.max(4, Math.min(together, size - end)));
      chunkAt = end;
    }
    end += 4 + chunk.readUInt32LE(end - chunkAt);
  }
  if (end !== size) throw new RangeError(`hnswlib wrote ${size} bytes instead of ${end}`);
  return size;
}

async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r');
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

async function checksumOf(file: FileHandle, bytes: number): Promise<number> {
  let checksum = 0;
  for (let at = 0; at < bytes; at += together) {
    checksum = crc32(await readAt(file, at, Math.min(together, bytes - at)), checksum);
  }
  return checksum;
}

/** Into memory of its own, so that a typed array may lie over it. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead < length) throw new RangeError('The file became shorter while it was read.');
  return bytes;
}

function noCopy(path: string, cause: unknown): ReferentError {
  return new ReferentError('INDEX_TEMPORARY_FILE', {
    what: `A temporary copy of the index could not be written to ${path}.`,
    ...(cause instanceof Error && { why: `${cause.message}.` }),
    fix: 'Make room there.',
    cause,
  });
}
