import { randomUUID } from 'node:crypto';
import { appendFile, type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { indexFileErrors, isReferentError } from '@referent/core';
import { readAt, readLayout } from './file-layout.js';
import { type KeyCodec, plainKeys, scatteredKeys } from './key-codec.js';
import type { NativeIndex } from './native-index.js';
import type { Quantization } from './options.js';

/*
 * usearch's file, which it reads without checking much, and behind it a trailer of ours, which it ignores:
 * magic (8 bytes), version u32, dimensions u32, quantization (4 bytes), size f64, length of usearch's part f64,
 * CRC-32 of usearch's part u32, CRC-32 of the trailer before it u32.
 */
const magic = 'RFTUSRCH';
/** 1 kept `i8` on another scale, 2 has the keys as they are. */
const version = scatteredKeys.version;
const trailerBytes = 44;
const readBytes = 1 << 22;

export interface Trailer {
  readonly codec: KeyCodec;
  readonly dimensions: number;
  readonly quantization: Quantization;
  readonly size: number;
  readonly bodyBytes: number;
  readonly checksum: number;
}

/** Writes beside `path` and renames: whoever reads sees the old file or the new one, whatever happens. */
export async function writeIndexFile(
  path: string,
  native: NativeIndex,
  kind: Pick<Trailer, 'dimensions' | 'quantization'>,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const { size, codec } = native;
    native.save(temporary);
    const trailer = await withFile(temporary, async (file) => {
      // A full disk may go unnoticed by usearch: read back what it wrote.
      const { size: bodyBytes } = await file.stat();
      const { end } = await readLayout(file, codec);
      if (end !== bodyBytes) throw new RangeError(`usearch wrote ${bodyBytes} bytes instead of ${end}`);
      return { ...kind, codec, size, bodyBytes, checksum: await checksumOf(file, bodyBytes) };
    });
    await appendFile(temporary, encode(trailer), { flush: true });
    await rename(temporary, path);
    await withFile(dirname(path), (folder) => folder.sync()).catch(() => undefined); // not every system can
  } catch (cause) {
    await rm(temporary, { force: true });
    throw indexFileErrors.saveFailed(path, cause);
  }
}

/** Everything that can be known without usearch, which may crash on a file that is not whole. */
export async function checkIndexFile(
  path: string,
  expected: Pick<Trailer, 'dimensions' | 'quantization'>,
  verify: boolean,
): Promise<Trailer> {
  try {
    return await withFile(path, async (file) => {
      const { size: fileBytes } = await file.stat();
      const found = fileBytes < trailerBytes ? undefined : await readAt(file, fileBytes - trailerBytes, trailerBytes);
      if (!found || found.toString('latin1', 0, 8) !== magic) {
        throw indexFileErrors.corrupt(path, 'It is not a file of index-usearch, or its end is missing.');
      }
      if (found.readUInt32LE(8) > version) throw indexFileErrors.newer(path, found.readUInt32LE(8), version);
      const trailer = decode(found);
      if (found.readUInt32LE(8) < 2 && trailer.quantization === 'i8') {
        throw indexFileErrors.corrupt(path, 'Its kind of i8 was never part of a release: build it again.');
      }
      if (found.readUInt32LE(40) !== crc32(found.subarray(0, 40)) || trailer.bodyBytes + trailerBytes !== fileBytes) {
        throw indexFileErrors.corrupt(path, 'Its beginning is missing, or its end is damaged.');
      }
      for (const setting of ['dimensions', 'quantization'] as const) {
        const [wanted, is] = [expected[setting], trailer[setting]];
        if (wanted !== is) throw indexFileErrors.mismatch(path, setting, wanted, is);
      }
      if (verify && (await checksumOf(file, trailer.bodyBytes)) !== trailer.checksum) {
        throw indexFileErrors.corrupt(path, 'Its checksum is wrong: some of its bytes have changed.');
      }
      return trailer;
    });
  } catch (cause) {
    if (isReferentError(cause)) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw missing ? indexFileErrors.missing(path) : indexFileErrors.unreadable(path, cause);
  }
}

function encode({ codec, dimensions, quantization, size, bodyBytes, checksum }: Trailer): Buffer {
  const bytes = Buffer.alloc(trailerBytes);
  bytes.write(magic, 'latin1');
  bytes.writeUInt32LE(codec.version, 8);
  bytes.writeUInt32LE(dimensions, 12);
  bytes.write(quantization.padEnd(4), 16, 'latin1');
  bytes.writeDoubleLE(size, 20);
  bytes.writeDoubleLE(bodyBytes, 28);
  bytes.writeUInt32LE(checksum, 36);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 40)), 40);
  return bytes;
}

function decode(bytes: Buffer): Trailer {
  return {
    codec: bytes.readUInt32LE(8) < scatteredKeys.version ? plainKeys : scatteredKeys,
    dimensions: bytes.readUInt32LE(12),
    quantization: bytes.toString('latin1', 16, 20).trim() as Quantization,
    size: bytes.readDoubleLE(20),
    bodyBytes: bytes.readDoubleLE(28),
    checksum: bytes.readUInt32LE(36),
  };
}

async function checksumOf(file: FileHandle, length: number): Promise<number> {
  let checksum = 0;
  for (let at = 0; at < length; at += readBytes) {
    checksum = crc32(await readAt(file, at, Math.min(readBytes, length - at)), checksum);
  }
  return checksum;
}

async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r');
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}
