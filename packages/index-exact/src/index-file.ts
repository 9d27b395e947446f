import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { indexFileErrors, isReferentError } from '@referent/core';
import { type RowCodec, type RowFormat, rowCodecs, rowFormats } from './row-format.js';

/*
 * The file, little-endian: a header (magic 8 bytes, version u32, dimensions u32, format u32, 4 bytes of nothing, count
 * f64), the rows [count, dimensions], in i8 their scales f32 [count], the keys u32 [count], and the CRC-32 of all that
 * u32, in which the header comes last. So a file can be written without knowing its count ahead.
 */
const magic = 'RFTEXACT';
const version = 2;
export const headerBytes = 32;
const checksumBytes = 4;
const readBytes = 1 << 22;

export interface IndexFileHeader {
  readonly dimensions: number;
  readonly codec: RowCodec;
  readonly count: number;
}

/** Where the parts of a file begin, in bytes. */
export function partsOf({ dimensions, codec, count }: IndexFileHeader) {
  const rowBytes = dimensions * codec.valueBytes;
  const scales = headerBytes + count * rowBytes;
  const keys = scales + (codec.hasScales ? count * 4 : 0);
  const checksum = keys + count * 4;
  return { rowBytes, rows: headerBytes, scales, keys, checksum, end: checksum + checksumBytes };
}

export interface IndexFileWriter {
  append(keys: Uint32Array, values: ArrayBufferView, scales: Float32Array): Promise<void>;
  /** Puts the file in its place. */
  finish(): Promise<void>;
  /** Removes what was written, unless it is finished. */
  abandon(): Promise<void>;
}

/** Writes beside `path` and renames: whoever reads sees the old file or the new one, whatever happens. */
export async function openIndexFileWriter(path: string, dimensions: number, codec: RowCodec): Promise<IndexFileWriter> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const failed = (cause: unknown) => indexFileErrors.saveFailed(path, cause);
  const file = await open(temporary, 'wx').catch((cause) => {
    throw failed(cause);
  });
  const keyParts: Uint32Array[] = [];
  const scaleParts: Float32Array[] = [];
  let count = 0;
  let checksum = 0;
  let position = headerBytes;
  let isOver = false;

  const put = async (view: ArrayBufferView) => {
    const bytes = bytesOf(view);
    if (bytes.length === 0) return;
    checksum = crc32(bytes, checksum);
    await writeAt(file, bytes, position);
    position += bytes.length;
  };

  return {
    async append(keys, values, scales) {
      await put(values).catch((cause) => {
        throw failed(cause);
      });
      keyParts.push(keys.slice());
      scaleParts.push(scales.slice());
      count += keys.length;
    },

    async finish() {
      try {
        if (codec.hasScales) for (const part of scaleParts) await put(part);
        for (const part of keyParts) await put(part);
        const header = encodeHeader({ dimensions, codec, count });
        await writeAt(file, header, 0);
        await writeAt(file, bytesOf(Uint32Array.of(crc32(header, checksum))), position);
        await file.sync();
        await file.close();
        await rename(temporary, path);
        isOver = true;
        await syncFolder(dirname(path));
      } catch (cause) {
        throw failed(cause);
      }
    },

    async abandon() {
      if (isOver) return;
      isOver = true;
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
    },
  };
}

export interface OpenedIndexFile {
  readonly file: FileHandle;
  readonly header: IndexFileHeader;
}

/** Opens a file whose header and length are right; `verify` reads every byte of it. */
export async function openIndexFile(
  path: string,
  expected: { readonly dimensions?: number | undefined; readonly quantization?: RowFormat | undefined },
  verify: boolean,
): Promise<OpenedIndexFile> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT' ? indexFileErrors.missing(path) : indexFileErrors.unreadable(path, cause);
  });
  try {
    const { size } = await file.stat();
    const bytes = await readAt(file, 0, Math.min(headerBytes, size));
    if (size < headerBytes || bytes.toString('latin1', 0, 8) !== magic) {
      throw indexFileErrors.corrupt(path, 'It is not a file of index-exact, or its beginning is damaged.');
    }
    const found = bytes.readUInt32LE(8);
    if (found > version) throw indexFileErrors.newer(path, found, version);
    if (found < version) throw indexFileErrors.corrupt(path, `Its format ${found} was never part of a release.`);
    const format = rowFormats[bytes.readUInt32LE(16)];
    if (!format) throw indexFileErrors.corrupt(path, 'Its header names no format of rows.');
    const header = { dimensions: bytes.readUInt32LE(12), codec: rowCodecs[format], count: bytes.readDoubleLE(24) };
    const parts = partsOf(header);
    if (size !== parts.end) {
      throw indexFileErrors.corrupt(path, `It has ${size} bytes, its header says ${parts.end}: it was cut short.`);
    }
    const settings = { dimensions: header.dimensions, quantization: format };
    for (const setting of ['dimensions', 'quantization'] as const) {
      const [wanted, is] = [expected[setting], settings[setting]];
      if (wanted !== undefined && wanted !== is) throw indexFileErrors.mismatch(path, setting, wanted, is);
    }
    if (verify) await assertChecksum(path, file, bytes, parts.checksum);
    return { file, header };
  } catch (cause) {
    await file.close();
    throw isReferentError(cause) ? cause : indexFileErrors.unreadable(path, cause);
  }
}

async function assertChecksum(path: string, file: FileHandle, header: Buffer, end: number): Promise<void> {
  let checksum = 0;
  for (let at = headerBytes; at < end; at += readBytes) {
    checksum = crc32(await readAt(file, at, Math.min(readBytes, end - at)), checksum);
  }
  if ((await readAt(file, end, checksumBytes)).readUInt32LE() === crc32(header, checksum)) return;
  throw indexFileErrors.corrupt(path, 'Its checksum is wrong: some of its bytes have changed.');
}

function encodeHeader({ dimensions, codec, count }: IndexFileHeader): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.write(magic, 'latin1');
  bytes.writeUInt32LE(version, 8);
  bytes.writeUInt32LE(dimensions, 12);
  bytes.writeUInt32LE(rowFormats.indexOf(codec.format), 16);
  bytes.writeDoubleLE(count, 24);
  return bytes;
}

/** Reads `length` bytes into memory of their own, aligned for typed arrays. */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new RangeError('The file became shorter while it was read.');
    done += bytesRead;
  }
  return bytes;
}

async function writeAt(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** Makes the rename durable. Not every system lets a folder be opened; the data itself is safe already. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync().catch(() => undefined);
  } finally {
    await handle?.close();
  }
}
