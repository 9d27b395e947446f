import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { indexFileErrors, isReferentError } from '@referent/core';
import { blockRows, type RowStorage, type StorageSnapshot } from './row-storage.js';

/*
 * The file, little-endian: magic (8 bytes), version u32, dimensions u32, count f64, then keys u32 [count], rows f32
 * [count, dimensions], and the CRC-32 of all that u32.
 */
const magic = 'RFTEXACT';
const version = 1;
const headerBytes = 24;

/** Writes beside `path` and renames: whoever reads sees the old file or the new one, whatever happens. */
export async function writeIndexFile(path: string, dimensions: number, snapshot: StorageSnapshot): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      let checksum = 0;
      for (const bytes of parts(dimensions, snapshot)) {
        checksum = checksumOf(bytes, checksum);
        await file.writeFile(bytes);
      }
      await file.writeFile(Buffer.from(Uint32Array.of(checksum).buffer));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true });
    throw indexFileErrors.saveFailed(path, cause);
  }
}

/** Fills an empty storage from a file that has been checked to its last byte. */
export async function readIndexFile(
  path: string,
  expectedDimensions: number | undefined,
  createStorage: (dimensions: number) => RowStorage,
): Promise<RowStorage> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT' ? indexFileErrors.missing(path) : indexFileErrors.unreadable(path, cause);
  });
  try {
    const { size } = await file.stat();
    const header = await read(file, Math.min(headerBytes, size));
    if (size < headerBytes || header.toString('latin1', 0, 8) !== magic) {
      throw indexFileErrors.corrupt(path, 'It is not a file of index-exact, or its beginning is damaged.');
    }
    const [found, dimensions, count] = [header.readUInt32LE(8), header.readUInt32LE(12), header.readDoubleLE(16)];
    if (found > version) throw indexFileErrors.newer(path, found, version);
    const expectedSize = headerBytes + count * 4 * (1 + dimensions) + 4;
    if (size !== expectedSize) {
      throw indexFileErrors.corrupt(path, `It has ${size} bytes, its header says ${expectedSize}: it was cut short.`);
    }
    if (expectedDimensions !== undefined && dimensions !== expectedDimensions) {
      throw indexFileErrors.mismatch(path, 'dimensions', expectedDimensions, dimensions);
    }

    const storage = createStorage(dimensions);
    const keyBytes = await read(file, count * 4);
    const keys = new Uint32Array(keyBytes.buffer, keyBytes.byteOffset, count);
    let checksum = checksumOf(keyBytes, checksumOf(header, 0));
    for (let from = 0; from < count; from += blockRows) {
      const length = Math.min(blockRows, count - from);
      const bytes = await read(file, length * dimensions * 4);
      checksum = checksumOf(bytes, checksum);
      const data = new Float32Array(bytes.buffer, bytes.byteOffset, length * dimensions);
      storage.append(keys.subarray(from, from + length), { data, count: length });
    }
    if ((await read(file, 4)).readUInt32LE() !== checksum) {
      throw indexFileErrors.corrupt(path, 'Its checksum is wrong: some of its bytes have changed.');
    }
    return storage;
  } catch (cause) {
    throw isReferentError(cause) ? cause : indexFileErrors.unreadable(path, cause);
  } finally {
    await file.close();
  }
}

function* parts(dimensions: number, { count, keys, blocks }: StorageSnapshot): Generator<Buffer> {
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 'latin1');
  header.writeUInt32LE(version, 8);
  header.writeUInt32LE(dimensions, 12);
  header.writeDoubleLE(count, 16);
  yield header;
  yield Buffer.from(keys.buffer, keys.byteOffset, count * 4);
  for (let from = 0; from < count; from += blockRows) {
    const { buffer, byteOffset } = blocks[from / blockRows]!;
    yield Buffer.from(buffer, byteOffset, Math.min(blockRows, count - from) * dimensions * 4);
  }
}

/** zlib's answer for no bytes is 0, whatever came before them. */
const checksumOf = (bytes: Buffer, before: number): number => (bytes.length > 0 ? crc32(bytes, before) : before);

/** Reads the next `length` bytes into memory of their own, aligned for typed arrays. */
async function read(file: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done);
    if (bytesRead === 0) throw new RangeError('The file became shorter while it was read.');
    done += bytesRead;
  }
  return bytes;
}

/** Makes the rename durable. Not every system lets a folder be opened; the data itself is safe already. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync().catch(() => undefined);
  } finally {
    await handle?.close();
  }
}
